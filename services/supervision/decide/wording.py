"""What people write to departments: needed, short, and without personal data."""

from __future__ import annotations

from shared.contracts.terms import PERSONAL
from shared.kernel import Refused

LONGEST_TEXT = 500


def unfit(text: str) -> Refused | None:
    """Why a text is not taken: `text_needed`, `text_too_long`, or `personal_data` (PIPL Art. 6)."""
    if not text.strip():
        return Refused("text_needed")
    if len(text.strip()) > LONGEST_TEXT:
        return Refused("text_too_long")
    return Refused("personal_data") if PERSONAL.search(text) else None
