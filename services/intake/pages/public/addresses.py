"""The addresses of guides as people type, scan and keep them."""

from __future__ import annotations

from urllib.parse import urljoin

import segno

from shared.settings import Settings
from shared.web.pages import Pages


def whole(pages: Pages, settings: Settings, path: str) -> str:
    """A page of intake with the name of the site, as it may stand on paper."""
    return urljoin(settings.public_url, pages.url("intake", path))


def code_of(address: str) -> str:
    """Its QR code as SVG (ISO/IEC 18004), dark modules alone."""
    drawn: str = segno.make(address, error="m").svg_inline(omitsize=True, svgclass="qr", lineclass=None, border=1)
    return drawn
