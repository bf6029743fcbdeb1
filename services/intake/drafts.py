"""暂存: what somebody has begun and not yet handed in, kept sealed for a day after its last change.

A draft is a loose file without bytes: its content stands, sealed, in what is noted about it, so that it is listed with
its owner, changed by comparison, and swept like any upload that nobody handed in. Each change makes the uploads that it
names as young as itself: all of it goes together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Self, TypeVar

from pydantic import Field, ValidationError

from services.intake.parties import PartyBody
from services.intake.sweeping import TAKEN_WITHIN, expired
from shared.clock import Clock
from shared.contracts.sealed import CannotOpen, Keyring, Sealed
from shared.files import Files
from shared.kernel import Frozen

MOST = 50
"""Drafts that one person may have at a time; an agent or a clerk has the most."""
_TRIES = 8


class DraftFile(Frozen):
    """An upload as a draft names it. `size` in bytes."""

    id: str
    name: str
    size: int
    sha256: str


class Brought(Frozen):
    """What is there for one material: files, the number of an e-licence, a pledge, or paper that the window keeps."""

    files: tuple[DraftFile, ...] = ()
    licence: str | None = None
    pledge: bool = False
    paper: bool = False

    @property
    def ways(self) -> int:
        """In how many ways it comes; one is right."""
        return bool(self.files) + bool(self.licence) + self.pledge + self.paper


class Bringing(Frozen):
    """Materials by key: what is being put together for a supplement or a replacement."""

    materials: dict[str, Brought] = Field(default={})

    def brought(self, material: str) -> Brought:
        """What is there for a material."""
        return self.materials.get(material, Brought())

    def with_(self, material: str, brought: Brought) -> Self:
        """The same with this for a material."""
        return self.model_copy(update={"materials": {**self.materials, material: brought}})

    @property
    def uploads(self) -> list[str]:
        """The ids of all files that it names."""
        return [file.id for brought in self.materials.values() for file in brought.files]


B = TypeVar("B", bound=Bringing)


class Draft(Bringing):
    """An application that is being filled in."""

    matter: str
    answers: dict[str, str]
    opted_in: tuple[str, ...] | None = None
    applicant: PartyBody | None = Field(default=None, repr=False)
    agent: PartyBody | None = Field(default=None, repr=False)

    def same_as(self, other: Draft) -> bool:
        """Whether both are for the same matter with the same answers."""
        return (self.matter, self.answers, self.opted_in) == (other.matter, other.answers, other.opted_in)


@dataclass(frozen=True, slots=True)
class Kept(Generic[B]):
    """A draft as it is now. `id`: 32 hex digits, the idempotency key of what comes of it; `about`: what it is for."""

    id: str
    content: B
    about: str
    revision: int
    changed_at: datetime

    @property
    def until(self) -> datetime:
        """When it is not kept any longer."""
        return self.changed_at + TAKEN_WITHIN


class Crowded(Exception):
    """There are as many drafts as one person may have."""


class Drafts(Generic[B]):
    """The drafts of one kind. Nobody reaches another's; every method raises Unavailable."""

    def __init__(self, kind: str, model: type[B], files: Files, keyring: Keyring, clock: Clock) -> None:
        self._kind, self._model = kind, model
        self._files, self._keyring, self._clock = files, keyring, clock

    async def begun(self, owner: str, content: B, about: str = "") -> Kept[B]:
        """A new draft. Raises Crowded."""
        if len(await self._files.owned(owner, self._kind)) >= MOST:
            raise Crowded
        now = self._clock()
        noted = {"owner": owner, "kind": self._kind, "about": about, **self._said(owner, content, 1, now)}
        return Kept(await self._files.put(self._kind, b"", noted), content, about, 1, now)

    async def one(self, owner: str, name: str) -> Kept[B] | None:
        """The owner's draft with this id, unless its time is over."""
        return self._kept(owner, name, await self._files.noted(name) or {})

    async def listed(self, owner: str) -> list[Kept[B]]:
        """The owner's drafts, the last changed first."""
        found = await self._files.owned(owner, self._kind)
        return [kept for each in found if (kept := self._kept(owner, each.id, each.noted))]

    async def changed(self, owner: str, name: str, change: Callable[[B], B]) -> Kept[B] | None:
        """The draft after `change`, which is asked anew where another tab was faster; None where there is none."""
        for _ in range(_TRIES):
            before = await self.one(owner, name)
            if before is None:
                return None
            after, now = change(before.content), self._clock()
            if after.uploads:
                await self._files.amend(after.uploads, {"uploaded_at": now.isoformat()}, {"owner": owner})
            said = self._said(owner, after, before.revision + 1, now)
            if await self._files.amend([name], said, {"owner": owner, "revision": before.revision}):
                return Kept(name, after, before.about, before.revision + 1, now)
        raise RuntimeError("a draft changes faster than it can be kept")

    async def dropped(self, owner: str, name: str) -> None:
        """Remove a draft. Its uploads are swept, unless something holds them by then."""
        if await self.one(owner, name):
            await self._files.delete(name)

    def _said(self, owner: str, content: B, revision: int, now: datetime) -> dict[str, Any]:
        sealed = self._keyring.seal(content, _sealed_for(owner))
        return {"sealed": sealed.model_dump(mode="json"), "revision": revision, "uploaded_at": now.isoformat()}

    def _kept(self, owner: str, name: str, noted: Mapping[str, Any]) -> Kept[B] | None:
        mine = (noted.get("owner"), noted.get("kind")) == (owner, self._kind)
        if not mine or expired(noted, self._clock()):
            return None
        kind: Any = Sealed.__class_getitem__(self._model)
        try:
            content = self._keyring.open(kind.model_validate(noted["sealed"]), self._model, _sealed_for(owner))
        except (CannotOpen, ValidationError):  # a key that is gone, or another version's: it must be begun anew
            return None
        changed_at = datetime.fromisoformat(str(noted["uploaded_at"]))
        return Kept(name, content, str(noted["about"]), int(noted["revision"]), changed_at)


def _sealed_for(owner: str) -> str:
    """What a box is bound to: nobody's draft opens as another's."""
    return f"draft of {owner}"
