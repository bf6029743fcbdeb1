"""An application as the window looks at it: materials with their files, people in full, what may still be asked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.parts import READ, Parts
from services.intake.api.views import ApplicationView, HandedInView
from services.intake.model import DESK, Application
from services.intake.pages.filed import Filed, filed
from services.intake.receipts import Receipt, receipts_of
from shared.identity import Person
from shared.timed import Timed
from shared.web.countdown import left_words

DESK_COOKIE = "onedoor_desk"
"""The window's own name, so that it need not be typed for each application."""


@dataclass(frozen=True, slots=True)
class MaterialSeen:
    """A material with its files. `times`: how often it came; `askable`: whether a list may still name it."""

    view: HandedInView
    files: tuple[Filed, ...]
    times: int
    askable: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that the pages of the window show of one application."""

    application: Application
    view: ApplicationView
    materials: tuple[MaterialSeen, ...]
    papers: tuple[Receipt, ...]
    left: str = ""

    @property
    def open(self) -> bool:
        """Whether the window may decide now: it is pending, and nobody waits for the applicant."""
        return self.application.pending and not self.application.asked

    @property
    def due(self) -> Timed | None:
        """The clock of acceptance while it runs; `left` says how much of it is left."""
        return self.application.running

    @property
    def handed_in(self) -> list[MaterialSeen]:
        """What there is to examine."""
        return [each for each in self.materials if each.view.state not in ("later", "fetched")]

    @property
    def spared(self) -> list[MaterialSeen]:
        """What need not be handed in."""
        return [each for each in self.materials if each.view.state in ("later", "fetched")]

    @property
    def unverified(self) -> list[MaterialSeen]:
        """E-licences that nobody has vouched for."""
        return [each for each in self.materials if each.view.verified is False]

    def material(self, key: str) -> MaterialSeen | None:
        """One of them."""
        return next((each for each in self.materials if each.view.key == key), None)


async def seen(parts: Parts, typed: str, asker: Person, action: str = "application.accept") -> Seen:
    """The application as the asker sees it. Problem 403, 404, 422."""
    application = await parts.application(asker, typed, action)
    view = parts.seen(asker, application)
    named = await filed(parts, application)
    told = {each.material for each in application.lists[0].materials} if application.lists else None
    came = [each.material for each in application.ever_handed_in]
    materials = [
        MaterialSeen(
            view=each,
            files=tuple(named[name] for name in each.files if name in named),
            times=came.count(each.key),
            askable=told is None or each.key in told,
        )
        for each in view.materials
    ]
    clock = application.running
    left = left_words(clock, "working_days", parts.runtime.clock()) if clock else ""
    return Seen(application, view, tuple(materials), tuple(receipts_of(application)), left)


async def any_seen(parts: Parts, typed: str, asker: Person) -> Seen:
    """The same for everyone who may read it."""
    application = await parts.application(asker, typed, *READ)
    return Seen(application, parts.seen(asker, application), (), tuple(receipts_of(application)))


def desk_of(request: Request) -> str:
    """What this window is called, as far as its browser knows."""
    return unquote(request.cookies.get(DESK_COOKIE, ""))[:20] or DESK


def at_desk(response: Response, quoted: str) -> Response:
    """Remember the window's name in its browser."""
    response.set_cookie(DESK_COOKIE, quoted, max_age=365 * 24 * 3600, path="/", httponly=True, samesite="lax")
    return response
