"""Departments with software of their own: opinions on their topics, sent again until the broker has them.

A send whose acknowledgement is lost is sent again under the same `ce_id`: repeats are part of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.clock import system_clock
from shared.contracts.approval import DepartmentOpinion
from shared.contracts.envelope import encode
from shared.contracts.topics import opinion_topic


class Departments:
    """One producer for all of them, made anew after a failure."""

    def __init__(self, kafka: str, seed: int) -> None:
        self._kafka = kafka
        self._random = random.Random(f"departments/{seed}")  # noqa: S311
        self._producer: AIOKafkaProducer | None = None
        self._lock = asyncio.Lock()
        self._ids: Counter[str] = Counter()

    async def say(self, task: str, department: str) -> None:
        """Agree to a task; one time in five the same record twice."""
        opinion = DepartmentOpinion(application=task[:13], task=task, verdict="agree", officer=f"{department}-1")
        self._ids[task] += 1
        said = encode(
            opinion, topic=opinion_topic(department), source=task, seq=self._ids[task], at=system_clock(),
            cause="department", traceparent="",
        )  # fmt: skip
        headers = [(name, value) for name, value in said.headers if name not in ("ce_seq", "ce_source", "traceparent")]
        for _ in range(2 if self._random.random() < 0.2 else 1):
            while not await self._sent(said.topic, said.key, said.value, headers):
                await asyncio.sleep(0.5)

    async def close(self) -> None:
        """End the producer."""
        await self._discard(self._producer)

    async def _sent(self, topic: str, key: bytes, value: bytes, headers: list[tuple[str, bytes]]) -> bool:
        producer = None
        try:
            producer = await asyncio.wait_for(self._ready(), 10)
            await asyncio.wait_for(producer.send_and_wait(topic, value, key=key, headers=headers), 10)
        except (KafkaError, OSError, TimeoutError):
            await self._discard(producer)
            return False
        return True

    async def _ready(self) -> AIOKafkaProducer:
        async with self._lock:
            if self._producer is None:
                producer = AIOKafkaProducer(bootstrap_servers=self._kafka, acks="all", request_timeout_ms=5_000)
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def _discard(self, producer: AIOKafkaProducer | None) -> None:
        if producer is not None and producer is self._producer:
            self._producer = None
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                await asyncio.wait_for(producer.stop(), 3)
