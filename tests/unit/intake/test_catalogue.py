"""The shipped catalogue loads whole, and a broken one names file, line, field and reason and loads nothing."""

import functools
import re
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from stdnum.cn import uscc

from services.intake.catalogue import DEFAULT, CatalogueBroken, Found, Problem, load, source

NOTES = re.compile(r"\[[VLG]\]|\bdefault\b|domain-rules|网页|转载|指南 ?20\d\d|服务指南|实施方案|工作方案")
PLACES = (
    "济宁",
    "临沂",
    "兴隆",
    "雅安",
    "昆明",
    "中山",
    "兰州",
    "十堰",
    "曲阳",
    "永兴县",
    "连云港",
    "郑州",
    "重庆",
    "深圳",
)


@pytest.fixture(autouse=True, scope="module")
def parsed_once():
    """Parse an unchanged text once for all tests of this module: parsing is nearly all that a load costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "compose", functools.cache(source.compose))
        yield


@pytest.fixture(scope="module")
def catalogue():
    return load()


@pytest.fixture
def copy(tmp_path):
    """A private copy of the data to break."""
    return Path(shutil.copytree(DEFAULT, tmp_path / "data"))


def broken(path: Path) -> list[Problem]:
    with pytest.raises(CatalogueBroken) as caught:
        load(path)
    return caught.value.problems


def edit(path: Path, old: str, new: str) -> int:
    """Replace `old` once and give the line on which it stood."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, f"{old!r} is not in {path.name}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_whole_catalogue_loads(catalogue):
    counts = [len(catalogue.departments), len(catalogue.licence_types), len(catalogue.questions), len(catalogue.trees)]
    assert counts == [21, 39, 59, 2]
    assert (len(catalogue.items), len(catalogue.bundles)) == (76, 14)


def test_the_catalogue_loads_within_a_second_and_a_half():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "compose", source.compose.__wrapped__)
        start = time.process_time()
        load()
    assert time.process_time() - start < 1.5


def test_every_department_has_its_own_right_credit_code(catalogue):
    codes = [department.uscc for department in catalogue.departments.values()]
    assert all(uscc.is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes)


def test_a_licence_code_is_the_defining_body_and_three_digits(catalogue):
    codes = [licence.code for licence in catalogue.licence_types.values()]
    assert {len(code) for code in codes} == {21}
    assert all(uscc.is_valid(code[:18]) for code in codes)
    assert catalogue.licence_types["food_licence"].code.endswith("020")


def test_a_food_licence_is_good_for_five_years_and_a_business_licence_has_no_fixed_end(catalogue):
    assert catalogue.licence_types["food_licence"].validity.years == 5
    open_ended = catalogue.licence_types["business_licence"].validity
    assert (open_ended.days, open_ended.months, open_ended.years) == (None, None, None)


def test_no_source_note_and_no_place_name_is_left_in_the_data():
    for file in DEFAULT.rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        assert not NOTES.search(text), f"{file.name}: {NOTES.search(text)}"
        assert not [place for place in PLACES if place in text], file.name


def test_every_file_says_that_it_is_a_sample():
    for file in DEFAULT.rglob("*.yaml"):
        if file.name not in ("questions.yaml", "trees.yaml", "materials.yaml"):
            assert "SYNTHETIC" in file.read_text(encoding="utf-8"), file.name


def test_a_limit_is_law_or_the_halls_own_setting_and_never_both(catalogue):
    statutory = catalogue.items["realty_transfer"].limits.statutory
    assert (statutory.days, statutory.basis, statutory.ground) == (
        30, "不动产登记暂行条例(2019文本)第20条", "不动产登记暂行条例(2019文本)第20条",
    )  # fmt: skip
    assert catalogue.items["realty_transfer"].limits.promised.ground == "本地设定"


def test_a_part_of_a_catalogue_cannot_be_changed(catalogue):
    with pytest.raises(ValueError, match="frozen"):
        catalogue.items["food_operation"].limits.promised.days = 1


def test_search_finds_bundles_and_items_by_a_part_of_their_name(catalogue):
    assert catalogue.search("餐饮店") == (Found("bundle", "restaurant", "开办餐饮店一件事"),)
    assert Found("item", "food_operation", "食品经营许可（新办）") in catalogue.search(" 食品经营 ")


@pytest.mark.parametrize(
    ("typed", "first"),
    [("开饭店", "restaurant"), ("孩子上户口", "newborn"), ("办退休", "retirement"), ("过户", "second_hand_house"),
     ("我想开一家饭店", "restaurant"), ("身份证丢了怎么办", "id_card_apply"), ("食品 许可", "food_operation"),
     ("营业执照", "enterprise_registration")],
)  # fmt: skip
def test_search_knows_what_people_call_things(catalogue, typed, first):
    assert catalogue.search(typed)[0].key == first


def test_search_puts_bundles_first_and_names_before_words(catalogue):
    found = catalogue.search("退休")
    kinds = [each.kind for each in found]
    assert kinds == sorted(kinds)
    items = [each for each in found if each.kind == "item"]
    named = ["退休" in each.name for each in items]
    assert named == sorted(named, reverse=True)
    assert {"pension_claim", "hpf_retire"} <= {each.key for each in items}


def test_a_matter_has_a_short_name_even_without_words(catalogue):
    assert catalogue.short("restaurant") == "开办餐饮店"
    bare = replace(catalogue, words={})
    assert (bare.short("restaurant"), bare.short("id_card_apply")) == ("开办餐饮店", "居民身份证申领")


