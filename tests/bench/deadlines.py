"""A burst of deadlines: so many limits pass at one instant; how long until the last one is announced.

Cases are put into supervision's database whose promised limit passes at the same instant. The running service's own
scan finds them; each says `LightChanged` and `DeadlinePassed`, which supervision then hears itself, for the audit.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
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


async def deadlines(burst: int, length: Length, say: Say) -> Figures:
    """Announce `burst` deadlines of one instant. Raises Void unless each is announced exactly once."""
    async with fresh_hall() as hall:
        await hall.start()
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
        return await _heard(hall, burst, instant, say)


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
        announced, lags = await _count(consumer, burst, start)
        after = await look(hall)
    finally:
        await consumer.stop()
    await until_drained(hall)
    drained = round(time.monotonic() - start, 1)
    if len(announced) != burst or set(announced.values()) != {1}:
        raise Void(f"{len(announced)} of {burst} announced; {sum(announced.values())} records")
    say(f"deadlines: the last of {burst} after {lags[-1]:.1f} s")
    used = spent(before, after, burst)
    services = {part: round(after.cpu[part] - was, 1) for part, was in before.cpu.items()}
    return {
        "deadlines": burst,
        "last_after_s": round(lags[-1], 2),
        "median_after_s": round(lags[len(lags) // 2], 2),
        "audit_drained_after_s": drained,
        "cpu_s_by_part": services,
        "curve": _curve(lags),
        **used,
    }


async def _count(consumer: AIOKafkaConsumer, burst: int, start: float) -> tuple[Counter[str], list[float]]:
    """Announcements by event id and what they are about, and after how many seconds each was first seen."""
    announced: Counter[str] = Counter()
    lags: list[float] = []
    while len(announced) < burst and time.monotonic() - start < GIVE_UP:
        batches: dict[Any, Sequence[Any]] = await consumer.getmany(timeout_ms=200)
        now = time.monotonic() - start
        for record in (each for batch in batches.values() for each in batch):
            headers = dict(record.headers)
            if b".DeadlinePassed." in headers["ce_type"]:
                subject = headers["ce_subject"].decode()
                lags += [] if subject in announced else [now]
                announced[subject] += 1
    return announced, lags


def _curve(lags: Sequence[float]) -> list[tuple[float, int]]:
    """(seconds, announced so far), thinned."""
    step = max(1, len(lags) // POINTS)
    return [(round(lag, 2), n) for n, lag in enumerate(lags, start=1) if n % step == 0 or n == len(lags)]
