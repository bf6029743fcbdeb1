"""Signatures of results: what is signed, who can check it, and how keys are kept."""

import base64
import json
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import KeySet, OKPKey

from shared.signing import (
    Ed25519Signer,
    Json,
    PublicKey,
    Signer,
    WrongKey,
    generate,
    jwks,
    load,
    load_public,
    payload,
    verify,
)

FACTS: dict[str, Json] = {
    "name": "食品经营许可证",
    "holder": "南桥早点铺（样例）",
    "fields": [["经营项目", "热食"]],
    "version": 1,
}
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def signer(seed: bytes = b"s" * 32) -> Ed25519Signer:
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(seed))


def pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def test_the_first_published_vector_of_rfc_8032_is_signed_right() -> None:
    made = signer(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")).sign(b"")
    assert made.hex() == (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )


def test_the_key_id_is_the_published_thumbprint_of_rfc_8037() -> None:
    known = signer(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert known.key_id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_signature_holds_for_its_facts_and_for_nothing_else() -> None:
    one, other = signer(), signer(b"o" * 32)
    keys: dict[str, PublicKey] = {one.key_id: one.public, other.key_id: other.public}
    made = one.sign(payload("licence", FACTS))
    assert verify(keys, one.key_id, payload("licence", FACTS), made)
    assert not verify(keys, one.key_id, payload("licence", {**FACTS, "version": 2}), made)
    assert not verify(keys, one.key_id, payload("notice", FACTS), made)
    assert not verify(keys, other.key_id, payload("licence", FACTS), made)
    assert not verify(keys, "unknown", payload("licence", FACTS), made)


@pytest.mark.parametrize("broken", [b"", b"x", b"\x00" * 64, b"\xff" * 65])
def test_a_malformed_signature_is_false_and_no_error(broken: bytes) -> None:
    one = signer()
    assert not verify({one.key_id: one.public}, one.key_id, payload("licence", FACTS), broken)


def test_the_payload_is_canonical_whatever_order_the_facts_came_in() -> None:
    assert payload("licence", dict(reversed(FACTS.items()))) == payload("licence", FACTS)
    assert payload("k", {"b": '样例\n"\\\x01', "a": [True, None, -1]}) == (
        '{"facts":{"a":[true,null,-1],"b":"样例\\n\\"\\\\\\u0001"},"kind":"k"}'.encode()
    )


def test_keys_are_sorted_by_utf16_units_as_in_rfc_8785() -> None:
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
    ordered = json.loads(payload("k", dict.fromkeys(names, 1)))["facts"]
    assert list(ordered) == ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@given(st.dictionaries(st.text(), values, max_size=5))
def test_any_exact_facts_survive_the_payload(facts: dict[str, Json]) -> None:
    made = payload("licence", facts)
    assert json.loads(made) == {"kind": "licence", "facts": facts}


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"fee": 1.5}, r"\$\.facts\.fee"),
        ({"a": [1, 2**53]}, r"\$\.facts\.a\[1\]"),
        ({"a": {1: "x"}}, r"\$\.facts\.a"),
        ({"a": b"raw"}, r"\$\.facts\.a"),
        ({"a": "\ud842"}, r"\$\.facts\.a"),
    ],
)
def test_facts_without_an_exact_form_are_refused_with_their_path(wrong: dict[str, object], where: str) -> None:
    with pytest.raises(ValueError, match=where):
        payload("licence", wrong)  # type: ignore[arg-type]


def test_a_generated_key_is_private_loads_again_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    made = generate(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load(path).key_id == made.key_id
    with pytest.raises(FileExistsError):
        generate(path)
    assert load(path).key_id == made.key_id


def test_a_wrong_key_file_says_which_and_what_to_do(tmp_path: Path) -> None:
    rubbish, other = tmp_path / "rubbish.pem", tmp_path / "p256.pem"
    rubbish.write_bytes(b"no key")
    other.write_bytes(
        generate_private_key(SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    for path, words in [(rubbish, "PEM"), (other, "Ed25519"), (tmp_path / "absent.pem", "absent.pem")]:
        with pytest.raises(WrongKey, match=words):
            load(path)
    with pytest.raises(WrongKey, match=r"rubbish\.pem"):
        load_public([rubbish])


def test_retired_keys_still_verify(tmp_path: Path) -> None:
    old = Ed25519PrivateKey.from_private_bytes(b"r" * 32)
    (tmp_path / "2025.pub.pem").write_bytes(pem(old))
    retired = Ed25519Signer(old)
    keys = load_public([tmp_path / "2025.pub.pem"])
    assert verify(keys, retired.key_id, payload("licence", FACTS), retired.sign(payload("licence", FACTS)))


def test_the_key_set_is_public_and_read_by_another_library() -> None:
    one, other = signer(), signer(b"o" * 32)
    keys = jwks({one.key_id: one.public, other.key_id: other.public})
    assert all("d" not in key for key in keys["keys"])
    assert {key["kid"] for key in keys["keys"]} == {one.key_id, other.key_id}
    read = KeySet.import_key_set(keys).get_by_kid(one.key_id)  # type: ignore[arg-type]
    assert isinstance(read, OKPKey)
    read.public_key.verify(one.sign(b"x"), b"x")  # type: ignore[union-attr]
    x = keys["keys"][0]["x"]
    assert len(base64.urlsafe_b64decode(x + "=")) == 32


def test_another_algorithm_plugs_in_by_the_two_protocols() -> None:
    """What an SM2 signer has to bring, with a toy in its place: callers need no change."""

    class ToyPublic:
        algorithm = "toy"

        def verify(self, payload: bytes, signature: bytes) -> bool:
            return signature == payload[::-1]

        def jwk(self) -> dict[str, str]:
            return {"kty": "toy"}

    class Toy:
        key_id = "toy-1"
        algorithm = "toy"
        public = ToyPublic()

        def sign(self, payload: bytes) -> bytes:
            return payload[::-1]

    toy: Signer = Toy()
    made = toy.sign(payload("licence", FACTS))
    one = signer()
    keys: dict[str, PublicKey] = {toy.key_id: toy.public, one.key_id: one.public}
    assert verify(keys, "toy-1", payload("licence", FACTS), made)
    assert [key["alg"] for key in jwks(keys)["keys"]].count("toy") == 1
