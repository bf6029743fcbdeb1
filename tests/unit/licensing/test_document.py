"""The PDFs of licences and notices: what they say, that they say it literally, and always in the same bytes."""

import hashlib
import io
import os
import pickle
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from services.licensing.document import LicenceDocument, MissingGlyph, NoticeDocument, Signature, render
from shared.papers import FONTS

ROOT = Path(__file__).parents[3]
IDENTIFIER = "1.2.156.3005.2.11100000000013338W020.11430000006122244L.2026101500417.001.X"
HOSTILE = '#panic("x") $1/0$ *b* _i_ `raw` \\ "引" \'单\' //注 /*c*/ = 题 - + 1. @ref <label> ~ -- ... [ ] { }'
SIGNATURE = Signature(key_id="key-of-2026", algorithm="Ed25519", value=bytes(range(64)))

LICENCE = LicenceDocument(
    name="食品经营许可证",
    number="JYSAMPLE-0000-0417",
    identifier=IDENTIFIER,
    holder="南桥早点铺",
    holder_label="经营者名称",
    holder_code="92XXXX00SAMPLE0417",
    fields=(("经营者", "黄**"), ("经营场所", "青禾县样板路12号")),
    scope="热食类食品制售；自制饮品制售",
    issuer="青禾县市场监督管理局",
    issued_at=datetime(2026, 11, 21, 16, 30, tzinfo=UTC),
    valid_from=date(2026, 11, 22),
    valid_until=date(2031, 11, 21),
    verify_url="https://hall.example/v/2026101500417",
    signature=SIGNATURE,
    synthetic=True,
)
REFUSAL = NoticeDocument(
    kind="refusal",
    name="不予行政许可决定书",
    number="青市监不许〔2026〕7号",
    addressee="南桥早点铺",
    item="食品经营许可（新办）",
    case="QH20261008001-01",
    paragraphs=("经审查，决定不予行政许可。",),
    reasons=("加工场所与厕所之间没有隔断。", "健康证明已过期。"),
    basis=("《中华人民共和国食品安全法》第三十三条",),
    remedies=(
        "可以自收到本决定书之日起六十日内，向青禾县人民政府申请行政复议。",
        "也可以自收到本决定书之日起六个月内，向青禾县人民法院提起行政诉讼。",
    ),
    issuer="青禾县市场监督管理局",
    issued_at=datetime(2026, 11, 22, 1, 0, tzinfo=UTC),
    verify_url="https://hall.example/v/7",
    signature=SIGNATURE,
    synthetic=True,
)


def pages(pdf: bytes) -> list[str]:
    """The text of each page without any white space: letter-spacing and line breaks are not content."""
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def words(paper: LicenceDocument | NoticeDocument) -> str:
    return "".join(pages(render(paper)))


@pytest.mark.parametrize(
    "expected",
    [
        "食品经营许可证",
        "编号JYSAMPLE-0000-0417",
        "经营者名称南桥早点铺",
        "统一社会信用代码92XXXX00SAMPLE0417",
        "经营者黄**",
        "许可范围热食类食品制售；自制饮品制售",
        "有效期2026年11月22日至2031年11月21日",
        "发证机关青禾县市场监督管理局2026年11月22日",
        "证照标识" + IDENTIFIER,
        "密钥编号key-of-2026",
        "签名Ed25519·AAECAwQFBgcICQoLDA0ODxAREhMUFRYX…PD0+Pw==",
        "核验https://hall.example/v/2026101500417",
        "第1页，共1页",
    ],
)
def test_a_licence_says_all_its_facts_with_the_day_in_shanghai(expected: str) -> None:
    assert expected in words(LICENCE)


def test_a_licence_without_an_end_is_valid_for_long_and_an_absent_scope_leaves_no_row() -> None:
    said = words(replace(LICENCE, valid_until=None, scope=""))
    assert "有效期2026年11月22日至长期" in said
    assert "许可范围" not in said


def test_every_page_of_a_synthetic_paper_says_sample_and_a_real_one_never() -> None:
    long = replace(LICENCE, scope="热食类食品制售。" * 300)
    found = pages(render(long))
    assert len(found) > 1
    assert all("样例" in page and "不具法律效力" in page for page in found)
    assert "样例" not in words(replace(long, synthetic=False))


