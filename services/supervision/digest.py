"""The weekly digest 督办通报 of each department and of the hall: what came due, what was broken, urged and answered.

It stands on rows and indexes alone: `cases` for what came due, `weekly` for what was broken, the marks of open
applications for what is open. A finished week is kept as it was first worked out, with the instant of its lights; its
counts are looked at again for a week, and what was heard late is a correction, which says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.supervision.decide.audit import instant
from services.supervision.decide.counted import CASES
from services.supervision.decide.weekly import WEEKLY, week_name
from services.supervision.marks import URGED
from services.supervision.model import LIGHTS, Supervised
from services.supervision.statistics.figures import Ratio
from services.supervision.statistics.months import earlier, month_of, through
from services.supervision.store import Wanted, count_lit, find_lit, lit_clocks, open_cases
from shared.clock import SHANGHAI, shanghai
from shared.contracts.terms import Light
from shared.kernel import Fact
from shared.messaging.repeating import repeating
from shared.messaging.runtime import Runtime

DIGESTS = "digests"
"""A row for each finished week and department, under `2026-W10/scjg`; of the whole hall under `2026-W10/*`."""
HALL = "*"
LONGEST = 5
LOOK_SECONDS = 60.0
MONTHS_BACK = 12
"""A case that came due in a week ended at most so many months before it."""


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week, Monday to Sunday in Asia/Shanghai."""

    name: str

    @classmethod
    def of(cls, day: date) -> Week:
        """The week of a day."""
        return cls(week_name(day))

    @property
    def monday(self) -> date:
        """Its first day. ValueError for a week that no year has."""
        return date.fromisocalendar(int(self.name[:4]), int(self.name[6:]), 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @property
    def before(self) -> Week:
        """The week before it."""
        return Week.of(self.monday - timedelta(days=1))

    @property
    def begins(self) -> datetime:
        """Its first instant."""
        return datetime.combine(self.monday, time(0), SHANGHAI).astimezone(UTC)

    @property
    def ends(self) -> datetime:
        """The first instant after it."""
        return self.begins + timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Overdue:
    """A clock that is over its limit: one of the longest."""

    application: str
    name: str
    clock: str
    light: str
    due: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A week of one department (HALL: of all). `taken_at`: the instant of what is open (`lights`, `longest`, `waiting`,
    `rectifying`); `edition` above 1: the counts were corrected. A case counts with whose item it is; a step, an urge
    and an answer with the department that was asked."""

    week: str
    department: str
    taken_at: str
    lights: Mapping[str, int]
    longest: Sequence[Overdue] = ()
    waiting: int = 0
    rectifying: int = 0
    due: int = 0
    timely: int = 0
    promised: int = 0
    statutory: int = 0
    step: int = 0
    urged: int = 0
    answered: int = 0
    late: int = 0
    edition: int = 1

    @property
    def on_time(self) -> str:
        """The share of what came due that was decided in time, for people; a dash where nothing came due."""
        return Ratio(self.timely, self.due).percent


COUNTS = ("due", "timely", "promised", "statutory", "step", "urged", "answered", "late")
"""What can be counted again when its week is long over."""


class Digests:
    """Works digests out, and keeps those of finished weeks."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._store = runtime, runtime.store
        self._corrected = ""

    async def of(self, week: Week) -> list[Digest]:
        """The whole hall first, then each department that has something to show. Raises Unavailable.

        A finished week as it is kept; the one that is not over, as it stands now.
        """
        if week.ends > self._runtime.clock():
            return await self._worked_out(week)
        return await self._kept(week) or await self._keep(week)

    async def _keep(self, week: Week) -> list[Digest]:
        found = await self._worked_out(week)
        await self._store.put_facts([_fact(digest) for digest in found])
        return await self._kept(week)

    async def _kept(self, week: Week) -> list[Digest]:
        mine = {"$gte": f"{week.name}/", "$lt": f"{week.name}0"}  # "0" follows "/"
        rows = await self._store.find_facts(DIGESTS, {"_id": mine}, sort=(("_id", 1),), limit=1_000)
        return [_digest(row) for row in rows]

    async def correct(self, week: Week) -> int:
        """Count a finished week again, and put what differs as its next edition; how many were corrected."""
        before = {digest.department: digest for digest in await self.of(week)}
        counts = await self._counts(week)
        changed = []
        for code in sorted({*before, *counts}):
            old = before.get(code) or replace(before[HALL], department=code, lights={}, longest=(), waiting=0)
            again: dict[str, Any] = {name: counts.get(code, {}).get(name, 0) for name in COUNTS}
            new = replace(old, **again)
            if new != old:
                changed.append(replace(new, edition=old.edition + 1))
        await self._store.put_facts([_fact(digest) for digest in changed])
        return len(changed)

    async def _worked_out(self, week: Week) -> list[Digest]:
        counts, shown = await self._counts(week), await open_cases(self._store)
        lights: dict[str, Mapping[Light, int]] = {HALL: shown.by_light, **shown.by_department}
        found = []
        for code in [HALL, *sorted({*counts, *lights} - {HALL, ""})]:
            found.append(await self._one(week, code, lights.get(code, {}), counts.get(code, {})))
        return found

    async def _one(self, week: Week, code: str, lights: Mapping[Light, int], counts: Mapping[str, int]) -> Digest:
        department = None if code == HALL else code
        waiting = await count_lit(self._store, Wanted(URGED, department))
        rectifying = await count_lit(self._store, Wanted("red", department, "rectification"))
        return Digest(
            week.name, code, instant(self._runtime.clock()), {light: lights.get(light, 0) for light in LIGHTS},
            await self._longest(department), waiting, rectifying, **counts,
        )  # fmt: skip

    async def _longest(self, department: str | None) -> list[Overdue]:
        found: list[Overdue] = []
        for light in ("deep_red", "red"):
            wanted = Wanted(light, department)
            for doc in await find_lit(self._store, wanted, skip=0, limit=LONGEST):
                if isinstance(doc.state, Supervised):
                    found += _overdue(doc.state, wanted)
        return sorted(found, key=lambda each: each.due)[:LONGEST]

    async def _counts(self, week: Week) -> dict[str, dict[str, int]]:
        """By department, and of the whole hall."""
        months = through(earlier(month_of(week.begins), MONTHS_BACK), month_of(max(self._runtime.clock(), week.ends)))
        due = {"$gte": instant(week.begins), "$lt": instant(week.ends)}
        where = {"ended_month": {"$in": ["", *months]}, "due": due}
        counts: dict[str, dict[str, int]] = {HALL: dict.fromkeys(COUNTS, 0)}
        sums = await self._store.sum_facts(CASES, where, ("department",), ("timely", "finished"))
        for (code,), (cases, timely, _) in sums.items():
            _add(counts, code, {"due": cases, "timely": timely})
        tallied = await self._store.tally_facts(WEEKLY, {"week": week.name}, ("department", "kind"))
        for (codes, kind), number in tallied.items():
            for code in codes.split(","):
                _add(counts, code, {kind: number})
        return counts

    def kept(self) -> AbstractAsyncContextManager[None]:
        """The last finished week is worked out within a minute after it has ended, and counted again every hour."""
        return repeating("digest", self._look, self._runtime.observer, LOOK_SECONDS, waits_first=True)

    async def _look(self) -> None:
        now = self._runtime.clock()
        last, hour = Week.of(shanghai(now).date()).before, f"{now:%d%H}"
        await self.of(last)
        if self._corrected != hour:
            await self.correct(last)
            self._corrected = hour


def _add(counts: dict[str, dict[str, int]], code: str, more: Mapping[str, int]) -> None:
    for place in (HALL, code):
        row = counts.setdefault(place, dict.fromkeys(COUNTS, 0))
        for name, number in more.items():
            row[name] += number


def _overdue(state: Supervised, wanted: Wanted) -> list[Overdue]:
    return [
        Overdue(state.application, state.case_of(clock.subject).name or state.matter_name, clock.key, clock.light,
                instant(clock.due))
        for clock in lit_clocks(state, wanted)
        if clock.due
    ]  # fmt: skip


def _fact(digest: Digest) -> Fact:
    row = {name: value for name, value in asdict(digest).items() if name != "edition"}
    return Fact(DIGESTS, f"{digest.week}/{digest.department}", row, digest.edition)


def _digest(row: Mapping[str, Any]) -> Digest:
    named = {field.name: row[field.name] for field in fields(Digest) if field.name in row}
    return Digest(**{**named, "longest": tuple(Overdue(**each) for each in row["longest"])})
