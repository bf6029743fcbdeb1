"""How approval's documents are stored, what of them is indexed, and the queries that its lists need.

Of every task that can be listed the index keeps a few marks (`desk.<mark>`): who may list it, in which state, under
which light, of which item. The value of a mark is where the document stands in that list. So each list is one range of
one index, in its order, however long it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from services.approval.model import Approval, Case, Clock, Deputies, Task, Urge
from shared.contracts.terms import Light
from shared.messaging.document import Fields, Index, Store, Where

Listed = Literal["open", "given", "ended"]
"""The task states that can be listed; planned tasks are seen in their case alone."""
LISTED: tuple[Listed, ...] = get_args(Listed)
EVERYONE = "*"
"""In place of a department: all of them."""
ASKED = "asked"
"""The list of what the head of a deciding body was asked for."""
MOST_ASKED = 50
NEVER = "9" * 10
"""Where no limit is known, or a pause withholds it: after everything that has one."""
INDEXES = (Index((("application", 1),)), Index((("desk.$**", 1),)))


class Row(NamedTuple):
    """A task with its case, and its clock if supervision has spoken of it. `urges`: those that its department still
    has to answer; only in lists."""

    case: Case
    task: Task
    clock: Clock | None
    urges: tuple[Urge, ...] = ()

    @property
    def light(self) -> Light | None:
        """The light over the case; None: not known yet."""
        return self.clock.light if self.clock else None


class Wanted(NamedTuple):
    """What a list shows: tasks of a department (EVERYONE: of all) in a state, narrowed by what else is named.

    `holder`: in this officer's hands (open tasks only); `free`: in nobody's. `light` narrows open tasks.
    """

    department: str
    state: Listed = "open"
    light: Light | None = None
    item: str | None = None
    holder: str | None = None
    free: bool = False
    application: str | None = None

    @property
    def mark(self) -> str:
        """The mark of this list in the index."""
        return _mark(_whose(self.department, self.holder), self.state, self.light or "", self.item or "")

    def shows(self, row: Row) -> bool:
        """Whether a task of a document on this list is one that the list is about."""
        hold = row.task.hold
        return (
            self.department in (EVERYONE, row.task.department)
            and self.light in (None, row.light)
            and self.item in (None, row.case.item)
            and (self.holder is None or (hold is not None and hold.officer == self.holder))
            and not (self.free and hold)
        )

    @property
    def where(self) -> Where:
        """The condition of the query."""
        free = {"free": self.department} if self.free else {}
        one = {"application": self.application} if self.application else {}
        return {f"desk.{self.mark}": {"$gte": ""}, **free, **one}


class ApprovalCodec:
    """State ↔ plain values. Indexed: who may look, and on which lists its tasks stand."""

    def dump(self, state: Approval | Deputies, fields: Fields = None) -> Mapping[str, Any]:
        """Plain values, without what stands at its default; the sealed holder stays sealed.

        So no default of a stored model may ever change.
        """
        return state.model_dump(mode="json", include=fields, exclude_defaults=True)

    def load(self, raw: Any) -> Approval | Deputies:
        """The state; ValueError when it does not fit. Of the two only one has `named`."""
        return (Deputies if "named" in raw else Approval).model_validate(raw)

    def index(self, state: Approval | Deputies) -> Mapping[str, Any]:
        """`owner` and `departments` for who may look; `desk`: each mark with the document's place in that list;
        `free`: departments with an open task in nobody's hands; `items`: what each department has to do here."""
        if isinstance(state, Deputies):
            return {}
        desk: dict[str, str] = {}
        free: set[str] = set()
        items: set[str] = set()
        for row in _assigned(state):
            listed = row.case.state_of(row.task)
            place, first = _place(row, listed), min if listed == "open" else max
            for mark in _marks(row, listed):
                desk[mark] = first(place, desk.get(mark, place))
            if listed == "open" and row.task.hold is None:
                free.add(row.task.department)
            items.add(f"{row.task.department} {row.case.item} {row.case.item_name}")
        for case in state.cases:
            if case.asked and case.awaits_head:
                mark, place = _mark(case.department, ASKED), f"{_seconds(case.asked.at)}{state.application}"
                desk[mark] = min(place, desk.get(mark, place))
        return {
            "application": state.application,
            "owner": sorted({case.owner for case in state.cases}),
            "departments": sorted({each for case in state.cases for each in case.departments}),
            "desk": desk,
            "free": sorted(free),
            "items": "\n".join(sorted(items)),
        }


def _marks(row: Row, listed: str) -> Iterator[str]:
    """Every list that a task stands on."""
    task, item, light = row.task, row.case.item, row.light
    yield _mark(EVERYONE, listed)
    whose = [task.department]
    if listed == "open" and task.hold:
        whose.append(_whose(task.department, task.hold.officer))
    for who in whose:
        yield _mark(who, listed)
        yield _mark(who, listed, item=item)
        if listed == "open" and light:
            yield _mark(who, listed, light)
            yield _mark(who, listed, light, item)


