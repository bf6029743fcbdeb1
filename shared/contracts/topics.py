"""The one table of topics: who owns each, who hears it, its key, its events, partitions and retention.

Topics are created from this table; the README picture and the AsyncAPI page are generated from it. Partition counts
are set once and never change: growth beyond them is a new topic version after a drain.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.contracts import approval, intake, licensing, ratings, supervision
from shared.contracts.envelope import Event

FOREVER = -1
MAX_RECORD = 1024 * 1024
"""Bytes of the largest record on a source topic; a dead letter topic takes twice as much."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One row. `retention_ms` FOREVER: kept without end; `foreign`: written by a department's own software."""

    name: str
    owner: str
    consumers: tuple[str, ...]
    key: str
    events: tuple[type[Event], ...]
    partitions: int = 12
    retention_ms: int = FOREVER
    compacted: bool = False
    foreign: bool = False
    max_bytes: int = MAX_RECORD

    @property
    def known(self) -> dict[str, type[Event]]:
        """Event classes by type name."""
        return {event.type_name(): event for event in self.events}


SERVICES = ("intake", "approval", "licensing", "supervision", "ratings")

INTAKE = Topic(
    "onedoor.intake.v1",
    "intake",
    ("approval", "supervision", "ratings"),
    "application",
    intake.EVENTS,
)
CATALOGUE = Topic(
    "onedoor.catalogue.v1",
    "intake",
    ("supervision",),
    "item",
    intake.CATALOGUE_EVENTS,
    partitions=1,
    compacted=True,
)
APPROVAL = Topic(
    "onedoor.approval.v1",
    "approval",
    ("intake", "licensing", "supervision", "ratings"),
    "application",
    approval.EVENTS,
)
LICENSING = Topic(
    "onedoor.licensing.v1",
    "licensing",
    ("intake", "supervision", "ratings"),
    "application",
    licensing.EVENTS,
)
SUPERVISION = Topic(
    "onedoor.supervision.v1",
    "supervision",
    ("intake", "approval", "supervision"),
    "application",
    supervision.EVENTS,
)
RATINGS = Topic(
    "onedoor.ratings.v1",
    "ratings",
    ("supervision",),
    "application",
    ratings.EVENTS,
)
OPINION = Topic(
    "onedoor.opinion.<department>.v1",
    "department",
    ("approval",),
    "application",
    approval.OPINIONS,
    partitions=3,
    foreign=True,
    max_bytes=64 * 1024,
)
TOPICS = (INTAKE, CATALOGUE, APPROVAL, LICENSING, SUPERVISION, RATINGS, OPINION)


def dead_letters(group: str) -> Topic:
    """The dead letter topic of a consumer group: larger records than any source, kept without end."""
    return Topic(f"onedoor.{group}.dlq", group, (), "as received", (), partitions=1, max_bytes=2 * MAX_RECORD)


_OPINION = re.compile(r"^onedoor\.opinion\.([a-z]{2,12})\.v1$")


def opinion_topic(department: str) -> str:
    """The topic on which a department's own software gives its opinions."""
    return OPINION.name.replace("<department>", department)


def department_of(topic: str) -> str | None:
    """The department that a topic belongs to; None for the five services' own topics."""
    match = _OPINION.match(topic)
    return match[1] if match else None


def topic_named(name: str) -> Topic | None:
    """The row of a topic's name, department topics included."""
    if department_of(name):
        return OPINION
    return next((topic for topic in TOPICS if topic.name == name), None)


def all_topics(departments: tuple[str, ...]) -> list[tuple[str, Topic]]:
    """Every topic to create, as (name, row)."""
    plain = [(topic.name, topic) for topic in TOPICS if not topic.foreign]
    opinions = [(opinion_topic(code), OPINION) for code in departments]
    letters = [dead_letters(group) for group in SERVICES]
    return plain + opinions + [(letter.name, letter) for letter in letters]
