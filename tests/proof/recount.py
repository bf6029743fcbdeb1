"""Every accepted case counted again from the topics alone, day by day: what statistics are held against.

Knows the published contracts and the day counter of the tests, and nothing of how supervision counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.unit.supervision.counter import OFFICE, counted_cut_offs, cut_off_of, end_among, works

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENDINGS = {
    "CaseApproved": "approved",
    "CaseRefused": "refused",
    "CaseWithdrawn": "withdrawn",
    "CaseClosed": "closed",
}
Told = Mapping[str, list[Any]]
"""The events of one case or application by name, each event once."""


def recounted(events: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Case -> what statistics say of it, for every case that was accepted. `events`: each once, in any order."""
    applications: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    cases: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        where = cases[event.case] if hasattr(event, "case") else applications[event.key()]
        where[type(event).__name__].append(event)
    return {name: _case(name, told, applications[name[:13]]) for name, told in cases.items() if told["CaseAccepted"]}


def _case(name: str, told: Told, application: Told) -> dict[str, Any]:
    first = told["CaseAccepted"][0]
    accepted = min(
        each.accepted_at for each in told["CaseAccepted"]
    )  # said again with its legal date, which is earlier
    limits, submitted = first.limits, next(iter(application["ApplicationSubmitted"]), None)
    outline = next((each for each in submitted.cases if each.case == name), None) if submitted else None
    started = next((each.at for each in told["CaseReady"]), None) if first.waits_for else accepted
    ended, outcome = min(((told[each][0].at, how) for each, how in ENDINGS.items() if told[each]), default=(None, ""))
    law, pauses = limits.statutory_days, _pauses(told)
    due = _due(started, limits.promised_days, limits.unit, pauses, told)
    row = {
        "item": outline.item if outline else "",
        "item_name": outline.name if outline else "",
        "department": outline.department if outline else "",
        "window": (submitted.desk or submitted.channel) if submitted else "",
        "unit": limits.unit,
        "accepted_month": month(accepted),
        "due": f"{due.astimezone(ZoneInfo('UTC')).isoformat(timespec='microseconds')}" if due else "",
        "due_month": month(due),
        "online": int(submitted is not None and submitted.channel == "online"),
        "limited": int(law is not None),
        "promised": 0 if law is None else limits.promised_days,
        "statutory": law or 0,
        "waited": _waited(application),
        "ended_month": month(ended),
        "outcome": outcome,
    }
    if ended is None:
        return row | {"late": 0}
    decided = outcome in ("approved", "refused")
    timed = decided and started is not None
    used = _days(started, ended, limits.unit, pauses) if timed else 0
    legal = _due(started, law, limits.unit, pauses, told) if law is not None else None
    return row | {
        "late": int(row["due_month"] != "" and row["due_month"] < row["ended_month"]),
        "finished": int(decided),
        "approved": int(outcome == "approved"),
        "timely": int(timed and (due is None or ended <= due)),
        "lawful": int(timed and law is not None and (legal is None or ended <= legal)),
        "same_day": int(timed and day(ended) == day(accepted)),
        "timed": int(timed),
        "used": used,
        "paused": _days(started, ended, "working_days", []) - _days(started, ended, "working_days", pauses)
        if timed
        else 0,
        "bounded": int(timed and law is not None),
        "spent": 0 if law is None else used,
        "allowed": (law or 0) if timed else 0,
    }


def day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def month(at: datetime | None) -> str:
    return f"{day(at):%Y-%m}" if at else ""


def _pauses(told: Told) -> list[tuple[datetime, datetime | None]]:
    """From the start of each special procedure to its end, None where it goes on."""
    ends = {each.procedure: each.at for each in told["ProcedureEnded"]}
    return [(each.at, ends.get(each.procedure)) for each in told["ProcedureStarted"]]


def _due(started: datetime | None, days: int, unit: Any, pauses: Any, told: Told) -> datetime | None:
    """The cut-off at which the limit ends, found by walking; None: not started, or a pause without end. An extension
    counts where the limit had not passed before it."""
    if started is None:
        return None
    end = _walked(started, days, unit, pauses)
    for longer in told["LimitExtended"]:
        if end is None or end >= longer.at:
            end = _walked(started, days + longer.days, unit, pauses)
    return end


def _walked(started: datetime, days: int, unit: Any, pauses: Any) -> datetime | None:
    cut_offs = counted_cut_offs((OFFICE, started, days, unit, pauses), started + timedelta(days=400))
    last = end_among(cut_offs, days)
    return cut_offs[last - 1][0] if last else None


def _days(started: datetime, ended: datetime, unit: Any, pauses: Any) -> int:
    """The days after that of the start up to that of the end, walked one by one, without those in a pause."""
    found, at = 0, day(started) + timedelta(days=1)
    while at <= day(ended):
        cut = cut_off_of(at, OFFICE, unit)
        lost = cut and any(since <= cut and (until is None or cut < until) for since, until in pauses)
        found, at = found + bool(cut and not lost), at + timedelta(days=1)
    return found


def _waited(application: Told) -> int:
    """Working days on which the hall closed between each list of what is missing and its answer."""
    answers = sorted(each.at for each in application["ApplicationSupplemented"])
    found = 0
    for asked in sorted(each.at for each in application["SupplementRequested"]):
        answer = next((at for at in answers if at >= asked), None)
        at = day(asked)
        while answer and at <= day(answer):
            cut = cut_off_of(at, OFFICE, "working_days") if works(at) else None
            found, at = found + bool(cut and asked <= cut < answer), at + timedelta(days=1)
    return found
