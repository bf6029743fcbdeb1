"""E-licences on a page: what was found out about the one that is shown, and those of one's own that would do."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from services.intake.api.parts import Parts
from services.intake.drafts import Brought
from services.intake.licences import People
from services.intake.own_licences import Held
from services.intake.pages.applicant.bringing import judged
from services.intake.pages.applicant.wanting import Wanted
from shared.identity import Person
from shared.web.session import token_of


@dataclass(frozen=True, slots=True)
class Showing:
    """`verified`: of the licence that is shown; None where there is none, or nobody is named yet to compare it with.
    `wrong`: why it cannot serve. `own`: what might be shown instead of typing a number."""

    verified: bool | None = None
    wrong: str = ""
    own: tuple[Held, ...] = ()


async def showing(
    parts: Parts, request: Request, asker: Person, asked: Wanted, brought: Brought, people: People | None
) -> Showing:
    """What a page says about the e-licence of one material."""
    found = await judged(parts, asker, asked, brought.licence, people) if brought.licence and asked.licence else None
    own = [each for each in await _own(parts, request, asker, asked) if each.number != brought.licence]
    return Showing(found.verified if found else None, found.wrong if found else "", tuple(own))


async def _own(parts: Parts, request: Request, asker: Person, asked: Wanted) -> list[Held]:
    """The asker's own licences of the right type. A clerk has none that would serve another."""
    kind, token = parts.catalogue.licence_types.get(asked.planned.licence_type or ""), token_of(request)
    if kind is None or token is None or not kind.issued_here or not asker.may("licence.read_own"):
        return []
    return [each for each in await parts.own_licences(token) if each.serves(kind.code)]
