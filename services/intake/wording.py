"""How messages to an applicant are put together: a title over one case or several, and texts as one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.intake.model import Case
from shared.web.i18n import _, listed

Words = tuple[str, str]
"""A title and a text."""


def titled(word: str, cases: Sequence[Case]) -> str:
    """What happened, and to what."""
    if len(cases) == 1:
        return _("%(what)s：%(item)s", what=word, item=cases[0].plan.item_name)
    return _("%(what)s：%(n)s 个事项", what=word, n=len(cases))


def together(texts: Iterable[str]) -> str:
    """Each text once, without its full stop."""
    return listed(dict.fromkeys(text.rstrip("。") for text in texts))
