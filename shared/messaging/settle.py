"""Deciding and saving: messages grouped by document, one compare-and-set each, decided again when another won.

Pure deciding is apart from saving: in `draft.py`.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from shared.kernel import Refused
from shared.messaging.document import Change, Document, Store, Unstorable
from shared.messaging.draft import Draft, Step, Voice
from shared.messaging.recall import Recall


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
            drafts: dict[str, Draft] = {}
            answers: Answers = defaultdict(dict)
            now = self._clock()
            for step in steps:
                if not self._open(step, settled):
                    continue
                draft = drafts.get(step.doc) or drafts.setdefault(step.doc, self._draft(step.doc, loaded))
                try:
                    answers[step.order][step.doc] = draft.apply(step, now, self._voice)
                except Exception as error:  # whatever a rule raises is a data error of this lane alone
                    if step.doc in recalled:
                        return {}, {}, {step.doc}
                    settled.faults[step.lane] = Fault(step.order, "decision_raised", _where(error))
                    break
            else:
                planned = {name: (draft.before, draft.after()) for name, draft in drafts.items()}
                unchanged = {name for name, draft in drafts.items() if not draft.changed and name in recalled}
                answered = {name for each in answers.values() for name, answer in each.items() if answer is not None}
                return planned, answers, unchanged & answered

    def _draft(self, name: str, loaded: Mapping[str, Document]) -> Draft:
        """Of the document without what was said already."""
        return Draft(self._recall.unsaid(loaded.get(name) or Document(name)))

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
