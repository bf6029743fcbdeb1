"""What a service reacts to: one readable list, from event types to the documents that each concerns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.contracts.envelope import Event, Heard, Malformed, Record, Unknown, parse, peek_type
from shared.contracts.topics import Topic

Addressed = Iterable[tuple[str, object]]
"""(document id, message for `decide`) pairs."""


@dataclass(frozen=True, slots=True)
class Hears:
    """One row: these events of this topic go to the documents that `to` names, as the messages it gives.

    `about`: only those whose `ce_subject` ends so; the body of any other is not even parsed.
    """

    topic: Topic
    events: tuple[type[Event], ...]
    to: Callable[[Heard], Addressed]
    about: str = ""

    def addressed(self, heard: Heard) -> Addressed:
        """What this row makes of an event that it names: nothing, where it is about something else."""
        mine = not self.about or heard.event.about().endswith(self.about)
        return self.to(heard) if mine else ()


def by_application(heard: Heard) -> Addressed:
    """The event itself, to the document of its application."""
    return ((heard.key, heard.event),)


@dataclass(frozen=True, slots=True)
class Reading:
    """A record after parsing: its lane, and either the messages it carries or what is wrong with it."""

    record: Record
    lane: str
    heard: Heard | None = None
    addressed: tuple[tuple[str, object], ...] = ()
    problem: Malformed | None = None
    unknown: str | None = None


class Ears:
    """The list of a service, ready to read records with. Reading never raises."""

    def __init__(self, hears: Sequence[Hears]) -> None:
        self._routes: dict[str, dict[str, list[Hears]]] = {}
        self._foreign = {row.topic.name for row in hears if row.topic.foreign}
        for row in hears:
            by_type = self._routes.setdefault(row.topic.name, {})
            for event in row.events:
                by_type.setdefault(event.type_name(), []).append(row)
        self.topics = tuple(self._routes)
        self._about = {
            (topic, name): tuple(row.about for row in rows)
            for topic, by_type in self._routes.items()
            for name, rows in by_type.items()
            if all(row.about for row in rows)
        }
        self._limits = {row.topic.name: row.topic.max_bytes for row in hears}
        self._ignored = {row.topic.name: _names(row.topic.events) for row in hears}
        for row in hears:
            self._ignored[row.topic.name] -= _names(row.events)
        self._known: dict[str, Mapping[str, type[Event]]] = {row.topic.name: row.topic.known for row in hears}

    def read(self, record: Record) -> Reading:
        """Parse one record, as far as this service needs it: nothing of an event that it does not hear, in whatever
        version that comes. An unknown version of one that it hears is a data error.

        The lane is the record's key: what waits together when something is wrong. A department's broken record, and
        one without a usable key, has a lane of its own, so that it holds up nobody.
        """
        row = self._row_of(record.topic)
        foreign = row in self._foreign
        try:
            return self._read(record, row, foreign)
        except Exception as error:  # an event's own checks are our code: their fault is the record's problem
            problem = Malformed("not_readable", type(error).__name__)
            return Reading(record, _lane(record, foreign=foreign), problem=problem)

    def _read(self, record: Record, row: str, foreign: bool) -> Reading:
        name = peek_type(record)
        if name is not None and _unversioned(name) in self._ignored[row]:
            ahead = None if name in self._known[row] else name
            return Reading(record, _lane(record, foreign=False), unknown=ahead)
        if (endings := self._about.get((row, name or ""))) and _is_about_else(record, endings):
            return Reading(record, _lane(record, foreign=False))
        result: Heard | Unknown | Malformed
        if len(record.value or b"") > self._limits[row]:
            result = Malformed("too_large", f"{len(record.value or b'')} bytes; the limit is {self._limits[row]}")
        else:
            result = parse(record, self._known[row], foreign=foreign)
        if isinstance(result, Unknown):
            return Reading(record, _lane(record, foreign=False), unknown=result.type)
        if isinstance(result, Malformed):
            return Reading(record, _lane(record, foreign=foreign), problem=result)
        return self._addressed(record, result, row)

    def _row_of(self, topic: str) -> str:
        """The subscription brings nothing else than our topics and those of departments."""
        return topic if topic in self._routes else next(iter(self._foreign))

    def _addressed(self, record: Record, heard: Heard, row: str) -> Reading:
        rows = self._routes[row].get(type(heard.event).type_name(), [])
        try:
            addressed = tuple(pair for route in rows for pair in route.addressed(heard))
        except Exception as error:  # a route is our code: its fault is the record's problem, not the batch's
            lane = _lane(record, foreign=row in self._foreign)
            return Reading(record, lane, problem=Malformed("not_addressable", type(error).__name__))
        return Reading(record, heard.key, heard=heard, addressed=addressed)


def _is_about_else(record: Record, endings: tuple[str, ...]) -> bool:
    """Whether `ce_subject` says that the event is about something else. One without it says nothing."""
    subject = next((value for name, value in record.headers if name == "ce_subject" and value), None)
    return subject is not None and not subject.decode().endswith(endings)


def _unversioned(name: str) -> str:
    return re.sub(r"\.v\d+$", "", name)


def _names(events: Iterable[type[Event]]) -> set[str]:
    return {_unversioned(event.type_name()) for event in events}


def _lane(record: Record, *, foreign: bool) -> str:
    try:
        key = (record.key or b"").decode("ascii")
    except UnicodeDecodeError:
        key = ""
    if foreign or not key or len(key) > 64:
        return f"unkeyed:{record.topic}:{record.partition}:{record.offset}"
    return key
