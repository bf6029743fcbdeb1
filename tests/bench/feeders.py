"""Commands by topic: what people do reaches intake and ratings on feeder topics, approval on department topics."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from services.intake.model.commands import Submit
from shared.contracts.approval import DepartmentOpinion
from shared.contracts.envelope import Outgoing
from shared.contracts.topics import department_of, opinion_topic
from shared.messaging.broker import KafkaPublisher
from tests.bench.feeding import feeder_topic
from tests.bench.matters import accept, rating

AT_ONCE = 120
"""Opinions sent together: fewer than 64 KB."""


@dataclass(slots=True)
class Case:
    """One case on its way: when it was due to be submitted, and when each step was seen (seconds, monotonic)."""

    submit: Submit
    due: float
    licence_at: float = 0.0
    rated_at: float = 0.0
    clocks: set[str] = field(default_factory=set)
    ended_at: float = 0.0

    @property
    def number(self) -> str:
        """The application."""
        return self.submit.form.number


class Commands(Protocol):
    """How people reach the services."""

    async def submit(self, case: Case) -> None:
        """Hand in."""

    async def accept(self, case: Case) -> None:
        """The clerk accepts."""

    async def opinion(self, case: Case, task: str, department: str) -> None:
        """A department agrees."""

    async def read(self, case: Case, about: str) -> None:
        """The owner reads the licence of the case `about`, where that is done on this way."""

    async def rate(self, case: Case, about: str) -> None:
        """The owner rates the case `about`."""


class Feeders:
    """Commands by topic: put in a list here, and sent together by `send`."""

    def __init__(self, publisher: KafkaPublisher) -> None:
        self._publisher = publisher
        self._waiting: list[Outgoing] = []
        self._accept = accept().model_dump_json().encode()

    async def submit(self, case: Case) -> None:
        self._put("intake", case.number, case.submit.form.by, "Submit", case.submit.model_dump_json().encode())

    async def accept(self, case: Case) -> None:
        self._put("intake", case.number, "sample:clerk", "Accept", self._accept)

    async def read(self, case: Case, about: str) -> None:
        """Topics answer no questions: samples of the licences are read over HTTP after the run."""

    async def rate(self, case: Case, about: str) -> None:
        owner = case.submit.form.owner
        self._put("ratings", case.number, owner, "GiveRating", rating(about, owner).model_dump_json().encode())

    async def opinion(self, case: Case, task: str, department: str) -> None:
        said = DepartmentOpinion(application=case.number, task=task, verdict="agree", officer="sample:system")
        headers = {
            "ce_specversion": "1.0",
            "ce_id": f"opinion-{task}",
            "ce_source": f"department/{department}",
            "ce_type": DepartmentOpinion.type_name(),
            "ce_time": datetime.now(UTC).isoformat(),
            "content-type": "application/json",
        }
        packed = tuple((name, value.encode()) for name, value in headers.items())
        value = said.model_dump_json().encode()
        self._waiting.append(Outgoing(opinion_topic(department), case.number.encode(), value, packed))

    def _put(self, service: str, number: str, by: str, command: str, body: bytes) -> None:
        headers = (("command", command.encode()), ("by", by.encode()), ("key", f"{command}-{number}".encode()))
        self._waiting.append(Outgoing(feeder_topic(service), number.encode(), body, headers))

    async def send(self) -> None:
        """Send what waits; no more at once than a batch of the smallest topic, a department's, may hold."""
        waiting, self._waiting = self._waiting, []
        opinions = [each for each in waiting if department_of(each.topic)]
        others = [each for each in waiting if not department_of(each.topic)]
        parts = [others, *(opinions[n : n + AT_ONCE] for n in range(0, len(opinions), AT_ONCE))]
        for part in parts:
            sent = await self._publisher.publish([[each] for each in part])
            self._waiting += [each for each, count in zip(part, sent, strict=True) if not count]
