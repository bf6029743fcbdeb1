"""Blind indexes: keyed hashes by which something is found without standing in the clear (PIPL Art. 6, 51). Nobody
without the key can compute one, or read from it what it stands for.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata


def name_token(holder_key: bytes, name: str) -> str:
    """The token of a full name, however it is spaced, and in whatever width and case it is typed."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()
    return token(holder_key, "name", plain)


def token(holder_key: bytes, purpose: str, value: str) -> str:
    """Half of an HMAC-SHA-256. The purpose keeps it apart from what else is made with this key."""
    return hmac.new(holder_key, f"{purpose}\n{value}".encode(), hashlib.sha256).hexdigest()[:32]
