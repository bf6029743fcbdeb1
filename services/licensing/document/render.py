"""Turns a licence or notice into its PDF (PDF/A-2b, PDF/UA-1): the same values give the same bytes, anywhere."""

import base64
import io
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any

import segno

from services.licensing.document.model import LicenceDocument, NoticeDocument
from shared.papers import check_text, printed

HERE = Path(__file__).parent
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
MOST_TEXT = 20_000


def render(paper: LicenceDocument | NoticeDocument) -> bytes:
    """The PDF of a paper. CPU work of some 10 to 50 ms: call it in a thread from async code.

    Raises `MissingGlyph`, and `ValueError` for more than 20,000 characters of text in all.
    """
    is_licence = isinstance(paper, LicenceDocument)
    values = {**_shared(paper), **(_licence(paper) if isinstance(paper, LicenceDocument) else _notice(paper))}
    check_text(values, MOST_TEXT)
    values["qr"] = _qr(paper.verify_url)
    return printed(HERE / ("licence.typ" if is_licence else "notice.typ"), values, paper.issued_at)


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
