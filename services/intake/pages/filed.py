"""The files of an application as pages name them: what they are called, how large, and whether one can look."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.api.parts import Parts
from services.intake.model import Application
from services.intake.uploads import JPEG, PNG
from shared.web.commands import answering

_PICTURES = (PNG.media_type, JPEG.media_type)


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that was handed in. `picture`: every browser shows it."""

    id: str
    name: str
    size: str
    picture: bool


async def filed(parts: Parts, application: Application) -> dict[str, Filed]:
    """File id → file, of all that is handed in now; one that is gone is left out."""
    names = sorted({name for each in application.handed_in for name in each.files})
    noted = await answering(asyncio.gather(*(parts.files.noted(name) for name in names)))
    return {name: _file(name, each) for name, each in zip(names, noted, strict=True) if each}


def _file(name: str, noted: Mapping[str, Any]) -> Filed:
    size, picture = size_in_words(int(noted.get("size", 0))), noted.get("media_type") in _PICTURES
    return Filed(name, str(noted.get("name", "")), size, picture)


def size_in_words(size: int) -> str:
    """`320 KB`, `1.4 MB`."""
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.1f} MB"
    return f"{max(round(size / 1024), 1)} KB"
