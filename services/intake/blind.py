"""By what a clerk finds an application: the blind indexes of the parties' names and phone tails."""

from __future__ import annotations

from shared.blind import name_token, token
from shared.contracts.terms import Party

TAIL = 4
"""Digits of a phone that people say at a window."""


def found_by(holder_key: bytes, *parties: Party | None) -> tuple[str, ...]:
    """What the application of these parties is found by: each name, and each phone's last four digits."""
    named = [party for party in parties if party is not None]
    tokens = {name_token(holder_key, party.name) for party in named}
    tokens |= {tail_token(holder_key, party.phone) for party in named if len(party.phone) >= TAIL}
    return tuple(sorted(tokens))


def tail_token(holder_key: bytes, phone: str) -> str:
    """The token of a phone's last four digits."""
    return token(holder_key, "phone tail", phone[-TAIL:])
