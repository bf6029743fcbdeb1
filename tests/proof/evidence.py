"""What a run left behind, and what its clients were told: all that the checker judges by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from shared.contracts.envelope import Record
from shared.contracts.topics import SERVICES, department_of
from shared.messaging.document import Document, Undecodable, Waiting
from tests.proof.reading import Said, read

Kind = Literal["lost", "doubled", "broken"]


@dataclass(frozen=True)
class Told:
    """What a client was told: an accepted command, with what it was promised.

    `what` by service: intake `submitted`, `accepted`, `supplement_requested`, `supplemented`, `withdrawn`; approval
    `opinion`; licensing `delivered`; ratings `rated`. `subject`: the application, the case (`withdrawn`, `delivered`,
    `rated`; a withdrawal of a whole application names the application) or the task (`opinion`).
    """

    service: str
    application: str
    what: str
    subject: str
    key: str = ""


@dataclass(frozen=True)
class Violation:
    """One broken promise. `rule` is a stable code; `where` is service/document or topic/partition/offset."""

    kind: Kind
    rule: str
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.rule} at {self.where}: {self.detail}"


@dataclass(frozen=True)
class Evidence:
    """Everything that stands on the topics and in the databases. States are decoded by the service's codec.

    `records`: topic name -> all records, each partition in offset order. `facts`: service -> collection -> id -> row
    without its id. `indexed`: the stored index fields, and `since`: the stored `outbox_since`, by service and id,
    where they were read.
    """

    records: Mapping[str, Sequence[Record]]
    documents: Mapping[str, Mapping[str, Document]]
    facts: Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]]
    waiting: Mapping[str, Sequence[Waiting]]
    told: Sequence[Told]
    indexed: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    since: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)

    @cached_property
    def said(self) -> list[Said]:
        """Every well-formed record that the five services wrote, repeats included, topic by topic in order."""
        return [said for name in self._topics(foreign=False) for each in self.records[name] if (said := read(each))]

    @cached_property
    def opinions(self) -> list[Said]:
        """Every well-formed record that departments' own software wrote."""
        return [said for name in self._topics(foreign=True) for each in self.records[name] if (said := read(each))]

    @cached_property
    def malformed(self) -> list[Record]:
        """Records that nobody can read: poison that the run planted."""
        names = [*self._topics(foreign=False), *self._topics(foreign=True)]
        return [each for name in names for each in self.records[name] if read(each) is None]

    @cached_property
    def sources(self) -> dict[tuple[str, str], list[Said]]:
        """(topic, source document) -> what it said there, repeats included, in order."""
        found: dict[tuple[str, str], list[Said]] = defaultdict(list)
        for said in self.said:
            found[said.record.topic, said.heard.source].append(said)
        return found

    @cached_property
    def distinct(self) -> dict[str, list[Said]]:
        """Event name -> each event of that name once, at its first appearance."""
        found: dict[str, dict[str, Said]] = defaultdict(dict)
        for said in self.said:
            found[said.name].setdefault(said.heard.id, said)
        return {name: list(events.values()) for name, events in found.items()}

    def events(self, name: str) -> list[Said]:
        """Each event of this name once."""
        return self.distinct.get(name, [])

    def state(self, service: str, document: str) -> Any:
        """The state of a document; None where there is none, or none that its model can read."""
        found = self.documents.get(service, {}).get(document)
        return None if found is None or isinstance(found.state, Undecodable) else found.state

    def states(self, service: str) -> list[tuple[str, Any]]:
        """(id, state) of every document of a service that has one."""
        found = ((name, self.state(service, name)) for name in self.documents.get(service, {}))
        return [(name, state) for name, state in found if state is not None]

    def _topics(self, *, foreign: bool) -> list[str]:
        ours = {f"onedoor.{name}.v1" for name in (*SERVICES, "catalogue")}
        return [name for name in self.records if (department_of(name) is not None if foreign else name in ours)]
