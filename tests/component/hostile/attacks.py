"""What a hostile outsider writes into addresses and forms, and every page route with where it can be written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from fastapi.routing import iter_route_contexts

SCRIPT = '"><script>alert(1)</script>'
TEXTS = (
    SCRIPT,
    "',{{7*7}}${7*7}<%= 7*7 %>",
    "\x00\x01\x1b[31m\x7f",
    "样例\r\nSet-Cookie: onedoor_session=x\r\n\r\n<html>",
    "\u202e\u200b\ufeff\ufffe",
    "😀👨\u200d👩\u200d👧𠮷䶮",
    "²１２٣" * 4,
    "-1",
    "0",
    "9" * 400,
    "1e999",
    "nan",
    "$where.a.$gt",
    "../../../../etc/passwd",
    "//evil.example/%2e%2e",
    "javascript:alert(1)",
    "=HYPERLINK(1)",
    "x" * 10_000,
    "\\" * 200 + "'" * 200,
    "",
)
"""As text; quoted where they go into an address."""
RAW = ("%ED%A0%80", "%ff%fe", "%", "%00%0d%0a", "%u0041", "+", "&&=;")
"""As bytes of an address that no text gives."""


class Target(NamedTuple):
    """A page route: its service, method, path with places, and what its path and query hold."""

    service: str
    method: str
    path: str
    places: tuple[str, ...]
    asked: tuple[str, ...]

    def at(self, **values: str) -> str:
        """The address with these (quoted) values in its places."""
        return f"/{self.service}".removesuffix("/hall") + self.path.format(**values)


def targets(service: str, app) -> Iterator[Target]:
    """Every page of an app, streams aside: they do not end."""
    for found in iter_route_contexts(app.routes):
        dependant = getattr(found, "dependant", None)
        if dependant is None or getattr(found, "include_in_schema", True) or "/live/" in f"{found.path}/":
            continue
        places, asked = [], []
        for each in _all(dependant):
            places += [one.alias for one in each.path_params]
            asked += [one.alias for one in each.query_params]
        for method in sorted(found.methods):
            yield Target(service, method, found.path, tuple(dict.fromkeys(places)), tuple(dict.fromkeys(asked)))


def _all(dependant) -> Iterator:
    yield dependant
    for each in dependant.dependencies:
        yield from _all(each)


def quoted() -> list[str]:
    """All of it for an address."""
    return [*(quote(text, safe="") for text in TEXTS), *RAW]