def test_search_for_nothing_finds_nothing(catalogue):
    assert catalogue.search("  ") == ()
    assert catalogue.search("火星签证") == ()


def test_an_unknown_field_is_named_with_file_line_and_field(copy):
    line = edit(copy / "items/scjg/food_operation.yaml", "handling:", "handeling: 承诺件\nhandling:")
    assert broken(copy) == [
        Problem("items/scjg/food_operation.yaml", line, "handeling", "Extra inputs are not permitted")
    ]


def test_a_wrong_value_deep_in_a_list_is_named_with_its_own_line(copy):
    file = copy / "items/scjg/food_operation.yaml"
    line = edit(file, "material: food_layout, originals: 1", "material: food_layout, originals: -1")
    (problem,) = broken(copy)
    assert (problem.line, problem.field) == (line, "materials[2].originals")


def test_a_missing_field_is_named(copy):
    edit(copy / "items/gaj/hukou_birth.yaml", "handling: 即办件\n", "")
    (problem,) = broken(copy)
    assert (problem.field, problem.reason) == ("handling", "Field required")


def test_a_key_given_twice_names_both_lines(copy):
    line = edit(copy / "bundles/restaurant.yaml", "visits: 0", "visits: 0\nvisits: 1")
    (problem,) = broken(copy)
    assert (problem.line, problem.field) == (line + 1, "visits")
    assert problem.reason == f"the key is given twice; first in line {line}"


def test_a_file_that_is_not_yaml_is_named_with_the_line(copy):
    line = edit(copy / "bundles/newborn.yaml", "visits: 1", "visits: [1")
    (problem,) = [p for p in broken(copy) if p.file == "bundles/newborn.yaml"]
    assert problem.line >= line
    assert "not readable as YAML" in problem.reason


@pytest.mark.parametrize(
    ("file", "old", "new", "field", "reason"),
    [
        ("items/scjg/food_operation.yaml", "applicants: [person, organisation]\n", "", "applicants", "required"),
        ("items/scjg/food_operation.yaml", "applicants: [person, organisation]", "applicants: []", "applicants",
         "at least 1"),
        ("items/ybj/mi_account_withdraw.yaml", "statutory: {days: null, local", "statutory: {days: 20, local",
         "limits.statutory", "rests on a law"),
        ("materials.yaml", "pledgeable: true, local: true", "pledgeable: true", "kin_pledge", "names its ground"),
        ("materials.yaml", "name: 公司章程, kind: 证明", "name: 公司章程, kind: 证明, local: true", "articles",
         "any other has none"),
        ("materials.yaml", "name: 公司章程, kind: 证明", "name: 公司章程, kind: 证明, held_by: agent", "articles",
         "needs a licence_type"),
    ],
)  # fmt: skip
def test_what_the_law_asks_of_an_item_or_a_material_cannot_be_left_out(copy, file, old, new, field, reason):
    edit(copy / file, old, new)
    found = [p for p in broken(copy) if p.file == file and p.field in (field, f"{field}.{field}")]
    assert any(reason in p.reason for p in found), broken(copy)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"just text", b"- a\n- b\n", b"? [a]\n: b\n", b"!!python/x 1"]
)
def test_any_rubbish_in_a_file_is_a_problem_and_not_a_crash(copy, content):
    (copy / "bundles/newborn.yaml").write_bytes(content)
    assert {p.file for p in broken(copy)} >= {"bundles/newborn.yaml"}


def test_a_missing_file_is_named(copy):
    (copy / "trees.yaml").unlink()
    assert Problem("trees.yaml", 1, "", "no such file") in broken(copy)


def test_a_file_in_the_wrong_place_is_not_silently_left_out(copy):
    shutil.move(copy / "items/gaj/hukou_birth.yaml", copy / "items/hukou_birth.yaml")
    assert any(p.file == "items/hukou_birth.yaml" and "nothing reads" in p.reason for p in broken(copy))


def test_a_file_is_named_after_what_it_holds(copy):
    shutil.move(copy / "items/gaj/hukou_birth.yaml", copy / "items/wjj/birth.yaml")
    reasons = {p.reason for p in broken(copy)}
    assert reasons == {
        "the file of hukou_birth must be named hukou_birth.yaml",
        "an item of gaj stands in items/gaj/",
    }


def test_all_faults_of_all_files_come_at_once_in_reading_order(copy):
    edit(copy / "items/scjg/food_operation.yaml", "version: 1", "version: one")
    edit(copy / "bundles/newborn.yaml", "lead_department: wjj", "lead_department: mars")
    edit(copy / "trees.yaml", "bundles: [newborn]", "bundles: [newborn, moonwalk]")
    problems = broken(copy)
    assert [(p.file, p.field) for p in problems] == [
        ("bundles/newborn.yaml", "lead_department"),
        ("bundles/newborn.yaml", "lead_department"),
        ("items/scjg/food_operation.yaml", "version"),
        ("trees.yaml", "life.stages[0].bundles[1]"),
    ]
    assert "there is no moonwalk among the bundles" in str(CatalogueBroken(problems))


def test_what_refers_to_a_broken_item_is_not_called_unknown(copy):
    edit(copy / "items/scjg/food_operation.yaml", "version: 1", "version: one")
    assert [p.file for p in broken(copy)] == ["items/scjg/food_operation.yaml"]
