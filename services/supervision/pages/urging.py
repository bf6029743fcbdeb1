"""What people do about an application on its pages: who may urge, answer or record, and what their forms name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.supervision.decide.owing import behind, not_now
from services.supervision.model import Case, Urge
from services.supervision.pages.look import Look
from services.supervision.refusals import REFUSALS
from shared.identity import Person
from shared.kernel import Refused
from shared.web.commands import refusal
from shared.web.forms import Form, Sent
from shared.web.i18n import current
from shared.web.pages import Pages
from shared.web.problems import FieldError, Problem


@dataclass(frozen=True, slots=True)
class Urging:
    """What this reader may do: urge these cases, answer these urges, or record what came of these."""

    cases: tuple[Case, ...]
    answerable: tuple[Urge, ...]
    recordable: tuple[Urge, ...]


def urging_of(look: Look, asker: Person) -> Urging:
    """Open cases in which a department can do something, urges of the reader's own department, talks not closed yet."""
    state, may = look.state, asker.may("urge.issue")
    cases = tuple(case for case in state.cases if may and case.open and not_now(state, case.case) is None)
    mine = asker.department if asker.may("urge.answer") else None
    recorded = (urge for urge in state.urges if may and look.rules.rung(urge.rung).recorded)
    answerable = tuple(urge for urge in state.urges if mine in urge.awaited)
    return Urging(cases, answerable, tuple(urge for urge in recorded if not urge.settled))


def blank(pages: Pages, asker: Person, values: Mapping[str, Any]) -> Form:
    """The form to begin with: the case whose clock is shown, who is waited for in it, and the rung that is proposed."""
    first, cases = values["first"], {case.case: case for case in values["urging"].cases}
    if not cases:
        return pages.blank(asker)
    case = cases.get(first.clock.subject if first else "", values["urging"].cases[0])
    rung = next((each.suggested for each in values["ladders"] if each.case.case == case.case), "urge")
    late = behind(values["look"].state, case.case) or case.departments
    return pages.blank(asker, case=case.case, rung=rung, departments=late if len(cases) == 1 else ())


def case_in(form: Sent, number: str) -> str:
    """The case that the form is about; Problem 404 for one that is not of this application."""
    case = form.text("case")
    if not case.startswith(f"{number}-") or len(case) != 16 or not case[14:].isdigit():
        raise refusal(Refused("no_such_case"), REFUSALS)
    return case


def number_in(form: Sent, field: str) -> int:
    """The number of the urge or signal that the form is about; 0 for what is none."""
    number = form.text(field)
    return int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0


_BLAMED = {
    "text_needed": "text",
    "text_too_long": "text",
    "personal_data": "text",
    "reply_by_past": "reply_by",
    "reply_by_far": "reply_by",
    "no_answer_asked": "reply_by",
    "day_ahead": "day",
}


def at_fields(problem: Problem) -> Problem:
    """A refusal that blames one field stands there."""
    field = _BLAMED.get(problem.code)
    if field is None or problem.errors:
        return problem
    spoken_in = current()
    error = FieldError(field=field, reason=problem.title.spoken(spoken_in), fix=problem.text.spoken(spoken_in))
    return Problem(problem.status_code, problem.code, problem.title, problem.text, errors=[error])
