"""Turns a licence or notice into its PDF (PDF/A-2b, PDF/UA-1): the same values give the same bytes, anywhere."""

import base64
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst

from services.licensing.document.model import LicenceDocument, NoticeDocument
from shared import web

HERE = Path(__file__).parent
FONTS = Path(web.__file__).parent / "fonts"
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
MOST_TEXT = 20_000

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


def render(paper: LicenceDocument | NoticeDocument) -> bytes:
    """The PDF of a paper. CPU work of some 10 to 50 ms: call it in a thread from async code.

    Raises `MissingGlyph`, and `ValueError` for more than 20,000 characters of text in all.
    """
    is_licence = isinstance(paper, LicenceDocument)
    values = {**_shared(paper), **(_licence(paper) if isinstance(paper, LicenceDocument) else _notice(paper))}
    _check_text(values)
    values["qr"] = _qr(paper.verify_url)
    try:
        return typst.compile(
            str(HERE / ("licence.typ" if is_licence else "notice.typ")),
            root=str(HERE),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"paper": json.dumps(values, ensure_ascii=False)},
            pdf_standards=["a-2b", "ua-1"],
            timestamp=int(paper.issued_at.timestamp()),
        )
    except typst.TypstError as error:
        if missing := _missing(error.diagnostic):
            raise MissingGlyph(missing) from error
        raise


def _shared(paper: LicenceDocument | NoticeDocument) -> dict[str, Any]:
    value = base64.b64encode(paper.signature.value).decode()
    return {
        "name": paper.name,
        "number": paper.number,
        "issuer": paper.issuer,
        "issued_on": _day(paper.issued_at.astimezone(SHANGHAI).date()),
        "verify_url": paper.verify_url,
        "synthetic": paper.synthetic,
        "signature": [
            ("密钥编号", paper.signature.key_id),
            ("签名", f"{paper.signature.algorithm} · {value[:32]}…{value[-8:]}" if len(value) > 44 else value),
            ("核验", paper.verify_url),
        ],
    }


def _licence(paper: LicenceDocument) -> dict[str, Any]:
    until = "长期" if paper.valid_until is None else _day(paper.valid_until)
    rows = [(paper.holder_label, paper.holder), (paper.holder_code_label, paper.holder_code), *paper.fields]
    if paper.scope:
        rows.append(("许可范围", paper.scope))
    return {"identifier": paper.identifier, "rows": [*rows, ("有效期", f"{_day(paper.valid_from)} 至 {until}")]}


def _notice(paper: NoticeDocument) -> dict[str, Any]:
    return {
        "who": paper.signs,
        "addressee": paper.addressee,
        "paragraphs": paper.paragraphs,
        "rows": [("事项", paper.item), ("办件编号", paper.case), *paper.facts],
        "reasons": paper.reasons,
        "basis": paper.basis,
        "remedies": paper.remedies,
    }


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _qr(url: str) -> str:
    out = io.BytesIO()
    segno.make_qr(url, error="m").save(out, kind="svg", border=2, dark="#1f2329", xmldecl=False)
    return out.getvalue().decode()


def _check_text(values: dict[str, Any]) -> None:
    words = list(_strings(values))
    if sum(map(len, words)) > MOST_TEXT:
        raise ValueError(f"the paper holds more than {MOST_TEXT} characters of text: shorten it")
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
