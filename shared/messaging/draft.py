"""One document while a batch changes it: messages decided one after another, what they say numbered and kept.

Pure, so that it can be read, and tested, alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.contracts.envelope import Event, Outgoing, encode
from shared.contracts.topics import Topic
from shared.kernel import Decision, Fact, Line, Refused
from shared.messaging.document import REMEMBERED_COMMANDS, Document, Entry, Remembered, Undecodable

MAX_EVENT = 512 * 1024
"""Bytes of the largest event, key and headers included: bounded before the save, so that what is saved can be
published."""

Decide = Callable[[Any, Any, datetime, Any], "Decision[Any] | Refused"]


@dataclass(frozen=True, slots=True)
class Voice:
    """How a service decides and speaks: its name, its rules, and the topic of each event."""

    service: str
    decide: Decide
    rules: Callable[[], Any]
    topic_of: Mapping[type[Event], Topic]


@dataclass(frozen=True, slots=True)
class Step:
    """One message for one document. `mark`: (source, number) of an event; `key`, `digest`: of a command."""

    doc: str
    lane: str
    order: int
    message: Any
    cause: str
    traceparent: str
    mark: tuple[str, int] | None = None
    key: str | None = None
    digest: str = ""


class Draft:
    """A document while a batch changes it: what ten messages do to it is put together once, in `after`."""

    def __init__(self, before: Document) -> None:
        self.before, self.changed, self.state = before, False, before.state
        self._inbox = dict(before.inbox)
        self._commands: list[Remembered] = []
        self._said: list[Entry] = []
        self._lines: dict[str, list[Line]] = {}
        self._next_seq, self._next_entry = before.next_seq, before.next_entry

    def apply(self, step: Step, now: datetime, voice: Voice) -> Any:
        """One message; returns the answer, None for a repeated event. Whatever `decide` raises goes up: a data error,
        and the draft is then of no use."""
        if step.mark and self._inbox.get(step.mark[0], 0) >= step.mark[1]:
            return None
        if step.key and (earlier := self._remembered(step.key)):
            return earlier.answer if earlier.digest == step.digest else Refused("key_reused")
        if isinstance(self.state, Undecodable):
            raise self.state
        result = voice.decide(self.state, step.message, now, voice.rules())
        if step.mark:
            self._inbox[step.mark[0]], self.changed = step.mark[1], True
        if isinstance(result, Refused):
            return result
        self.state, self.changed = result.state, True
        self._say(result.events, result.facts, step, now, voice)
        if step.key:
            self._commands.append(Remembered(step.key, step.digest, result.answer))
        return result.answer

    def after(self) -> Document:
        """The document that shall be saved; the one before where nothing changed."""
        if not self.changed:
            return self.before
        pages = [Entry(n, self._page(lines)) for n, lines in enumerate(self._lines.values(), start=self._next_entry)]
        return replace(
            self.before,
            state=self.state,
            inbox=self._inbox,
            commands=(*self.before.commands, *self._commands)[-REMEMBERED_COMMANDS:],
            outbox=(*self.before.outbox, *self._said, *pages),
            next_seq=self._next_seq,
            next_entry=self._next_entry + len(pages),
        )

    def _remembered(self, key: str) -> Remembered | None:
        new = next((command for command in self._commands if command.key == key), None)
        return new or self.before.remembered(key)

    def _say(
        self, events: Sequence[Event], facts: Sequence[Fact | Line], step: Step, now: datetime, voice: Voice
    ) -> None:
        """Number the events and put their final bytes into the outbox, after the facts."""
        source = f"{voice.service}/{self.before.id}"
        for fact in facts:
            if isinstance(fact, Line):
                self._lines.setdefault(fact.collection, []).append(fact)
            else:
                self._put(fact)
        for event in events:
            outgoing = encode(
                event,
                topic=voice.topic_of[type(event)].name,
                source=source,
                seq=self._next_seq,
                at=now,
                cause=step.cause,
                traceparent=step.traceparent,
            )
            if outgoing.size > MAX_EVENT:
                raise ValueError(f"{type(event).__name__} has {outgoing.size} bytes; the limit is {MAX_EVENT}")
            self._put(outgoing)
            self._next_seq += 1

    def _page(self, lines: Sequence[Line]) -> Fact:
        """Lines that are saved together, as one row."""
        row = {"of": self.before.id, "n": lines[0].n, "lines": [line.text for line in lines]}
        return Fact(lines[0].collection, f"{self.before.id}/{lines[0].n:06d}", row)

    def _put(self, content: Outgoing | Fact) -> None:
        self._said.append(Entry(self._next_entry, content))
        self._next_entry += 1
