"""The one stylesheet of the hall, joined from `styles/` at start, and the addresses of what browsers may keep.

An address carries a digest of the content, so that a browser may keep a file for ever and a release is seen at once.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

STYLES = Path(__file__).parent / "styles"
STATIC = Path(__file__).parent / "static"
ORDER = (
    "tokens", "ground", "masthead", "page", "actions", "forms", "states", "lists", "home", "timeline", "tables", "desk",
    "charts", "statistics", "calendar", "licence", "rating", "feedback", "paper", "system", "wall", "elder", "print",
)  # fmt: skip
"""Later parts may refine earlier ones; 长辈版 and print come last."""
NAME = "hall.css"


@cache
def stylesheet() -> bytes:
    """All parts in their order, UTF-8."""
    return "\n".join((STYLES / f"{part}.css").read_text("utf-8") for part in ORDER).encode()


@cache
def static_path(name: str) -> str:
    """`/static/<name>?v=<digest>`, below the hall's root. FileNotFoundError for a file that is not there."""
    content = stylesheet() if name == NAME else (STATIC / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
