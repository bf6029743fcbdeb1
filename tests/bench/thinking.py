"""Decoding and deciding alone: every record parsed, and given to the real rules on a state kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from shared.contracts.envelope import Record
from shared.kernel import Refused
from tests.bench.feeding import COMMANDS
from tests.bench.minds import Mind

MOST_EARLY = 500
"""Cases of which something came too early, at one time."""
KEPT = 20_000
"""States in memory, the last used."""


class Thinking:
    """One service's mind at work."""

    def __init__(self, mind: Mind) -> None:
        self._mind = mind
        self._states: OrderedDict[str, Any] = OrderedDict()
        self._early: dict[str, list[Any]] = {}

    def over(self, records: Sequence[ConsumerRecord], kind: str) -> None:
        """Decode a batch and decide on all that concerns the service. `kind` names records (events) or commands."""
        now = datetime.now(UTC)
        for raw in records:
            for doc, message in self._command(raw) if kind == "command" else self._heard(raw):
                self._decide(doc, message, now)
                for early in self._early.pop(doc, ()):
                    self._decide(doc, early, now)

    def _decide(self, doc: str, message: Any, now: datetime) -> None:
        """A case of the bench is never refused anything, but a raw program says what comes next at whatever it hears
        first: an opinion may be there before the acceptance, and is decided after that."""
        decided = self._mind.decide(self._states.get(doc), message, now, self._mind.rules)
        if not isinstance(decided, Refused):
            self._keep(doc, decided.state)
            return
        self._early.setdefault(doc, []).append(message)
        if len(self._early) > MOST_EARLY:
            raise RuntimeError(f"{type(message).__name__} of {doc} was refused: {decided.code}")

    def _keep(self, doc: str, state: Any) -> None:
        self._states[doc] = state
        self._states.move_to_end(doc)
        if len(self._states) > KEPT:
            self._states.popitem(last=False)

    def _heard(self, raw: ConsumerRecord) -> Sequence[tuple[str, Any]]:
        record = Record(raw.topic, raw.partition, raw.offset, raw.key, raw.value, raw.headers)
        reading = self._mind.ears.read(record)
        if reading.problem:
            raise ValueError(f"{reading.problem.reason}: {reading.problem.detail}")
        return reading.addressed

    @staticmethod
    def _command(raw: ConsumerRecord) -> Sequence[tuple[str, Any]]:
        name = dict(raw.headers)["command"].decode()
        return ((raw.key.decode(), COMMANDS[name].model_validate_json(raw.value)),)
