"""The papers that licensing hands out: their values and their PDF."""

from services.licensing.document.model import LicenceDocument, NoticeDocument, Signature
from services.licensing.document.render import render
from shared.papers import MissingGlyph

__all__ = ["LicenceDocument", "MissingGlyph", "NoticeDocument", "Signature", "render"]
