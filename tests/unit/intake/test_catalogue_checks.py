"""Each row of the table of checks goes red when its rule is broken in the data, at the right place."""

import functools
import shutil
from pathlib import Path

import pytest

from services.intake.catalogue import DEFAULT, CatalogueBroken, load, source
from services.intake.catalogue.check import CHECKS

FOOD, FIRE, BIRTH = "items/scjg/food_operation.yaml", "items/xfdd/fire_check.yaml", "items/wjj/birth_certificate.yaml"
SHOP, CLOSE, NEWBORN = "bundles/restaurant.yaml", "bundles/enterprise_close.yaml", "bundles/newborn.yaml"

# check, file, what is replaced, by what, field of the complaint, part of its reason
BREAKS = [
    ("known_references", FOOD, "department: scjg", "department: mars", "department", "no mars among the departments"),
    ("known_references", FOOD, "departments: [scjg], days: 4", "departments: [scjg, mars], days: 4",
     "steps[2].departments[1]", "no mars"),
    ("known_references", FOOD, "{material: food_form", "{material: food_song", "materials[0].material", "food_song"),
    ("known_references", FOOD, "licence_type: food_licence", "licence_type: licence_to_eat", "result.licence_type",
     "no licence_to_eat among the licence_types"),
    ("known_references", SHOP, "{item: signboard", "{item: signbord", "sub_items[4].item",
     "no signbord among the items"),
    ("known_references", SHOP, "questions: [has_licence", "questions: [mood, has_licence", "questions[0]", "no mood"),
    ("answers_exist", FOOD, "when: {special_food: 'yes'}", "when: {special_food: maybe}",
     "materials[6].when.special_food", "special_food has no choice maybe; it offers yes, no"),
    ("answers_exist", SHOP, "when: {sign: shop_sign}", "when: {sgn: shop_sign}", "sub_items[4].when.sgn",
     "no sgn among the questions"),
    ("answers_exist", SHOP, "presets: {food_kind: catering}", "presets: {food_kind: stones}", "presets.food_kind",
     "no choice stones"),
    ("codes_are_right", "departments.yaml", "'119999000000000198'", "'119999000000000199'", "xzsp.uscc", "GB 32100"),
    ("codes_are_right", "licence_types.yaml", "'119999009990000136002'", "'119999009990000136001'", "hukou_book.code",
     "id_card has the same code"),
    ("only_proofs_are_pledged", "materials.yaml", "name: 食品经营许可申请书, kind: 申请表}",
     "name: 食品经营许可申请书, kind: 申请表, pledgeable: true, local: true}", "food_form.pledgeable",
     "only a 证明"),
    ("applicants_are_served", BIRTH, "applicants: [person]", "applicants: [person, organisation]", "applicants[1]",
     "none of its objects is of the kind organisation"),
    ("applicants_are_served", BIRTH, "applicants: [person]", "applicants: [person, person]", "applicants[1]",
     "person is given twice"),
    ("one_kind_can_apply", CLOSE, "{item: customs_cancel", "{item: hpf_retire", "sub_items", "no kind of applicant"),
    ("trees_are_full", "trees.yaml", "items: [id_card_apply, residence_permit]", "items: [residence_permit]", "",
     "stands in no stage"),
    ("trees_are_full", "trees.yaml", "bundles: [newborn]", "bundles: []", "tree", "no stage of the tree life"),
    ("words_name_matters", "words.yaml", "key: bank_close", "key: bank_clothes", "bank_clothes.key", "neither an item"),
    ("item_questions", FOOD, "questions: [food_kind, ", "questions: [", "questions", "food_kind is used in a when"),
    ("item_questions", FOOD, "questions: [food_kind, ", "questions: [hire, food_kind, ", "questions",
     "no when uses it"),
    ("promise_within_law", FOOD, "promised: {days: 7", "promised: {days: 11", "limits.promised",
     "promises 11 days where the law allows 10"),
    ("promise_within_law", FIRE, "promised: {days: 13", "promised: {days: 14", "limits.variants[0].promised",
     "14 days where the law allows 13"),
    ("at_once_means_at_once", FOOD, "handling: 承诺件", "handling: 即办件", "handling", "at most 1 day"),
    ("at_once_means_at_once", BIRTH, "handling: 即办件", "handling: 承诺件", "handling", "0 days is 即办件"),
    ("step_order", FOOD, "seq: 3, key: inspect", "seq: 1, key: inspect", "steps[2].seq", "seq goes back"),
    ("step_order", FOOD, "kind: accept", "kind: review", "steps", "one accept"),
    ("step_order", FOOD, "key: inspect", "key: review", "steps[2].key", "already a step review"),
    ("step_order", FOOD, "name: 统一出件、送达, departments: [xzsp], days: 0",
     "name: 统一出件、送达, departments: [xzsp], days: 1", "steps[4]", "cost no days"),
    ("steps_within_promise", FOOD, "departments: [scjg], days: 4", "departments: [scjg], days: 5", "steps",
     "the steps take 8 days, promised are 7"),
    ("steps_within_promise", FIRE, "days: 9, on_site", "days: 13, on_site", "steps", "under fire_mode=inspect"),
    ("steps_within_promise", BIRTH, "kind: decide", "kind: review", "steps", "no decide step comes last"),
    ("permit_is_reviewed", "items/jtj/freight.yaml", "kind: review", "kind: decide", "steps", "has a review step"),
    ("licence_of_this_department", FOOD, "licence_type: food_licence", "licence_type: hygiene_licence",
     "result.licence_type", "issued by wjj"),
    ("licence_of_this_department", FOOD, "name: 食品经营许可证,", "name: 食品证,", "result.name",
     "called 食品经营许可证"),
    ("online_and_visits", FOOD, "online_depth: 结果反馈", "online_depth: 受理", "visits.times", "0 visits do not go"),
    ("bundle_questions", SHOP, ", near_school]", "]", "questions", "near_school is used but neither asked nor preset"),
    ("bundle_questions", SHOP, ", near_school]", ", near_school, water]", "questions", "nothing uses it"),
    ("choices_of_bundle", SHOP, "questions: [", "questions: [food_kind, ", "presets.food_kind", "it is not asked"),
    ("waits_inside", SHOP, "{item: signboard", "{item: outdoor_ad", "sub_items[5].item", "already in the bundle"),
    ("waits_inside", CLOSE, "after: [tax_clear]", "after: [moonwalk]", "sub_items[1].after[0]", "not a sub-item"),
    ("waits_inside", CLOSE, "before: enterprise_deregistration", "before: deed_tax", "waits[0].before",
     "not a sub-item"),
    ("no_circle", NEWBORN, "{item: birth_certificate, mode: required",
     "{item: birth_certificate, mode: required, after: [mi_resident]", "sub_items[1].after", "in a circle"),
    ("lead_takes_part", SHOP, "lead_department: scjg", "lead_department: gaj", "lead_department", "gaj has no item"),
    ("same_visits", SHOP, "visits: 0", "visits: 2", "visits", "its items need up to 0"),
]  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def parsed_once():
    """Parse an unchanged text once for all tests of this module: parsing is nearly all that a load costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "compose", functools.cache(source.compose))
        yield


@pytest.mark.parametrize(("check", "file", "old", "new", "field", "reason"), BREAKS)
def test_a_broken_rule_is_found_where_it_is_broken(tmp_path, check, file, old, new, field, reason):
    root = Path(shutil.copytree(DEFAULT, tmp_path / "data"))
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueBroken) as caught:
        load(root)
    found = [problem for problem in caught.value.problems if problem.field == field and reason in problem.reason]
    assert found, str(caught.value)
    assert found[0].line > 1 or field == ""


def test_every_check_of_the_table_has_a_case_that_breaks_it():
    assert {check.__name__ for _, check in CHECKS} == {row[0] for row in BREAKS}