def test_a_refusal_gives_reasons_basis_and_both_remedies() -> None:
    said = words(REFUSAL)
    assert "不予行政许可决定书" in said
    assert "南桥早点铺：" in said
    assert "理由1.加工场所与厕所之间没有隔断。2.健康证明已过期。" in said
    assert "依据1.《中华人民共和国食品安全法》第三十三条" in said
    assert "六十日内" in said
    assert "行政复议" in said
    assert "六个月内" in said
    assert "行政诉讼" in said


@pytest.mark.parametrize("lost", ["reasons", "remedies"])
def test_a_refusal_without_reasons_or_remedies_cannot_be_made(lost: str) -> None:
    with pytest.raises(ValueError, match=r"Art\. 38"):
        replace(REFUSAL, **{lost: ()})  # type: ignore[arg-type]


def test_a_notice_has_facts_and_no_empty_parts() -> None:
    notice = replace(
        REFUSAL, kind="notice", name="核验结果通知书", facts=(("核验结果", "有效"),), reasons=(), remedies=(), basis=()
    )
    said = words(notice)
    assert "办件编号QH20261008001-01核验结果有效" in said
    assert not [title for title in ("理由", "依据", "不服怎么办") if title in said]


def test_hostile_text_stands_on_the_paper_as_it_was_written() -> None:
    plain = re.sub(r"\s", "", HOSTILE)
    said = words(replace(LICENCE, holder=HOSTILE, name="证 " + HOSTILE, fields=((HOSTILE, HOSTILE),), scope=HOSTILE))
    assert said.count(plain) == 5
    refusal = replace(REFUSAL, addressee=HOSTILE, reasons=(HOSTILE,), paragraphs=(HOSTILE,), remedies=(HOSTILE,))
    assert words(refusal).count(plain) == 4


def test_newlines_of_any_system_break_lines() -> None:
    text = PdfReader(io.BytesIO(render(replace(LICENCE, scope="甲一\n乙二\r\n丙三")))).pages[0].extract_text()
    last = [line.split()[-1] for line in text.splitlines() if line.endswith(("一", "二", "三"))]
    assert last == ["甲一", "乙二", "丙三"]


@pytest.mark.parametrize("unit", ["W", "é", "（", "1.", "名"])
def test_words_without_a_place_to_break_stay_on_the_page_and_lose_nothing(unit: str) -> None:
    paper = replace(LICENCE, holder=unit * 300, holder_label=unit * 30, issuer=unit * 40)
    text = "".join(page.extract_text() + "\n" for page in PdfReader(io.BytesIO(render(paper))).pages)
    assert max(len(line) for line in text.splitlines() if unit * 10 in line) < 90
    assert re.sub(r"\s", "", text).count(unit) >= 300 + 30 + 40


def test_twenty_fields_and_a_long_scope_go_to_further_pages_that_say_so() -> None:
    fields = tuple((f"第{n}项", f"内容{n}。" * 12) for n in range(1, 21))
    found = pages(render(replace(LICENCE, fields=fields, scope="热食类食品制售。" * 120)))
    assert len(found) >= 2
    assert all("（续）JYSAMPLE-0000-0417" in page for page in found[1:])
    assert all(f"第{n}项内容{n}。" in "".join(found) for n in range(1, 21))
    assert "证照标识" in found[-1]


def test_a_rare_character_that_the_font_has_is_printed() -> None:
    assert "䶮㛃𫖮" in words(replace(LICENCE, holder="䶮㛃𫖮"))


@pytest.mark.parametrize("field", ["name", "number", "holder", "holder_code", "scope", "issuer", "identifier"])
def test_a_character_without_glyph_stops_the_paper_and_is_named(field: str) -> None:
    with pytest.raises(MissingGlyph, match=r"𠮷 U\+20BB7") as missing:
        render(replace(LICENCE, **{field: "东𠮷䶮"}))  # type: ignore[arg-type]
    assert missing.value.characters == "𠮷"


