"""A table as a file that spreadsheets open as it is meant: CSV (RFC 4180) in UTF-8 with BOM."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from starlette.responses import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a formula begins with; in Chinese and Japanese editions also in full width."""

_PERCENT = re.compile(r"[+-]\d+\.\d%")
"""What we compute ourselves is none: `-25.0%` stays a number."""


def spreadsheet(name: str, head: Sequence[str], rows: Iterable[Sequence[object]], *, private: bool = True) -> Response:
    """The table as a download called `name`. A text that a spreadsheet would take for a formula is given as a text."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store" if private else "private, no-cache",
    }
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: object) -> object:
    if value is None:
        return ""
    formula = isinstance(value, str) and value.startswith(_FORMULA) and not _PERCENT.fullmatch(value)
    return f"'{value}" if formula else value
