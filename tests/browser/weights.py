"""What a page weighs on its way: document, stylesheets and scripts, compressed; pictures and charts left out."""

from __future__ import annotations

import gzip

from playwright.sync_api import Page, Response

LIMIT = 60_000
"""Bytes."""


def parts(page: Page, document: Response) -> dict[str, int]:
    """Address → bytes as gzip would send them: a page that has loaded, and the stylesheets and scripts it names."""
    wanted = "link[rel=stylesheet], script[src]:not([src*='/echarts/'])"
    named = page.eval_on_selector_all(wanted, "all => all.map(e => e.href || e.src)")
    return {document.url: _gzipped(document.body()), **{each: _weight(page, each) for each in named}}


_known: dict[str, int] = {}
"""Addresses change with their content, so each is fetched once."""


def _weight(page: Page, address: str) -> int:
    if address not in _known:
        _known[address] = _gzipped(page.request.get(address).body())
    return _known[address]


def _gzipped(body: bytes) -> int:
    return len(gzip.compress(body, 6))
