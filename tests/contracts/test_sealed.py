"""A sealed field opens for its key and its application, and for nothing else."""

import pytest

from shared.contracts.approval import CaseApproved
from shared.contracts.sealed import CannotOpen, Keyring, Sealed
from shared.contracts.terms import Party
from tests.contracts.golden import FOLDER, golden

HERE, ELSEWHERE = "2603020000017", "2603020000025"
PARTY = Party(kind="person", name="样例甲", code="11000019000101000X", phone="000-0000000")
OLD, NEW = bytes(range(32)), bytes(range(1, 33))
RING = Keyring({"k1": OLD}, "k1")


def test_what_is_sealed_opens_again_also_after_the_journey_as_json() -> None:
    sealed = RING.seal(PARTY, HERE)
    travelled = Sealed[Party].model_validate_json(sealed.model_dump_json())
    assert RING.open(sealed, Party, HERE) == PARTY
    assert RING.open(travelled, Party, HERE) == PARTY


def test_a_fresh_box_fits_into_an_event() -> None:
    body = golden(FOLDER / "CaseApproved.v1.json").body
    approved = CaseApproved.model_validate(body | {"holder": RING.seal(PARTY, HERE)})
    again = CaseApproved.model_validate_json(approved.model_dump_json())
    assert RING.open(again.holder, Party, HERE) == PARTY


def test_nothing_of_what_is_sealed_can_be_seen() -> None:
    sealed = RING.seal(PARTY, HERE)
    for shown in (sealed.model_dump_json(), repr(sealed), str(sealed)):
        assert PARTY.name not in shown
        assert PARTY.code not in shown


def test_two_boxes_of_the_same_thing_differ() -> None:
    one, other = RING.seal(PARTY, HERE), RING.seal(PARTY, HERE)
    assert one.nonce != other.nonce
    assert one.box != other.box


def test_a_new_key_seals_and_the_old_one_still_opens() -> None:
    rolled = Keyring({"k1": OLD, "k2": NEW}, "k2")
    assert rolled.open(RING.seal(PARTY, HERE), Party, HERE) == PARTY
    assert rolled.seal(PARTY, HERE).kid == "k2"


@pytest.mark.parametrize("ring", [Keyring({"k1": NEW}, "k1"), Keyring({"k2": OLD}, "k2")], ids=["wrong", "unknown"])
def test_another_key_does_not_open_it(ring: Keyring) -> None:
    with pytest.raises(CannotOpen):
        ring.open(RING.seal(PARTY, HERE), Party, HERE)


def test_a_box_moved_to_another_application_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        RING.open(RING.seal(PARTY, HERE), Party, ELSEWHERE)


@pytest.mark.parametrize(
    "tampering",
    [
        pytest.param(lambda s: {"box": bytes([s.box[0] ^ 1]) + s.box[1:]}, id="a flipped bit"),
        pytest.param(lambda s: {"box": s.box[:-1]}, id="a shortened box"),
        pytest.param(lambda _: {"box": b""}, id="an empty box"),
        pytest.param(lambda s: {"nonce": bytes(12)}, id="another nonce"),
        pytest.param(lambda s: {"nonce": s.nonce[:5]}, id="a shortened nonce"),
        pytest.param(lambda _: {"nonce": b""}, id="no nonce"),
    ],
)
def test_a_tampered_box_does_not_open(tampering) -> None:
    sealed = RING.seal(PARTY, HERE)
    with pytest.raises(CannotOpen):
        RING.open(sealed.model_copy(update=tampering(sealed)), Party, HERE)
