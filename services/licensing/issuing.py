"""The rules of issuing as they run: identifiers by the national standard, and signatures by the hall's key."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.licensing import identifier
from services.licensing.finding import Finder
from services.licensing.model import Facts, Result, Signed
from shared import signing
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Party

FIRST_VERSION = 1

SignatureCheck = Literal["matches", "does_not_match", "unknown_key"]


@dataclass(frozen=True, slots=True)
class IssuingRules:
    """The `Rules` of licensing. Ed25519 is deterministic, so deciding again gives the same signature. Without a finder
    results are found by their numbers alone."""

    signer: signing.Signer
    finder: Finder | None = None

    def make_identifier(self, type_code: str, issuer_code: str, case: str, issued_on: date) -> str:
        return identifier.make(type_code, issuer_code, identifier.serial(case, issued_on), FIRST_VERSION)

    def sign(self, facts: Facts) -> Signed:
        value = self.signer.sign(payload(facts))
        return Signed(
            key_id=self.signer.key_id, algorithm=self.signer.algorithm, value=base64.b64encode(value).decode()
        )

    def found_by(self, holder: Sealed[Party], application: str) -> tuple[str, ...]:
        return self.finder.found_by(holder, application) if self.finder else ()


def payload(facts: Facts) -> bytes:
    """The bytes that are signed; the kind keeps a notice's signature from serving for a licence."""
    return signing.payload(facts.kind, facts.canonical())


def check_signature(result: Result, keys: Mapping[str, signing.PublicKey]) -> SignatureCheck:
    """Whether the stored facts are those that were signed, by a public key at the moment of asking."""
    signed = result.signed
    if signed.key_id not in keys:
        return "unknown_key"
    try:
        value = base64.b64decode(signed.value, validate=True)
    except binascii.Error:
        return "does_not_match"
    right = signing.verify(keys, signed.key_id, payload(result.facts), value)
    return "matches" if right else "does_not_match"
