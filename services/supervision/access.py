"""Which application is named, and who may look at it: the condition is part of every query."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

from services.supervision.model import Supervised
from services.supervision.refusals import REFUSALS
from services.supervision.store import find_visible
from shared.identity import Person, scope_of
from shared.kernel import Refused
from shared.messaging.document import Document, Store, Where
from shared.settings import Settings
from shared.web.commands import answering, owners, refusal

TIMELINE = ("case.read_timeline_own", "case.read_timeline_any")
ApplicationInPath = Annotated[str, Path(pattern=r"^[0-9A-Z]{13}$", description="申请编号", examples=["7ZQ0M3X5KD2WA"])]
CaseInPath = Annotated[
    str, Path(pattern=r"^[0-9A-Z]{13}-\d{2}$", description="办件编号", examples=["7ZQ0M3X5KD2WA-01"])
]


class Access:
    """Finds applications for those who may see them."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    async def application(
        self, number: str, asker: Person, actions: tuple[str, ...] = TIMELINE
    ) -> tuple[Document, Supervised]:
        """The application, if the asker may do one of these actions to it. Problem 404 alike for none and for
        another's, 423 where it is parked."""
        doc = await answering(self.visible(number, asker, actions))
        if doc is None:
            raise refusal(Refused("no_such_application"), REFUSALS)
        if not isinstance(doc.state, Supervised):
            raise refusal(Refused("parked"), REFUSALS)
        return doc, doc.state

    async def visible(self, number: str, asker: Person, actions: tuple[str, ...] = TIMELINE) -> Document | None:
        """The same, or None. Raises Unavailable."""
        return await find_visible(self._store, number, self._sights(asker, actions))

    def _sights(self, asker: Person, actions: tuple[str, ...]) -> list[Where]:
        scope = scope_of(asker, *actions)
        sights: list[Where] = [{}] if scope.all else []
        sights += [{"owner": {"$in": owners(asker, self._settings.holder_key)}}] if scope.own else []
        sights += [{"departments": scope.department}] if scope.department else []
        return sights


def staff(asker: Person, state: Supervised) -> bool:
    """Whether the asker looks at it on duty, and not as its owner."""
    if not asker.may("case.read_timeline_any"):
        return False
    return scope_of(asker, "case.read_timeline_any").covers(departments=state.departments)
