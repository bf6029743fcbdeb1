"""What the pages of applicants share: the drafts of whoever asks, and the plan that a draft leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from services.intake.api.parts import READ, Parts
from services.intake.api.words import no_matter
from services.intake.drafts import Bringing, Crowded, Draft, Drafts, Kept
from services.intake.guide import Plan, plan
from services.intake.model import Application
from services.intake.number import new_number
from services.intake.pages.answers import Given
from services.intake.store import numbered
from shared.identity import Person
from shared.permissions import Role
from shared.web.commands import answering
from shared.web.pages import Pages
from shared.web.problems import Problem, Words

SUBMIT = ("application.submit", "application.submit_on_behalf")
_CURRENT = {Role.OFFICER: "tasks", Role.DEPARTMENT_HEAD: "tasks", Role.SUPERVISOR: "lights"}


@dataclass(frozen=True, slots=True)
class Journey:
    """Parts of intake and its pages, with the drafts of applications and of what is brought later."""

    parts: Parts
    pages: Pages
    drafts: Drafts[Draft]
    bringings: Drafts[Bringing]

    @classmethod
    def of(cls, parts: Parts, pages: Pages) -> Journey:
        """The journey over these parts."""
        shared = (parts.files, parts.keyring, parts.runtime.clock)
        return cls(parts, pages, Drafts("draft", Draft, *shared), Drafts("bringing", Bringing, *shared))

    def router(self) -> APIRouter:
        """A router for pages."""
        return APIRouter(include_in_schema=False)

    async def opened(self, asker: Person, name: str) -> Opened | Response:
        """The asker's draft with its plan; or the way on: to what came of it, or to questions that are open again.

        Problem 404 where there is neither.
        """
        kept = await answering(self.drafts.one(asker.subject, name))
        if kept is None:
            return await self._what_came_of(asker, name)
        planned = self.plan(kept.content)
        if not isinstance(planned, Plan):
            return self.pages.go("intake", questions_path(kept.content))
        return Opened(kept, planned)

    async def changed(self, asker: Person, name: str, change: Callable[[Draft], Draft]) -> Kept[Draft]:
        """The draft after a change. Problem 404 where it is gone by now."""
        kept = await answering(self.drafts.changed(asker.subject, name, change))
        if kept is None:
            raise no_draft()
        return kept

    def plan(self, draft: Draft) -> Plan | None:
        """What the catalogue asks of the draft today; None where its answers are no longer enough. Problem 404 for a
        matter that is gone."""
        catalogue = self.parts.catalogue
        if draft.matter not in {*catalogue.items, *catalogue.bundles}:
            raise no_matter(draft.matter)
        planned = plan(catalogue, draft.matter, draft.answers, draft.opted_in)
        return planned if isinstance(planned, Plan) else None

    def number(self, asker: Person, name: str) -> str:
        """The number of the application that a draft becomes."""
        return new_number(self.parts.settings.holder_key, asker.subject, name)

    async def submitted(self, asker: Person, name: str) -> Application | None:
        """The application that a draft has become."""
        reaches = self.parts.reaches(asker, *READ)
        return await answering(numbered(self.parts.store, self.number(asker, name), reaches))

    async def bringing(self, asker: Person, about: str) -> Bringing:
        """What the asker is putting together for a supplement or a replacement; empty where nothing is begun."""
        found = await self._bringing(asker, about)
        return found.content if found else Bringing()

    async def bring(self, asker: Person, about: str, change: Callable[[Bringing], Bringing]) -> Bringing:
        """The same after a change, kept until it is handed in."""
        found = await self._bringing(asker, about)
        if found is None:
            try:
                found = await answering(self.bringings.begun(asker.subject, Bringing(), about))
            except Crowded as error:
                raise crowded() from error
        after = await answering(self.bringings.changed(asker.subject, found.id, change))
        return after.content if after else change(Bringing())

    async def brought(self, asker: Person, about: str) -> None:
        """It has been handed in: nothing more is put together for it."""
        for found in await answering(self.bringings.listed(asker.subject)):
            if found.about == about:
                await answering(self.bringings.dropped(asker.subject, found.id))

    async def _bringing(self, asker: Person, about: str) -> Kept[Bringing] | None:
        listed = await answering(self.bringings.listed(asker.subject))
        return next((each for each in listed if each.about == about), None)

    async def _what_came_of(self, asker: Person, name: str) -> Response:
        application = await self.submitted(asker, name)
        if application is None:
            raise no_draft()
        return self.pages.go("intake", f"/pages/applications/{application.number}/submitted")


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft and what the catalogue asks of it today."""

    kept: Kept[Draft]
    plan: Plan

    @property
    def draft(self) -> Draft:
        """What has been filled in."""
        return self.kept.content

    @property
    def path(self) -> str:
        """The path of its page below the service."""
        return f"/drafts/{self.kept.id}"


def questions_path(draft: Draft) -> str:
    """Where the answers of a draft are changed."""
    return f"/matters/{draft.matter}/questions?{Given(draft.answers, draft.opted_in).query()}"


def on_behalf(asker: Person) -> bool:
    """Whether the asker applies for others: a clerk at the window, or an agent."""
    return bool(asker.roles & {Role.CLERK, Role.AGENT})


def at_window(asker: Person) -> bool:
    """Whether the asker works at the window."""
    return Role.CLERK in asker.roles


def current_of(asker: Person, clerk: str = "desk") -> str:
    """Which of the ways through the hall leads here, for this person."""
    if at_window(asker):
        return clerk
    return next((way for role, way in _CURRENT.items() if role in asker.roles), "mine")


def no_draft() -> Problem:
    """404: there is none, its time is over, or it is another's."""
    title = Words("没有这份暂存", "No such draft")
    detail = Words(
        "它可能超过了保存的时间，或者已经删除；请从“我的”或者办事指南重新开始。",
        "It may have been kept long enough, or discarded; begin again from your affairs or the guide.",
    )
    return Problem(404, "no_such_draft", title, detail)


def crowded() -> Problem:
    """409: too many drafts."""
    title = Words("暂存太多了", "Too many drafts")
    detail = Words("请先提交或者删除几份暂存，再开新的。", "Submit or discard some of them first.")
    return Problem(409, "too_many_drafts", title, detail)
