"""Rows for lists and numbers against a rebuild from the topics: ratings, milestones, and cases."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from tests.proof.evidence import Evidence, Violation
from tests.proof.recount import ENDINGS, recounted

STATISTICS_READ = (
    "ApplicationSubmitted", "SupplementRequested", "ApplicationSupplemented", "CaseAccepted", "CaseReady",
    "ProcedureStarted", "ProcedureEnded", "LimitExtended", *ENDINGS,
)  # fmt: skip
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def ratings(evidence: Evidence, poisoned: Collection[str]) -> Iterator[Violation]:
    """The rows that boards and lists are counted from are exactly what was said."""
    rows = evidence.facts.get("ratings", {}).get("ratings", {})
    wanted = rebuilt(evidence)
    for case in wanted.keys() - rows.keys():
        yield Violation("lost", "fact_missing", f"ratings/{case}", "a rating was said and has no row")
    for case in rows.keys() - wanted.keys():
        yield Violation("doubled", "fact_added", f"ratings/{case}", "a row that no rating was said for")
    for case in rows.keys() & wanted.keys():
        stored, row = _comparable(rows[case]), _comparable(wanted[case])
        if stored != row:
            differing = sorted(name for name in {*stored, *row} if stored.get(name) != row.get(name))
            yield Violation("broken", "fact_differs", f"ratings/{case}", f"in {differing}")


REACHED = {
    "submitted": ("ApplicationSubmitted",),
    "accepted": ("CaseAccepted",),
    "ended": ("CaseNotRequired", "CaseReferred", "CaseClosed", "CaseApproved", "CaseRefused", "CaseWithdrawn"),
}


def milestones(evidence: Evidence, poisoned: Collection[str]) -> Iterator[Violation]:
    """What live numbers are counted from: one row for each application submitted, case accepted or ended, and urge."""
    wanted = {
        f"{kind}/{said.event.about()}"
        for kind, names in REACHED.items()
        for name in names
        for said in evidence.events(name)
        if said.event.key() not in poisoned
    }
    urges = (said.event for said in evidence.events("UrgeIssued") if said.event.key() not in poisoned)
    wanted |= {f"urged/{event.case}/{event.urge}" for event in urges}
    rows = evidence.facts.get("supervision", {}).get("milestones", {})
    there = {name for name in rows if name.partition("/")[2].partition("-")[0] not in set(poisoned)}
    for name in wanted - there:
        yield Violation("lost", "fact_missing", f"supervision/{name}", "it was said and has no row")
    for name in there - wanted:
        yield Violation("doubled", "fact_added", f"supervision/{name}", "a row that nothing was said for")


def satisfaction(evidence: Evidence, poisoned: Collection[str]) -> Iterator[Violation]:
    """What satisfaction is tallied from: one row for each rating that was given, and for each bad one dealt with."""
    wanted = {f"rated/{said.event.case}": said.event.level for said in evidence.events("RatingGiven")}
    wanted |= {f"rectified/{said.event.case}": 0 for said in evidence.events("RectificationClosed")}
    rows = {name: row["level"] for name, row in evidence.facts.get("supervision", {}).get("satisfaction", {}).items()}
    held_up = {name for name in {*rows, *wanted} if name.partition("/")[2].partition("-")[0] in set(poisoned)}
    for name in wanted.keys() - rows.keys() - held_up:
        yield Violation("lost", "fact_missing", f"supervision/{name}", "it was said and has no row")
    for name in rows.keys() - wanted.keys() - held_up:
        yield Violation("doubled", "fact_added", f"supervision/{name}", "a row that nothing was said for")
    for name in (rows.keys() & wanted.keys()) - held_up:
        if rows[name] != wanted[name]:
            yield Violation("broken", "fact_differs", f"supervision/{name}", "another level than what was said")


def counted(evidence: Evidence, poisoned: Collection[str]) -> Iterator[Violation]:
    """What statistics are summed from: one row for each accepted case, as a recount from the topics has it."""
    rows = evidence.facts.get("supervision", {}).get("cases", {})
    wanted = recounted(said.event for name in STATISTICS_READ for said in evidence.events(name))
    held_up = {case for case in {*rows, *wanted} if case.partition("-")[0] in set(poisoned)}
    for case in wanted.keys() - rows.keys() - held_up:
        yield Violation("lost", "fact_missing", f"supervision/{case}", "it was accepted and has no row")
    for case in rows.keys() - wanted.keys() - held_up:
        yield Violation("doubled", "fact_added", f"supervision/{case}", "a row of a case that was never accepted")
    for case in (rows.keys() & wanted.keys()) - held_up:
        differing = [name for name, value in wanted[case].items() if rows[case].get(name) != value]
        if differing:
            yield Violation("broken", "fact_differs", f"supervision/{case}", f"in {differing}")


def rebuilt(evidence: Evidence) -> dict[str, Mapping[str, Any]]:
    """Case -> its row, from the topics alone."""
    submitted = [said.event for said in evidence.events("ApplicationSubmitted")]
    outlines = {each.case: each for event in submitted for each in event.cases}
    desks = {event.application: event.desk for event in submitted}
    rows: dict[str, Mapping[str, Any]] = {}
    for said in evidence.events("RatingGiven"):
        event, outline = said.event, outlines.get(said.event.case)
        rows[event.case] = {
            "department": event.department,
            "department_name": outline.department_name if outline else None,
            "desk": desks.get(event.application),
            "item": outline.item if outline else None,
            "name": outline.name if outline else None,
            "month": f"{event.at.astimezone(_SHANGHAI):%Y-%m}",
            "level": event.level,
            "tags": list(event.tags),
            "channel": event.channel,
            "at": event.at,
            "default": False,
            "place": f"{event.at:%Y%m%dT%H%M%S.%fZ}-{sha256(event.case.encode()).hexdigest()[:12]}",
        }
    return rows


def _comparable(row: Mapping[str, Any]) -> dict[str, Any]:
    """In the database's precision of a millisecond."""
    return {
        name: f"{value:%Y%m%d%H%M%S%f}"[:-3] if isinstance(value, datetime) else value for name, value in row.items()
    }
