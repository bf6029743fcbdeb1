"""A burst of deadlines: so many limits pass at one instant; how long until the last one is announced.

Cases are put into supervision's database whose promised limit passes at the same instant. The running service's own
scan finds them; each says `LightChanged` and `DeadlinePassed`, which supervision then hears itself, for the audit.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import SUPERVISION
from tests.bench.crowd import Crowd
from tests.bench.durability import Void
from tests.bench.hall import Hall, fresh_hall
from tests.bench.measure import Figures, look, spent
from tests.bench.programs import SERVICES_BY_TOPIC, WIDTH, Length, Say, at_once
from tests.bench.proved import until_drained
from tests.bench.stored import due_at, open_case, store, timed

BURST = 100_000
AHEAD = 60.0
"""Seconds from the beginning of the storing to the instant, for each 100,000; at least half of it."""
GIVE_UP = 300.0
POINTS = 200


async def deadlines(burst: int, length: Length, say: Say, replicas: int = 1) -> Figures:
    """Announce `burst` deadlines of one instant, by so many replicas of supervision. Raises Void unless each is said
    exactly once."""
    async with fresh_hall() as hall:
        await hall.start()
        await hall.start([f"supervision-{number}" for number in range(2, replicas + 1)])
        async with Crowd(hall, "warm") as crowd:
            await crowd.carry(WIDTH, length.warm, in_flight=at_once(SERVICES_BY_TOPIC, length.warm))
        number, rows = await open_case(hall)
        instant = datetime.now(UTC) + timedelta(seconds=AHEAD * max(0.5, burst / 100_000))
        name = f"{hall.settings.database('supervision')}.documents"
        due = timed(rows[name][0], hall.settings, lambda state: due_at(state, instant))
        say(f"deadlines: storing {burst} cases that are due at one instant")
        await store(hall, number, {name: [due]}, 0, burst)
        if datetime.now(UTC) >= instant:
            raise RuntimeError("storing took longer than was left until the instant")
        return {"replicas": replicas, **await _heard(hall, burst, instant, say)}


async def _heard(hall: Hall, burst: int, instant: datetime, say: Say) -> Figures:
    consumer = AIOKafkaConsumer(bootstrap_servers=hall.settings.kafka, enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(SUPERVISION.name, n) for n in range(SUPERVISION.partitions)]
        consumer.assign(places)
        await consumer.seek_to_end(*places)
        await asyncio.gather(*(consumer.position(place) for place in places))
        await asyncio.sleep(max(0.0, (instant - datetime.now(UTC)).total_seconds()))
        before, start = await look(hall), time.monotonic() - (datetime.now(UTC) - instant).total_seconds()
        announced = Announced(start)
        while len(announced.ids) < burst and time.monotonic() - start < GIVE_UP:
            announced.hear(await consumer.getmany(timeout_ms=200))
        after = await look(hall)
        await until_drained(hall, GIVE_UP)
        drained = time.monotonic() - start
        while any(
            [await consumer.position(place) < end for place, end in (await consumer.end_offsets(places)).items()]
        ):
            announced.hear(await consumer.getmany(timeout_ms=200))
    finally:
        await consumer.stop()
    if len(announced.ids) != burst or any(len(ids) != 1 for ids in announced.ids.values()):
        twice = sum(len(ids) > 1 for ids in announced.ids.values())
        raise Void(f"{len(announced.ids)} of {burst} were announced, {twice} of them twice")
    lags = announced.lags
    say(f"deadlines: the last of {burst} after {lags[-1]:.1f} s")
    return {
        "deadlines": burst,
        "last_after_s": round(lags[-1], 2),
        "median_after_s": round(lags[len(lags) // 2], 2),
        "audit_drained_after_s": round(drained, 1),
        "repeated_records": announced.records - burst,
        "cpu_s_by_part": {part: round(after.cpu[part] - was, 1) for part, was in before.cpu.items()},
        "curve": _curve(lags),
        **spent(before, after, burst),
    }


class Announced:
    """Announcements as they are seen: the event ids for each subject, and after how many seconds each came first."""

    def __init__(self, start: float) -> None:
        self._start = start
        self.ids: dict[str, set[str]] = {}
        self.lags: list[float] = []
        self.records = 0

    def hear(self, batches: Mapping[Any, Sequence[Any]]) -> None:
        """Take what a poll brought."""
        now = time.monotonic() - self._start
        for record in (each for batch in batches.values() for each in batch):
            headers = dict(record.headers)
            if b".DeadlinePassed." in headers["ce_type"]:
                subject = headers["ce_subject"].decode()
                if subject not in self.ids:
                    self.lags.append(now)
                self.ids.setdefault(subject, set()).add(headers["ce_id"].decode())
                self.records += 1


def _curve(lags: Sequence[float]) -> list[tuple[float, int]]:
    """(seconds, announced so far), thinned."""
    step = max(1, len(lags) // POINTS)
    return [(round(lag, 2), n) for n, lag in enumerate(lags, start=1) if n % step == 0 or n == len(lags)]