def _mark(whose: str, listed: str, light: str = "", item: str = "") -> str:
    return f"{whose}:{listed}:{light}:{item}"


def _whose(department: str, holder: str | None) -> str:
    """A department, or one officer in it: by a hash, because a reference may hold any character."""
    return f"{department}@{hashlib.sha256(holder.encode()).hexdigest()[:16]}" if holder else department


def _place(row: Row, listed: str) -> str:
    """Where a task stands in its list, as text that sorts: an open one by its limit, then by age; others by when they
    were answered or ended. The application makes it the only one of its place."""
    case, task = row.case, row.task
    first = limit_of(row) if listed == "open" else _seconds(task.opinion.at if task.opinion else case.ended_at)
    return f"{first}{_seconds(task.opened_at)}{case.application}"


def limit_of(row: Row) -> str:
    """The limit of an open task as text that sorts: the longest over first, what has none last."""
    return NEVER if row.clock is None or row.clock.light == "paused" else _seconds(row.clock.due)


def _seconds(at: datetime | None) -> str:
    return f"{int(at.timestamp()):010d}" if at else NEVER


async def list_tasks(
    store: Store, wanted: Wanted, *, skip: int, limit: int, latest: bool = False
) -> tuple[list[Row], bool]:
    """Tasks by application, and whether there are more: open ones by the earliest limit, then the oldest; others by
    when they were answered or ended, `latest` first or last.

    `limit` and `skip` count applications: one application's tasks stay together.
    """
    sort = ((f"desk.{wanted.mark}", -1 if latest else 1),)
    found = await store.find(wanted.where, sort=sort, limit=limit + 1, skip=skip)
    page = [doc.state for doc in found[:limit] if isinstance(doc.state, Approval)]  # what cannot be read is parked
    return [row for state in page for row in _listed(state, wanted)], len(found) > limit


async def count_applications(store: Store, wanted: Wanted) -> int:
    """How many applications a list has."""
    return await store.count(wanted.where)


async def items_of(store: Store, wanted: Wanted) -> dict[str, str]:
    """The items on a list, by code, with their names: what it can be narrowed to."""
    tallied = await store.tally(wanted.where, ("items",))
    lines = {line for (text,) in tallied for line in (text or "").splitlines()}
    own = [line.split(" ", 2)[1:] for line in lines if line.startswith(f"{wanted.department} ")]
    return {each[0]: each[1] for each in sorted(own, key=lambda each: each[1])}


async def colleagues(store: Store, department: str) -> dict[str, str]:
    """Officers of a department by their references, with their names: those who have something in hand, and those who
    gave an opinion lately. The hall keeps no list of staff; the sign-in service does."""
    wanted = [Wanted(department), Wanted(department, "given")]
    rows = [row for each in wanted for row in (await list_tasks(store, each, skip=0, limit=100, latest=True))[0]]
    held = [(row.task.hold.officer, row.task.hold.name) for row in rows if row.task.hold]
    gave = [(said.officer, said.name) for row in rows if (said := row.task.opinion) and said.id is None]
    return dict(sorted({*held, *gave}))


def _listed(state: Approval, wanted: Wanted) -> list[Row]:
    """The tasks of one application that a list is about, in the order of the list."""
    rows = [row for row in _assigned(state) if row.case.state_of(row.task) == wanted.state and wanted.shows(row)]
    rows.sort(key=lambda row: (_place(row, wanted.state), row.task.id))
    return [row._replace(urges=state.urges_of(row.case.case, row.task.department)) for row in rows]


def _assigned(state: Approval) -> Iterator[Row]:
    """Every task that was assigned, with its clock."""
    for case in state.cases:
        clock = state.clock(case.case)
        yield from (Row(case, task, clock) for task in case.tasks if task.opened_at)


async def asked_extensions(store: Store, department: str) -> list[Case]:
    """The cases of which the head of a department was asked for more days, the first one first; no more than a page."""
    mark = f"desk.{_mark(department, ASKED)}"
    found = await store.find({mark: {"$gte": ""}}, sort=((mark, 1),), limit=MOST_ASKED)
    states = [doc.state for doc in found if isinstance(doc.state, Approval)]
    cases = [case for state in states for case in state.cases]
    return [case for case in cases if case.department == department and case.awaits_head]


async def find_approval(store: Store, application: str, sights: Iterable[Where]) -> Approval | None:
    """The application's document, if one of these conditions about who asks lets it be seen."""
    for sight in sights:
        for doc in await store.find({"application": application, **sight}, limit=1):
            if isinstance(doc.state, Approval):
                return doc.state
    return None
