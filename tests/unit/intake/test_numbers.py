"""Application numbers: the same for the same request, unlike for others, and forgiving when typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from services.intake.number import ALPHABET, WrongNumber, new_number, typed_number

KEY = b"k" * 32
NUMBER = new_number(KEY, "sample:applicant", "key-00001")


def test_a_number_has_twelve_plain_characters_and_a_check_character():
    assert len(NUMBER) == 13
    assert set(NUMBER[:12]) <= set(ALPHABET)
    assert mod_37_36.is_valid(NUMBER)


def test_the_same_person_and_key_get_the_same_number_and_nobody_else_does():
    assert new_number(KEY, "sample:applicant", "key-00001") == NUMBER
    others = {
        new_number(KEY, "sample:applicant", "key-00002"),
        new_number(KEY, "sample:applicant2", "key-00001"),
        new_number(b"j" * 32, "sample:applicant", "key-00001"),
    }
    assert len(others | {NUMBER}) == 4


@given(st.text(min_size=1, max_size=30), st.text(min_size=8, max_size=30))
def test_every_number_reads_back_however_it_is_typed(actor, key):
    number = new_number(KEY, actor, key)
    typed = f" {number[:4].lower()}-{number[4:8]} {number[8:]} ".replace("0", "O").replace("1", "l")
    assert typed_number(typed) == number


def test_every_single_wrong_character_is_found():
    for place in range(12):
        other = ALPHABET[(ALPHABET.index(NUMBER[place]) + 1) % 32]
        with pytest.raises(WrongNumber, match="校验位"):
            typed_number(NUMBER[:place] + other + NUMBER[place + 1 :])


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("7ZQ0M3", "应为13位，现在是6位"),
        ("", "现在是0位"),
        (NUMBER[:2] + "U" + NUMBER[3:], "第3位"),
        ("办" * 13, "第1位"),
    ],
)
def test_what_cannot_be_a_number_is_told_where(typed, reason):
    with pytest.raises(WrongNumber, match=reason) as caught:
        typed_number(typed)
    assert caught.value.fix
