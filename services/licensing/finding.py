"""By what the counter finds results: an application's or case's number, or the holder's full name. Names are keyed
hashes; nothing is decrypted to find something.

Not by identity numbers: what is looked for stands in the address of the page, and in what a browser remembers.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, NamedTuple

from stdnum.iso7064 import mod_37_36

from shared.blind import name_token
from shared.contracts.sealed import CannotOpen, Keyring, Sealed
from shared.contracts.terms import Party

_NUMBER = re.compile(r"(?P<application>[0-9A-Z]{13})(\d{2})?")


class Sought(NamedTuple):
    """What a clerk's words look for: an application's number, or the token of a name."""

    kind: Literal["number", "name"]
    value: str


@dataclass(frozen=True, slots=True)
class Finder:
    """Makes the tokens. Deterministic: the same holder always gives the same."""

    keyring: Keyring
    holder_key: bytes

    def found_by(self, holder: Sealed[Party], application: str) -> tuple[str, ...]:
        """The tokens by which a result of this holder is found: that of the name. None where no key of ours opens the
        holder: then its number still finds it."""
        try:
            return (name_token(self.holder_key, self.keyring.open(holder, Party, application).name),)
        except (CannotOpen, ValueError):  # nor is what else was in the box a holder: no reason to keep a result back
            return ()

    def sought(self, typed: str) -> Sought:
        """What these words look for, however they are spaced and in whatever width and case."""
        plain = re.sub(r"[\s\-－—]", "", unicodedata.normalize("NFKC", typed)).upper()
        found = _NUMBER.fullmatch(plain)
        # A name of thirteen Latin letters is no number, unless its last letter happens to be the check character.
        if found and (re.search(r"\d", plain) or mod_37_36.is_valid(plain)):
            return Sought("number", found["application"])
        return Sought("name", name_token(self.holder_key, typed))
