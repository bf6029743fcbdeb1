"""The form for a material, beside what was entered: what was found out about the e-licence that is shown, those of
one's own that would do, and whether paper may be taken."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from services.intake.api.parts import Parts
from services.intake.catalogue import LicenceType
from services.intake.drafts import Brought
from services.intake.handing_in import takes_paper
from services.intake.licences import People
from services.intake.own_licences import Held
from services.intake.pages.applicant.bringing import Judged, judged
from services.intake.pages.applicant.wanting import Wanted
from shared.identity import Person
from shared.web.session import token_of


@dataclass(frozen=True, slots=True)
class Showing:
    """`verified`: of the licence that is shown; None where there is none, or nobody is named yet to compare it with.
    `wrong`: why it cannot serve. `own`: what might be shown instead of typing a number.
    `paper`: the reader sits at the window, and may take the paper itself."""

    verified: bool | None = None
    wrong: str = ""
    own: tuple[Held, ...] = ()
    paper: bool = False


async def showing(
    parts: Parts, request: Request, asker: Person, asked: Wanted, brought: Brought, people: People | None
) -> Showing:
    """What a page says about the ways in which one material may come."""
    (found,) = await showings(parts, request, asker, [(asked, brought)], people)
    return found


async def showings(
    parts: Parts, request: Request, asker: Person, wanted: Sequence[tuple[Wanted, Brought]], people: People | None
) -> list[Showing]:
    """The same for each material of a page; licensing is asked once for what the asker has."""
    kinds = [_kind(parts, asked) for asked, _brought in wanted]
    held = await _held(parts, request, asker) if any(kinds) else []

    async def one(asked: Wanted, brought: Brought, kind: LicenceType | None) -> Showing:
        shown = brought.licence if asked.licence else None
        known = await judged(parts, asker, asked, shown, people) if shown else Judged()
        own = [each for each in held if kind and each.serves(kind.code) and each.number != brought.licence]
        return Showing(known.verified, known.wrong, tuple(own), takes_paper(asker))

    return await asyncio.gather(*(one(*each, kind) for each, kind in zip(wanted, kinds, strict=True)))


def _kind(parts: Parts, asked: Wanted) -> LicenceType | None:
    """The type of e-licence that would do, if it is issued here."""
    kind = parts.catalogue.licence_types.get(asked.planned.licence_type or "")
    return kind if kind and kind.issued_here else None


async def _held(parts: Parts, request: Request, asker: Person) -> list[Held]:
    """The asker's own licences. A clerk has none that would serve another."""
    token = token_of(request)
    return await parts.own_licences(token) if token and asker.may("licence.read_own") else []
