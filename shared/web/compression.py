"""Pages and the stylesheet go out compressed where the browser takes it: old phones, slow networks.

Answers to programs do not: they are small, many, and cost CPU. What a page holds for one reader (its form token) is
random in every answer, so that lengths of compressed pages tell nothing (BREACH).
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from starlette.requests import Request

SMALLEST = 1000
"""Bytes; less is not worth it."""
LEVEL = 5


def compressed(request: Request, body: bytes) -> tuple[bytes, dict[str, str]]:
    """The body as it goes out, and the headers that say so."""
    if len(body) < SMALLEST or "gzip" not in request.headers.get("accept-encoding", ""):
        return body, {}
    return gzip.compress(body, LEVEL, mtime=0), {"Content-Encoding": "gzip"}


@lru_cache(maxsize=4)
def once(body: bytes) -> bytes:
    """The same for what never changes, as small as it gets."""
    return gzip.compress(body, 9, mtime=0)
