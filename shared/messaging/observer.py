"""What the delivery core tells the outside: counts for Prometheus, lines for the log, liveness. Never personal data."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache

from shared import metrics, tracing
from shared.contracts.topics import OPINION, department_of
from shared.health import Progress
from shared.kernel import Refused
from shared.log import logger
from shared.messaging.document import Unavailable
from shared.messaging.hears import Reading
from shared.messaging.settle import Settled

log = logger("messaging")


class Observer:
    """Counts and logs what one service's runtime does, and notes its progress."""

    def __init__(self, service: str, clock: Callable[[], datetime] | None = None) -> None:
        self._service, self._clock = service, clock or _now
        self.progress = Progress()

    def settled(self, readings: Sequence[Reading], settled: Settled) -> None:
        """What became of a batch, record by record: a line for each refusal, and at level debug for each event."""
        every = logging.getLogger("onedoor").isEnabledFor(logging.DEBUG)
        heard: Counter[tuple[str, str, str]] = Counter()
        for order, reading in enumerate(readings):
            answer, outcome = settled.answers.get(order), _outcome(reading, order, settled)
            if isinstance(answer, Refused):
                self.refused(answer.code, "topic")
                log.info("event_refused", service=self._service, code=answer.code, **_line(reading))
            elif every and reading.addressed:
                log.debug("event_handled", service=self._service, outcome=outcome, **_line(reading))
            topic = _row(reading.record.topic)
            heard[topic, type(reading.heard.event).__name__ if reading.heard else "unknown", outcome] += 1
            if reading.unknown:
                metrics.UNKNOWN_TYPES.labels(self._service, topic).inc()
        for (topic, kind, outcome), records in heard.items():
            metrics.MESSAGES.labels(self._service, topic, kind, outcome).inc(records)
        self.missed(settled.missed)

    def refused(self, code: str, path: str) -> None:
        """A rule answered no, to an event (`topic`) or a command (`http`)."""
        metrics.REFUSALS.labels(self._service, code, path).inc()

    def parked(self, lane: str, topic: str, reason: str, detail: str) -> None:
        """A record went to the dead letters and its lane waits."""
        metrics.DEAD_LETTERS.labels(self._service, topic, reason).inc()
        log.error("lane_parked", service=self._service, lane=lane, reason=reason, detail=detail)

    def unavailable(self, error: Exception) -> None:
        """Database or broker did not answer."""
        self.progress.saw_parts(False, self._clock())
        part = "broker" if "broker" in str(error) else "database"
        metrics.INFRASTRUCTURE_ERRORS.labels(self._service, part).inc()
        log.warning("unavailable", service=self._service, part=part, error=str(error)[:200])

    def failed(self, error: Exception) -> None:
        """An attempt failed and will be made again."""
        if isinstance(error, Unavailable):
            self.unavailable(error)
        else:
            self.unexpected(error)

    def unexpected(self, error: Exception) -> None:
        """Something of ours failed where it must not stop anything."""
        log.error("unexpected", service=self._service, error=type(error).__name__, exc_info=error)

    def answered(self, command: object, answer: object) -> None:
        """A command got its answer."""
        if isinstance(answer, Refused):
            self.refused(answer.code, "http")
            self.command(command, {"parked": "parked", "key_reused": "conflict"}.get(answer.code, "refused"))
        else:
            self.command(command, "accepted")

    def command(self, command: object, outcome: str) -> None:
        """A command was answered: accepted, refused, conflict, parked or busy."""
        metrics.COMMANDS.labels(self._service, type(command).__name__, outcome).inc()

    def parked_lanes(self, count: int) -> None:
        """How many lanes wait for a replay or a discard."""
        metrics.PARKED.labels(self._service).set(count)

    def load(self, outbox_age: float, outbox_documents: int, swept: int) -> None:
        """How far behind the service is in saying what it saved."""
        metrics.OUTBOX_AGE.labels(self._service).set(outbox_age)
        metrics.OUTBOX_PENDING.labels(self._service).set(outbox_documents)
        metrics.SWEEPER_PUBLISHES.labels(self._service).inc(swept)

    def lag(self, lag: Mapping[tuple[str, int], int]) -> None:
        """Database and broker both answered just now; lag in records by (topic, partition)."""
        for (topic, partition), records in lag.items():
            metrics.CONSUMER_LAG.labels(self._service, topic, str(partition)).set(records)
        self.progress.saw_lag(sum(lag.values()), self._clock())
        self.progress.saw_parts(True, self._clock())

    def missed(self, count: int) -> None:
        """Rounds in which another writer won a compare-and-set."""
        metrics.CAS_RETRIES.labels(self._service).inc(count)

    def batch(self, path: str, size: int, seconds: float) -> None:
        """A batch of records (`topic`) or commands (`http`) was settled and published."""
        metrics.BATCH_SIZE.labels(self._service, path).observe(size)
        metrics.BATCH_SECONDS.labels(self._service, path).observe(seconds)

    def batch_ended(self) -> None:
        """A batch of records ended: live means progress."""
        self.progress.batch_ended(self._clock())


@cache
def _row(topic: str) -> str:
    """The topic, or for any department's the name of its row in the table."""
    return OPINION.name if department_of(topic) else topic


def _now() -> datetime:
    return datetime.now(UTC)


def _line(reading: Reading) -> dict[str, object]:
    """Which event this is, and its trace; nothing of what it says."""
    record, heard = reading.record, reading.heard
    trace = tracing.parse(heard.traceparent) if heard else None
    return {
        "event_type": type(heard.event).__name__ if heard else "unknown",
        "lane": reading.lane,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "trace_id": trace.trace_id if trace else "",
    }


def _outcome(reading: Reading, order: int, settled: Settled) -> str:
    fault = settled.faults.get(reading.lane)
    if not reading.addressed and not reading.problem:
        return "skipped"
    if reading.lane in settled.parked or (fault and order > fault.order):
        return "parked"
    if fault and order == fault.order:
        return "dead"
    if isinstance(settled.answers.get(order), Refused):
        return "refused"
    return "decided" if order in settled.answers else "repeated"
