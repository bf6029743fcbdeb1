"""Turns values and a source in typst into a PDF (PDF/A-2b, PDF/UA-1): the same values give the same bytes, anywhere."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from shared import web

FONTS = Path(web.__file__).parent / "fonts"

# Format and control characters would print as nothing, or turn the words around: a paper must show what it says.
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_NO_GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


class MissingGlyph(ValueError):
    """The paper holds `characters` that cannot be printed truthfully: no PDF is made."""

    def __init__(self, characters: str) -> None:
        named = ", ".join(f"{c} U+{ord(c):04X}" if c.isprintable() else f"U+{ord(c):04X}" for c in characters)
        super().__init__(f"cannot be printed: {named}; correct the text, or add a font that has it to shared/web/fonts")
        self.characters = characters


def printed(source: Path, values: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF of a source, which finds `values` as JSON in `sys.inputs.paper`; `at` is the document's date.

    CPU work of some 10 to 200 ms: call it in a thread from async code. Raises `MissingGlyph`.
    """
    try:
        return typst.compile(
            str(source),
            root=str(source.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"paper": json.dumps(values, ensure_ascii=False)},
            pdf_standards=["a-2b", "ua-1"],
            timestamp=int(at.timestamp()),
        )
    except typst.TypstError as error:
        if missing := _missing(error.diagnostic):
            raise MissingGlyph(missing) from error
        raise


def check_text(values: Any, most: int) -> None:
    """Raises `MissingGlyph` for characters that print as nothing, and `ValueError` for more than `most` in all."""
    words = list(_strings(values))
    if sum(map(len, words)) > most:
        raise ValueError(f"the paper holds more than {most} characters of text: shorten it")
    if wrong := {c for text in words for c in text if c not in "\r\n\t" and _is_invisible(c)}:
        raise MissingGlyph("".join(sorted(wrong)))


def _is_invisible(character: str) -> bool:
    if unicodedata.category(character) in _INVISIBLE:
        return True
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"  # variation selectors


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _missing(diagnostic: str) -> str:
    found = "".join(_NO_GLYPH.findall(diagnostic))
    return "".join(dict.fromkeys(_ESCAPE.sub(lambda code: chr(int(code[1], 16)), found)))


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
