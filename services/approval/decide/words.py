"""What people write, as it will be read: without what cannot be seen, and without numbers of persons."""

from __future__ import annotations

import unicodedata

from shared.contracts.terms import PERSONAL

_SPACES = str.maketrans("\r\n\t\u2028\u2029", "     ")


def readable(text: str | None) -> str | None:
    """The text on one line as it reads; None when that is nothing."""
    return " ".join(_visible(text or "").split()) or None


def _visible(text: str) -> str:
    """Without control, direction and zero-width characters, which cannot be read and cannot be printed."""
    return "".join(char for char in text.translate(_SPACES) if unicodedata.category(char) not in {"Cc", "Cf", "Cs"})


def personal(*texts: str | None) -> bool:
    """Whether one of them holds an identity or telephone number (PIPL Art. 6)."""
    return any(PERSONAL.search(readable(text) or "") for text in texts)
