"""What people type to verify a paper: loose forms are read, mistakes are named."""

import pytest

from services.licensing import identifier, numbers
from shared.local.issuer import sample_uscc
from shared.web.problems import Problem

FULL = identifier.make(sample_uscc(1) + "020", sample_uscc(2), "202611220123456789ABC01", 1)


@pytest.mark.parametrize(
    "typed",
    [
        FULL,
        FULL.lower(),
        numbers.written(FULL),
        f"  {FULL[:30]} {FULL[30:]} ",
        FULL.replace(".", "。"),
        "".join(chr(ord(each) + 0xFEE0) for each in FULL),
    ],
)
def test_an_identifier_is_read_in_any_form(typed):
    assert numbers.read(typed) == FULL


@pytest.mark.parametrize(
    "typed",
    ["TZ-0123456789ABC-01", "tz0123456789abc01", "ＴＺ－0123456789ABC—01", " TZ 0123456789ABC 01\u200b"],
)
def test_a_notice_number_is_read_in_any_form(typed):
    assert numbers.read(typed) == "TZ-0123456789ABC-01"


@pytest.mark.parametrize(
    ("typed", "part", "reason"),
    [
        (FULL[:-1] + ("A" if FULL[-1] != "A" else "B"), "check", "check"),
        (FULL.replace("2026", "2027"), "check", "check"),
        (FULL.replace(".001.", ".01."), "version", "shape"),
        (FULL.replace("EXAMPLE02", "EXAMPLE03"), "issuer", "credit_code"),
        ("TZ-0123456789ABC", "text", "notice"),
        ("1.2.3", "text", "parts"),
        ("证照123", "text", "characters"),
        (" ", "text", "missing"),
    ],
)
def test_a_mistyped_number_is_told_where(typed, part, reason):
    with pytest.raises(Problem) as caught:
        numbers.read(typed)
    assert (caught.value.status_code, caught.value.code) == (422, "mistyped_number")
    assert caught.value.more == {"part": part, "reason": reason}
    assert caught.value.text.zh
    assert caught.value.errors[0].field == "path.number"
