"""By what the counter finds a result: keyed hashes, and nothing that could be read."""

from dataclasses import replace

import pytest

from services.licensing.finding import Finder
from services.licensing.issuing import IssuingRules
from services.licensing.store import ResultCodec
from shared.contracts.sealed import Keyring
from shared.contracts.terms import Party
from shared.testing.story import Story
from tests.unit.licensing.test_decide import APPLICATION, BOX, LICENCE, NOW, RULES, decide

KEY = b"k" * 32
KEYRING = Keyring({"k1": b"s" * 32}, "k1")
FINDER = Finder(KEYRING, KEY)
HOLDER = Party(kind="person", name="样例申请人甲", code="11000019900101001X")


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        (APPLICATION, "number"),
        (f" {APPLICATION.lower()}-01 ", "number"),
        ("０１２３４５６７８９ＡＢＣ", "number"),
        ("样例申请人甲", "name"),
        ("ABCDEFGHIJKLM", "name"),
        ("ABCDEFGHJKMNA", "number"),  # its check character is right, and one number in a hundred has no digit
        ("", "name"),
    ],
)
def test_what_is_typed_is_a_number_or_a_name(typed, kind):
    assert FINDER.sought(typed).kind == kind


def test_a_name_finds_its_holder_however_it_is_typed():
    (token,) = FINDER.found_by(KEYRING.seal(HOLDER, APPLICATION), APPLICATION)
    assert FINDER.sought("样例 申请人甲").value == token
    assert FINDER.sought("样例申请人乙").value != token
    assert FINDER.sought(HOLDER.code).value != token
    assert replace(FINDER, holder_key=b"x" * 32).sought("样例申请人甲").value != token


def test_a_holder_that_cannot_be_opened_keeps_no_result_back():
    assert FINDER.found_by(BOX, APPLICATION) == ()


def test_a_result_keeps_hashes_when_its_case_was_decided_and_nothing_that_names_the_holder():
    event = LICENCE.model_copy(update={"holder": KEYRING.seal(HOLDER, APPLICATION), "item_kind": "01"})
    result = Story(decide, IssuingRules(RULES.signer, FINDER), NOW).given(event).state
    assert (result.decided_at, result.item_kind) == (event.at, "01")
    index = ResultCodec().index(result)
    assert index["found_by"] == [FINDER.sought(HOLDER.name).value]
    stored = repr(ResultCodec().dump(result)) + repr(index)
    assert HOLDER.name not in stored
    assert HOLDER.code not in stored
