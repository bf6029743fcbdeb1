"""Blind indexes: keyed hashes by which a clerk finds an application by a name or a phone tail, without either being
stored in the clear (PIPL Art. 6, 51). Nobody without the key can compute one, or read a name from it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from shared.contracts.terms import Party

TAIL = 4
"""Digits of a phone that people say at a window."""


def found_by(holder_key: bytes, *parties: Party | None) -> tuple[str, ...]:
    """What the application of these parties is found by: each name, and each phone's last four digits."""
    named = [party for party in parties if party is not None]
    tokens = {name_token(holder_key, party.name) for party in named}
    tokens |= {tail_token(holder_key, party.phone) for party in named if len(party.phone) >= TAIL}
    return tuple(sorted(tokens))


def name_token(holder_key: bytes, name: str) -> str:
    """The token of a full name, however it is spaced, and in whatever width and case it is typed."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()
    return _token(holder_key, "name", plain)


def tail_token(holder_key: bytes, phone: str) -> str:
    """The token of a phone's last four digits."""
    return _token(holder_key, "phone tail", phone[-TAIL:])


def _token(holder_key: bytes, purpose: str, value: str) -> str:
    """Half of an HMAC-SHA-256. The purpose keeps it apart from what else is made with this key."""
    return hmac.new(holder_key, f"{purpose}\n{value}".encode(), hashlib.sha256).hexdigest()[:32]
