"""The form for a material, beside what was entered: what was found out about the e-licence that is shown, those of
one's own that would do, and whether paper may be taken."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from services.intake.api.parts import Parts
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
    found = await judged(parts, asker, asked, brought.licence, people) if brought.licence and asked.licence else None
    own = [each for each in await _own(parts, request, asker, asked) if each.number != brought.licence]
    known = found or Judged()
    return Showing(known.verified, known.wrong, tuple(own), takes_paper(asker))


async def _own(parts: Parts, request: Request, asker: Person, asked: Wanted) -> list[Held]:
    """The asker's own licences of the right type. A clerk has none that would serve another."""
    kind, token = parts.catalogue.licence_types.get(asked.planned.licence_type or ""), token_of(request)
    if kind is None or token is None or not kind.issued_here or not asker.may("licence.read_own"):
        return []
    return [each for each in await parts.own_licences(token) if each.serves(kind.code)]