def test_all_missing_characters_are_named_at_once() -> None:
    with pytest.raises(MissingGlyph) as missing:
        render(replace(LICENCE, holder="𠮷野", scope="ดี 😀"))
    assert set(missing.value.characters) == set("𠮷ดี😀")


@pytest.mark.parametrize(
    "character", ["\u202e", "\u200b", "\u2066", "\x00", "\x1b", "\ufeff", "\ue000", "\ufe00", "\U000e0100", "\u2028"]
)
def test_a_character_that_prints_as_nothing_or_turns_words_around_is_refused(character: str) -> None:
    with pytest.raises(MissingGlyph) as missing:
        render(replace(REFUSAL, addressee=f"葛{character}先生"))
    assert missing.value.characters == character


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60), st.text(st.sampled_from("汉字，（#$[]*_`\\\"'<>@ \nWé"), max_size=300))
def test_any_text_gives_a_paper_or_names_what_cannot_be_printed(holder: str, scope: str) -> None:
    try:
        made = render(replace(LICENCE, holder=holder, scope=scope))
    except MissingGlyph as missing:
        assert set(missing.characters) <= set(holder)  # noqa: PT017
        return
    assert made.startswith(b"%PDF")


def test_a_surrogate_half_is_refused() -> None:
    with pytest.raises(MissingGlyph):
        render(replace(LICENCE, holder="\ud842"))


def test_more_text_than_a_paper_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="20000 characters"):
        render(replace(LICENCE, scope="字" * 20_001))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("issued_at", datetime(2026, 11, 22), "aware"),  # noqa: DTZ001
        ("verify_url", "javascript:alert(1)", "http"),
        ("verify_url", "https://" + "a" * 300, "300"),
        ("name", " ", "heading"),
        ("issuer", "", "issued"),
    ],
)
def test_wrong_values_are_refused_before_rendering(field: str, value: object, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(LICENCE, **{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("paper", [LICENCE, REFUSAL], ids=["licence", "refusal"])
def test_two_processes_in_different_surroundings_make_the_same_bytes(
    paper: LicenceDocument | NoticeDocument,
) -> None:
    code = (
        "import pickle, sys; from services.licensing.document import render;"
        "sys.stdout.buffer.write(render(pickle.load(sys.stdin.buffer)))"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", code],
            input=pickle.dumps(paper),
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in [("1", "UTC"), ("2", "America/New_York")]
    ]
    assert made[0] == made[1] == render(paper)
    assert render(replace(paper, number="2")) != made[0]


def test_the_pdf_is_archival_accessible_and_dated_with_the_issue() -> None:
    read = PdfReader(io.BytesIO(render(LICENCE)))
    assert read.xmp_metadata is not None
    xmp = read.xmp_metadata.stream.get_data().decode()
    assert re.search(r"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>B<", xmp)
    assert "<pdfuaid:part>1<" in xmp
    assert read.metadata is not None
    assert read.metadata.creation_date == LICENCE.issued_at
    assert read.metadata.title == "食品经营许可证 JYSAMPLE-0000-0417"


def test_the_code_to_scan_is_described_by_its_address() -> None:
    read = PdfReader(io.BytesIO(render(LICENCE)))
    objects = [read.get_object(number) for number in range(1, int(str(read.trailer["/Size"])))]
    alts = [found.get("/Alt") for found in objects if isinstance(found, DictionaryObject)]
    assert "核验二维码：https://hall.example/v/2026101500417" in alts


def test_only_our_fonts_are_in_the_pdf_and_they_are_the_ones_described() -> None:
    read = PdfReader(io.BytesIO(render(LICENCE)))
    objects = [read.get_object(number) for number in range(1, int(str(read.trailer["/Size"])))]
    names = {
        str(found["/BaseFont"]) for found in objects if isinstance(found, DictionaryObject) and "/BaseFont" in found
    }
    assert names
    assert all("NotoSansSC" in name for name in names)
    described = (FONTS / "README.md").read_text(encoding="utf-8")
    files = sorted(FONTS.glob("*.ttf"))
    assert len(files) >= 2
    assert all(hashlib.sha256(file.read_bytes()).hexdigest() in described for file in files)
