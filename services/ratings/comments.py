"""Comments are written by anybody: made harmless on the way in, masked where the public reads them.

What an applicant types may hold personal data of theirs or of others (PIPL Art. 6, 25).
"""

from __future__ import annotations

import re
import unicodedata

HIDDEN = "＊＊＊"
_RAW_LIMIT = 1000
"""Characters: longer raw text is left to the length check, uncleaned."""
_WITHOUT_SHAPE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_NUMBER = r"(?:\d[ \-·.—_]{0,3}){6,}\d[Xx]?"
"""Seven digits or more, in any script's digits, also when spaced out: telephones, identity and bank card numbers."""
_MAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
_DATE = re.compile(r"(?:19|20)\d{2}[.\-](?:0?[1-9]|1[0-2])[.\-](?:0?[1-9]|[12]\d|3[01])")
_PRIVATE = re.compile(f"{_MAIL}|{_NUMBER}")


def clean(text: str) -> str | None:
    """One line without control, formatting (bidirectional, zero-width) or unassigned characters; None when empty."""
    if len(text) > _RAW_LIMIT:
        return text
    spaced = "".join(" " if char in "\r\n\t" else char for char in text)
    visible = "".join(char for char in spaced if unicodedata.category(char) not in _WITHOUT_SHAPE)
    return " ".join(visible.split()) or None


def masked(comment: str) -> str:
    """What the public may read: telephone, identity and card numbers and mail addresses are hidden, dates stay."""
    return _PRIVATE.sub(lambda found: found[0] if _DATE.fullmatch(found[0]) else HIDDEN, comment)
