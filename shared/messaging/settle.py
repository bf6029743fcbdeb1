"""Deciding and saving: messages grouped by document, one compare-and-set each, decided again when another won.

Pure deciding (`apply`) is apart from saving (`Settler`), so that both can be read, and tested, alone.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.contracts.envelope import Event, Outgoing, encode
from shared.contracts.topics import Topic
from shared.kernel import Decision, Fact, Refused
from shared.messaging.document import Change, Document, Entry, Remembered, Store, Undecodable, Unstorable
from shared.messaging.recall import Recall

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


@dataclass(frozen=True, slots=True)
class Fault:
    """A data error: the lane waits from this record of the batch on."""

    order: int
    reason: str
    detail: str


@dataclass(slots=True)
class Settled:
    """What became of a batch. `answers` by step order (the last document's, where a message concerns several).

    `single`: documents that could not be stored after several steps, and take one at a time to find the culprit.
    """

    answers: dict[int, Mapping[str, Any] | Refused] = field(default_factory=dict)
    repeats: set[int] = field(default_factory=set)
    faults: dict[str, Fault] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)
    unpublished: dict[str, Document] = field(default_factory=dict)
    single: set[str] = field(default_factory=set)
    missed: int = 0


def apply(doc: Document, step: Step, now: datetime, voice: Voice) -> tuple[Document, Any]:
    """One message to one document in memory: the document that shall be saved, and the answer.

    The answer of a repeated event is None. Whatever `decide` raises goes up: a data error.
    """
    if step.mark and doc.inbox.get(step.mark[0], 0) >= step.mark[1]:
        return doc, None
    if step.key:
        earlier = doc.remembered(step.key)
        if earlier:
            return doc, earlier.answer if earlier.digest == step.digest else Refused("key_reused")
    if isinstance(doc.state, Undecodable):
        raise doc.state
    result = voice.decide(doc.state, step.message, now, voice.rules())
    if step.mark:
        doc = replace(doc, inbox={**doc.inbox, step.mark[0]: step.mark[1]})
    if isinstance(result, Refused):
        return doc, result
    doc = replace(say(doc, result.events, result.facts, step, now, voice), state=result.state)
    if step.key:
        doc = doc.remembering(Remembered(step.key, step.digest, result.answer))
    return doc, result.answer


def say(
    doc: Document, events: Sequence[Event], facts: Sequence[Fact], step: Step, now: datetime, voice: Voice
) -> Document:
    """Number the events and put their final bytes into the outbox, with the facts."""
    source = f"{voice.service}/{doc.id}"
    contents: list[Outgoing | Fact] = list(facts)
    for index, event in enumerate(events):
        outgoing = encode(
            event,
            topic=voice.topic_of[type(event)].name,
            source=source,
            seq=doc.next_seq + index,
            at=now,
            cause=step.cause,
            traceparent=step.traceparent,
        )
        if outgoing.size > MAX_EVENT:
            raise ValueError(f"{type(event).__name__} has {outgoing.size} bytes; the limit is {MAX_EVENT}")
        contents.append(outgoing)
    entries = tuple(Entry(doc.next_entry + index, content) for index, content in enumerate(contents))
    return replace(
        doc,
        outbox=doc.outbox + entries,
        next_seq=doc.next_seq + len(events),
        next_entry=doc.next_entry + len(entries),
    )


Planned = dict[str, tuple[Document, Document]]
"""Documents before and after, by id."""
Answers = dict[int, dict[str, Any]]
"""What each step, by its order, is answered by each of its documents."""


class Settler:
    """Loads, decides and saves a batch, until every document's change has won or its lane is set aside."""

    def __init__(
        self,
        voice: Voice,
        store: Store,
        recall: Recall,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._voice, self._store, self._recall, self._clock, self._sleep = voice, store, recall, clock, sleep

    async def settle(self, steps: Sequence[Step], faults: Mapping[str, Fault]) -> Settled:
        """Settle all steps but those of faulty lanes from their fault on, and of lanes that are parked."""
        settled = Settled(faults=dict(faults))
        todo = list(steps)
        while todo:
            todo, lost = await self._round(todo, settled)
            if lost:
                settled.missed += 1
                await self._sleep(random.uniform(0.001, 0.01) * min(settled.missed, 20))  # noqa: S311
        return settled

    async def _round(self, steps: Sequence[Step], settled: Settled) -> tuple[list[Step], bool]:
        """One load, one plan, one save. Returns the steps that are still to be decided, or decided again, and whether
        another writer won."""
        steps, later = _one_at_a_time(steps, settled.single)
        planned, answers = await self._planned(steps, settled)
        lost = await self._save(planned, steps, settled)
        for step in steps:
            if step.order in answers and step.doc in answers[step.order] and step.doc not in lost:
                self._answer(step, answers[step.order][step.doc], settled)
        for name, (_, after) in planned.items():
            if name not in lost and after.outbox:
                settled.unpublished[name] = after
        todo = [step for step in steps if step.doc in lost] + later
        return sorted((step for step in todo if self._open(step, settled)), key=lambda step: step.order), bool(lost)

    async def _planned(self, steps: Sequence[Step], settled: Settled) -> tuple[Planned, Answers]:
        """Decide on what is recalled, and again after a fresh look wherever no save will prove the outcome.

        A lane that bears another document's name is always looked at: no save of the document proves it open.
        """
        names = {name for step in steps for name in (step.doc, step.lane)}
        recalled = self._recall.documents(names - {step.lane for step in steps if step.lane != step.doc})
        unknown, loaded = names - recalled.keys(), dict(recalled)
        while True:
            loaded |= await self._store.load(sorted(unknown)) if unknown else {}
            settled.parked |= {step.lane for step in steps if (doc := loaded.get(step.lane)) is not None and doc.parked}
            planned, answers, unknown = self._plan(steps, loaded, recalled, settled)
            if not unknown:
                return planned, answers
            self._recall.forget(unknown)
            for name in unknown:
                del loaded[name], recalled[name]

    async def _save(self, planned: Planned, steps: Sequence[Step], settled: Settled) -> set[str]:
        """Save what changed, and remember it; returns the documents that were not saved: another writer won, or
        their content was refused."""
        changes = [
            Change(before, after, self._recall.said(name))
            for name, (before, after) in planned.items()
            if after is not before
        ]
        self._recall.forget(change.after.id for change in changes)  # until it is known who won
        lost = set()
        for change, won in zip(changes, await self._store.save(changes), strict=True):
            name = change.after.id
            if won:
                self._recall.keep(replace(change.after, version=change.before.version + 1))
                self._recall.cleared({name: change.said})
                continue
            lost.add(name)
            if isinstance(won, Unstorable):
                self._refused(name, str(won), steps, settled)
        return lost

    def _refused(self, name: str, reason: str, steps: Sequence[Step], settled: Settled) -> None:
        """The database refuses a document for its content: the only step that changed it is at fault."""
        changed = [step for step in steps if step.doc == name and self._open(step, settled)]
        if len(changed) > 1:
            settled.single.add(name)
        elif changed:
            settled.faults[changed[0].lane] = Fault(changed[0].order, "unstorable", reason)

    def _plan(
        self, steps: Sequence[Step], loaded: Mapping[str, Document], recalled: Mapping[str, Document], settled: Settled
    ) -> tuple[Planned, Answers, set[str]]:
        """Decide in order; on a data error set its lane aside from there on and plan again without it.

        Also returns which recalled documents need a fresh look before this may count: one on which a rule raised, or
        those that answered something without a change for a compare-and-set to prove.
        """
        while True:
            planned: Planned = {}
            answers: Answers = defaultdict(dict)
            now = self._clock()
            for step in steps:
                if not self._open(step, settled):
                    continue
                before, doc = planned.get(step.doc) or self._first(step.doc, loaded)
                try:
                    doc, answer = apply(doc, step, now, self._voice)
                except Exception as error:  # whatever a rule raises is a data error of this lane alone
                    if step.doc in recalled:
                        return {}, {}, {step.doc}
                    settled.faults[step.lane] = Fault(step.order, "decision_raised", _where(error))
                    break
                planned[step.doc] = (before, doc)
                answers[step.order][step.doc] = answer
            else:
                unchanged = {name for name, (before, after) in planned.items() if after is before and name in recalled}
                answered = {name for each in answers.values() for name, answer in each.items() if answer is not None}
                return planned, answers, unchanged & answered

    def _first(self, name: str, loaded: Mapping[str, Document]) -> tuple[Document, Document]:
        """The document before its first step, without what was said already."""
        doc = self._recall.unsaid(loaded.get(name) or Document(name))
        return doc, doc

    @staticmethod
    def _open(step: Step, settled: Settled) -> bool:
        fault = settled.faults.get(step.lane)
        return step.lane not in settled.parked and (fault is None or step.order < fault.order)

    @staticmethod
    def _answer(step: Step, answer: Any, settled: Settled) -> None:
        if answer is None:
            settled.repeats.add(step.order)
        else:
            settled.answers[step.order] = answer


def _one_at_a_time(steps: Sequence[Step], single: set[str]) -> tuple[list[Step], list[Step]]:
    """Now and later: of the documents in `single` only their first step is taken now."""
    now: list[Step] = []
    later: list[Step] = []
    for step in steps:
        waits = step.doc in single and any(each.doc == step.doc for each in now)
        (later if waits else now).append(step)
    return now, later


def _where(error: Exception) -> str:
    """The kind of the error and the line that raised it; never its text, which may hold personal data."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
