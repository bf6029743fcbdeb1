"""What is looked at after every single effect on the bus and the databases, because it costs next to nothing.

| Rule | Promise |
|---|---|
| `gap_at_once` | a document's next event follows its last one, and a repeat has the same bytes |
| `second_at_once` | one licence and result a case, one opinion a task, one ending a clock, each limit announced once |
| `saved_over` | a save replaces exactly the version that it was decided on |
| `mark_lost` | an inbox mark never goes back, and no number is given twice |
| `two_answers` | the same key got the same answer |
| `forgotten` | nobody is told that what they saw, or were told, does not exist |
"""

from __future__ import annotations

import json

from shared.contracts.envelope import Record
from shared.contracts.topics import topic_named
from shared.messaging.document import Document
from shared.testing.simulation.diary import Diary
from tests.proof.evidence import Violation

ONCE = {
    "LicenceIssued": ("case",),
    "ResultIssued": ("case",),
    "OpinionGiven": ("task",),
    "ClockStopped": ("subject", "clock"),
    "DeadlinePassed": ("subject", "clock", "generation", "kind"),
}


class Watch:
    """Remembers just enough to judge each effect when it happens."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self.violations: list[Violation] = []
        self.planted: set[tuple[str, int, int]] = set()
        """Positions of records that the run itself made unreadable."""
        self._said: dict[str, list[tuple[bytes | None, bytes | None, object]]] = {}
        self._once: set[tuple[str, ...]] = set()

    def broken(self, kind: str, rule: str, where: str, detail: str) -> None:
        """Something does not hold."""
        self._diary.note("watch", "violation", where, f"{rule}: {detail}")
        self.violations.append(Violation(kind, rule, where, detail))  # type: ignore[arg-type]

    def appended(self, record: Record) -> None:
        """A record is on its topic."""
        headers = dict(record.headers)
        topic = topic_named(record.topic)
        if topic is None or topic.foreign or "ce_source" not in headers or "ce_seq" not in headers:
            return
        source, number = headers["ce_source"].decode(), int(headers["ce_seq"])
        where = f"{record.topic}/{record.partition}/{record.offset}"
        content = (record.key, record.value, tuple(record.headers))
        said = self._said.setdefault(source, [])
        if number <= len(said):
            self._diary.count("said_again")
            if said[number - 1] != content:
                self.broken("broken", "gap_at_once", where, f"{source}#{number} was said otherwise before")
            return
        if number != len(said) + 1:
            self.broken("broken", "gap_at_once", where, f"{source}#{number} where #{len(said) + 1} is due")
        said += [content] * (number - len(said))
        self._happened(headers["ce_type"].decode().split(".")[-2], record, where)

    def _happened(self, name: str, record: Record, where: str) -> None:
        self._diary.count(f"said_{name}")
        fields = ONCE.get(name)
        if name == "CaseAccepted":
            body = json.loads(record.value or b"{}")
            self._diary.count("deemed", body["deemed"])
            self._diary.count("waits_for", bool(body["waits_for"]))
        if fields is None:
            return
        body = json.loads(record.value or b"{}")
        what = (name, *(str(body[each]) for each in fields))
        if what in self._once:
            self.broken("doubled", "second_at_once", where, f"{name} of {what[1:]}")
        self._once.add(what)

    def saved(self, service: str, before: Document | None, after: Document) -> None:
        """A compare-and-set won."""
        where, old = f"{service}/{after.id}", before or Document(after.id)
        if after.version != old.version + 1:
            self.broken("broken", "saved_over", where, f"version {after.version} replaces {old.version}")
        if after.parked and not old.parked:
            self._diary.count("parked")
        back = {source for source, mark in old.inbox.items() if after.inbox.get(source, 0) < mark}
        if back or after.next_seq < old.next_seq or after.next_entry < old.next_entry:
            self.broken("broken", "mark_lost", where, f"marks {sorted(back)}, next {old.next_seq}, {after.next_seq}")
