"""One task as a page: the materials beside the decision, everything else of its case, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.approval.api import TaskNo
from services.approval.desk import Desk, Found
from services.approval.pages import limits, words
from services.approval.store import Row, Wanted, colleagues, limit_of, list_tasks
from shared.identity import Person
from shared.web.commands import answering
from shared.web.countdown import rail
from shared.web.forms import Form
from shared.web.pages import Pages
from shared.web.session import signed_in

Reader = Annotated[Person, Depends(signed_in("task.read"))]
LOOKED_AT = 5
"""Applications of each list among which the next task is looked for: their order may come from a colleague's task."""
KINDS = (
    "opinion", "take", "hand-back", "reassign",
    "procedure", "procedure-end", "extension-request", "extension", "extension-refusal",
)  # fmt: skip
"""The forms of the page, by what they are sent to."""


def task_pages(desk: Desk, pages: Pages) -> APIRouter:
    """`/desk/tasks/{task}` and `/desk/tasks/{task}/given`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/desk/tasks/{task}")
    async def one(
        request: Request, task: TaskNo, asker: Reader, done: Annotated[str, Query(max_length=20)] = ""
    ) -> HTMLResponse:
        found = await desk.find(task, asker, "task.read")
        return await show(request, desk, pages, found, asker, done=done)

    @router.get("/desk/tasks/{task}/given")
    async def given(request: Request, task: TaskNo, asker: Reader) -> Response:
        """After an opinion: what happens next, and the next task."""
        found = await desk.find(task, asker, "task.read")
        if found.task.opinion is None:
            return pages.go("approval", f"/desk/tasks/{task}")
        values: dict[str, Any] = {
            "found": found,
            "verdict": words.spoken(words.VERDICT_WORDS, found.task.opinion.verdict),
            "awaited": [each for each in found.case.tasks if found.case.state_of(each) == "open"],
            "following": await _next(desk, found, asker),
        }
        return pages.show(request, asker, "approval/given.html", current="tasks", **values)

    return router


async def show(
    request: Request,
    desk: Desk,
    pages: Pages,
    found: Found,
    asker: Person,
    *,
    done: str = "",
    sent: tuple[str, Form] | None = None,
    status: int = 200,
) -> HTMLResponse:
    """The page of a task. `sent`: the form that was refused, by its kind, with everything entered and what is wrong."""
    blank = {kind: pages.blank(asker) for kind in KINDS} | limits.forms(pages, found, asker)
    forms = blank | (dict([sent]) if sent else {})
    values: dict[str, Any] = {
        "case": found.case,
        "task": found.task,
        "state": found.case.state_of(found.task),
        "case_status": words.spoken(words.STATUS_WORDS, found.case.status),
        "steps": steps(found, asker),
        "urges": found.state.urges_of(found.case.case, found.task.department),
        "urge_words": words.urge_words,
        "may_answer": asker.may("urge.answer"),
        **_time(found, desk),
        **limits.shown(found, asker, desk.runtime.clock()),
        **await _hands(desk, found, asker),
        "forms": forms,
        "form": sent[1] if sent else forms["opinion"],
        "open_form": sent[0] if sent else "",
        "done": done,
    }
    return pages.show(request, asker, "approval/task.html", status=status, current="tasks", **values)


def _time(found: Found, desk: Desk) -> dict[str, Any]:
    """What is left of the case's limit, in words and as a rail; of an ended case nothing."""
    case, clock, now = found.case, found.state.clock(found.case.case), desk.runtime.clock()
    runs = not case.ended
    return {
        "clock": clock,
        "left": words.left_words(clock, case.unit, now) if runs else "",
        "rail": rail(clock, now) if clock and clock.light != "paused" and runs else "",
        "rail_words": words.rail_words(clock, case.unit, now) if clock else "",
    }


async def _hands(desk: Desk, found: Found, asker: Person) -> dict[str, Any]:
    """Whose hands the task is in, and what this reader may do about it."""
    hold, officer = found.task.hold, asker.may("task.give_opinion")
    acts = officer and found.case.state_of(found.task) == "open"
    head = acts and asker.may("task.reassign")
    mine = hold is not None and hold.officer == asker.subject
    return {
        "holder": words.holder(hold, asker),
        "mine": mine,
        "officer": officer,
        "may_act": acts,
        "may_decide": acts and (hold is None or head or mine),
        "head": head,
        "people": await _people(desk, found, asker) if head else [],
    }


def steps(found: Found, asker: Person) -> list[dict[str, Any]]:
    """Every task of the case in the order of the plan, as the template shows it. Names of other departments' officers
    are none of ours."""
    case = found.case
    return [
        {
            "task": each,
            "state": case.state_of(each),
            "own": each.id == found.task.id,
            "department": each.department_name or each.department,
            "verdict": words.spoken(words.VERDICT_WORDS, each.opinion.verdict) if each.opinion else "",
            "officer": words.holder(each.hold, asker) if each.department == found.task.department else "",
        }
        for each in case.tasks
    ]


async def _people(desk: Desk, found: Found, asker: Person) -> list[tuple[str, str]]:
    """Whom the head can choose: officers of the department who have done something here, but for who has the task."""
    known = await answering(colleagues(desk.store, found.task.department))
    named = {**known, asker.subject: asker.name}
    now = found.task.hold.officer if found.task.hold else None
    return sorted(((officer, name or officer) for officer, name in named.items() if officer != now), key=lambda x: x[1])


async def _next(desk: Desk, found: Found, asker: Person) -> Row | None:
    """The next task among one's own and those that nobody has: the most urgent; one's own first among equals."""
    whole, rows = Wanted(found.task.department), list[Row]()
    for wanted in (whole._replace(holder=asker.subject), whole._replace(free=True)):
        rows += (await answering(list_tasks(desk.store, wanted, skip=0, limit=LOOKED_AT)))[0]
    return min(rows, key=limit_of, default=None)
