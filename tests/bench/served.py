"""One service of the hall under measurement: the app as deployed, and a feeder that brings people's commands by topic.

`python -m tests.bench.served intake --port 8001 --catalogue DIR`. What arrives on `bench.<service>` ends in the same
`Runtime.ask` as a command over HTTP, so that a load can be made that no HTTP client could.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from aiokafka import AIOKafkaConsumer
from fastapi import FastAPI

from shared import tracing
from shared.kernel import Refused
from shared.log import configure_logging, logger
from shared.messaging.commands import Overloaded, digest
from shared.messaging.runtime import Runtime
from shared.settings import load_settings
from shared.steady import run_steadily, started
from shared.web.commands import own_key
from tests.bench.feeding import COMMANDS, FED, feeder_topic
from tests.bench.process import arguments_of, note_producer
from tests.bench.script import listening

AT_ONCE = 1_000


class Feeder:
    """Gives the commands of a topic to the runtime, as many at once as wait."""

    def __init__(self, runtime: Runtime, kafka: str) -> None:
        self._runtime, self._kafka = runtime, kafka
        self._room = asyncio.Semaphore(AT_ONCE)
        self._asking: set[asyncio.Task[None]] = set()

    async def forever(self) -> None:
        """Until cancelled."""
        topic = feeder_topic(self._runtime.name)
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=self._kafka,
            group_id=topic,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=50,
            max_partition_fetch_bytes=2 * 1024 * 1024,
        )
        await consumer.start()
        try:
            while True:
                batches: dict[Any, Sequence[Any]] = await consumer.getmany(timeout_ms=100, max_records=500)
                for record in (each for batch in batches.values() for each in batch):
                    await self._room.acquire()
                    task = asyncio.create_task(self._tell(record))
                    self._asking.add(task)
                    task.add_done_callback(self._asking.discard)
        finally:
            await consumer.stop()

    async def _tell(self, record: Any) -> None:
        headers = dict(record.headers)
        command = COMMANDS[headers["command"].decode()].model_validate_json(record.value)
        doc, said = record.key.decode(), digest(command)
        key = own_key(headers["by"].decode(), headers["key"].decode())
        try:
            while True:
                with suppress(Overloaded):
                    trace = tracing.new_trace().traceparent
                    answer = await self._runtime.ask(doc, command, key=key, digest=said, traceparent=trace)
                    break
                await asyncio.sleep(0.2)
            if isinstance(answer, Refused):
                logger("bench").warning("refused", code=answer.code, command=headers["command"].decode())
        finally:
            self._room.release()


async def serve(name: str, port: int, catalogue: Path | None, capture: Path | None, *, fed: bool) -> None:
    """The app of a service, on the servers that the environment names, with its feeder beside it if it is to be fed,
    until SIGTERM."""
    settings = load_settings()
    configure_logging(settings.log_level)
    recorder = listening(capture / f"{name}.bson") if capture else None
    given = {"catalogue": catalogue} if name == "intake" and catalogue else {}
    app: FastAPI = importlib.import_module(f"services.{name}.app").create_app(settings, **given)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off")
    if recorder:
        recorder.attach(app.state.runtime)
    async with app.router.lifespan_context(app):
        note_producer(settings.data_dir, name, app.state.runtime.publisher._producer)
        feeder = asyncio.create_task(Feeder(app.state.runtime, settings.kafka).forever()) if fed else None
        started()
        await uvicorn.Server(config).serve()
        if feeder:
            feeder.cancel()
            await asyncio.gather(feeder, return_exceptions=True)


def main() -> None:
    """The command line."""
    arguments = arguments_of(__doc__)
    arguments.add_argument("--capture", type=Path, help="note there what the service takes and writes")
    arguments.add_argument("--unfed", action="store_true", help="as deployed, without the bench's feeder topics")
    given = arguments.parse_args()
    fed = given.service in FED and not given.unfed
    run_steadily(serve(given.service, given.port, given.catalogue, given.capture, fed=fed))


if __name__ == "__main__":
    main()
