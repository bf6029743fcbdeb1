"""Two weekends on which supervision is down for three days, and what the law says of whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.clock import SHANGHAI


def at(text: str) -> datetime:
    """`03-06 15:00` in the hall, in 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Story:
    """What happens to one application: (when, what), and what supervision must have said in the end.

    `passed`: (kind, due) of every limit that is announced; `stopped`: (clock, when, light, on time) of every ending;
    `due`: clock -> the limit of those that still run.
    """

    acts: Sequence[tuple[str, str]]
    passed: Sequence[tuple[str, str]] = ()
    stopped: Sequence[tuple[str, str, str, bool]] = ()
    due: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Weekend:
    """An outage, and what happens before and in it."""

    begins: str
    ends: str
    stories: Mapping[str, Story]


PLAIN = Weekend(  # Friday morning to Monday morning; Saturday 28 February was a make-up day
    "03-06 09:00",
    "03-09 09:00",
    {
        "silence is acceptance": Story(
            [("02-28 10:00", "submit")],
            [("acceptance", "03-06 18:00"), ("promised", "03-02 18:00")],
            [("acceptance", "03-06 18:00", "deep_red", False)],
            {"decision": "03-02 18:00"},
        ),
        "accepted on the last afternoon": Story(
            [("02-28 10:00", "submit"), ("03-06 15:00", "accept")],
            [],
            [("acceptance", "03-06 15:00", "yellow", True)],
            {"decision": "03-09 18:00"},
        ),
        "accepted after the weekend, too late": Story(
            [("02-28 10:00", "submit"), ("03-09 08:00", "accept")],
            [("acceptance", "03-06 18:00"), ("promised", "03-02 18:00")],
            [("acceptance", "03-09 08:00", "deep_red", False)],
            {"decision": "03-02 18:00"},
        ),
        "decided on Friday, in time": Story(
            [("03-05 10:00", "submit"), ("03-05 11:00", "accept"), ("03-06 17:00", "refuse")],
            [],
            [("acceptance", "03-05 11:00", "green", True), ("decision", "03-06 17:00", "yellow", True)],
        ),
        "decided on Saturday, after its limit": Story(
            [("03-05 10:00", "submit"), ("03-05 11:00", "accept"), ("03-07 10:00", "refuse")],
            [("promised", "03-06 18:00")],
            [("acceptance", "03-05 11:00", "green", True), ("decision", "03-07 10:00", "red", False)],
        ),
        "a supplement asked in time and brought on Sunday": Story(
            [("02-28 10:00", "submit"), ("03-06 17:30", "ask"), ("03-08 16:00", "bring")],
            [],
            [],
            {"acceptance": "03-13 18:00"},
        ),
    },
)
MAKE_UP = Weekend(  # Friday morning to Monday morning; Saturday 9 May is a make-up day, 1 to 5 May were holidays
    "05-08 09:00",
    "05-11 09:00",
    {
        "silence until Friday": Story(
            [("04-28 10:00", "submit")],
            [("acceptance", "05-08 18:00"), ("promised", "04-29 18:00")],
            [("acceptance", "05-08 18:00", "deep_red", False)],
            {"decision": "04-29 18:00"},
        ),
        "silence until the Saturday that counts": Story(
            [("04-29 10:00", "submit")],
            [("acceptance", "05-09 18:00"), ("promised", "04-30 18:00")],
            [("acceptance", "05-09 18:00", "deep_red", False)],
            {"decision": "04-30 18:00"},
        ),
        "accepted on Friday, and due on Saturday": Story(
            [("04-28 10:00", "submit"), ("05-08 15:00", "accept")],
            [("promised", "05-09 18:00")],
            [("acceptance", "05-08 15:00", "yellow", True)],
            {"decision": "05-09 18:00"},
        ),
        "decided on the Saturday that counts, in time": Story(
            [("04-28 10:00", "submit"), ("05-08 15:00", "accept"), ("05-09 17:00", "refuse")],
            [],
            [("acceptance", "05-08 15:00", "yellow", True), ("decision", "05-09 17:00", "yellow", True)],
        ),
        "decided on Sunday, after it": Story(
            [("04-28 10:00", "submit"), ("05-08 15:00", "accept"), ("05-10 10:00", "refuse")],
            [("promised", "05-09 18:00")],
            [("acceptance", "05-08 15:00", "yellow", True), ("decision", "05-10 10:00", "red", False)],
        ),
        "a supplement asked in time and brought on Saturday": Story(
            [("04-29 10:00", "submit"), ("05-09 17:30", "ask"), ("05-09 17:45", "bring")],
            [],
            [],
            {"acceptance": "05-15 18:00"},
        ),
    },
)
