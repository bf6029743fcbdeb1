"""Supervision as a process of its own under a clock that a test moves, that writes down what its scan tells, and dies.

`python -m tests.integration.timed_supervision --clock FILE --log FILE`, on the servers that the environment names. The
clock stands at the instant in its file. `--at-once N`: applications told together; `--die-in N`: kill itself without
goodbye in the middle of the scan's N-th batch, when half of it has been saved. What it hears first, it hears late: a
scan that did not wait for it would announce what it should not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from services.supervision.app import create_app
from services.supervision.scan import Scanner
from services.supervision.store import Waits
from shared.contracts.envelope import Record
from shared.messaging.runtime import Runtime
from shared.settings import load_settings

LATE_SECONDS = 4.0


def clock_of(file: Path) -> Callable[[], datetime]:
    """A clock that stands where its file says."""
    return lambda: datetime.fromisoformat(file.read_text())


def watched(scanner: Scanner, log: Path, die_in: int) -> None:
    """Write a line for each batch: the shards that are held, and (since, application) of who is told, in order."""
    tell, batches = scanner._tell, 0

    async def noted(waiting: Sequence[Waits], instant: datetime) -> set[str]:
        nonlocal batches
        batches += 1
        dies = batches == die_in
        waiting = waiting[: max(1, len(waiting) // 2)] if dies else waiting
        told = [(str(each.since), each.application) for each in waiting]
        with log.open("a") as file:
            file.write(json.dumps({"held": sorted(scanner.leases.known), "told": told}) + "\n")
        answer = await tell(waiting, instant)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    scanner._tell = noted  # type: ignore[method-assign]


def hears_late(runtime: Runtime, seconds: float) -> None:
    """The first batch of records takes so long."""
    handle, late = runtime.handle, [seconds]

    async def after_a_while(records: Sequence[Record]) -> None:
        await asyncio.sleep(late.pop() if late else 0)
        await handle(records)

    runtime.handle = after_a_while  # type: ignore[method-assign]


async def main(given: argparse.Namespace) -> None:
    """Until SIGTERM."""
    wanted = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, wanted.set)
    app = create_app(load_settings(), clock_of(given.clock))
    app.state.scanner._at_once = given.at_once
    watched(app.state.scanner, given.log, given.die_in)
    hears_late(app.state.runtime, LATE_SECONDS)
    async with app.router.lifespan_context(app):
        await wanted.wait()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=main.__doc__)
    arguments.add_argument("--clock", type=Path, required=True)
    arguments.add_argument("--log", type=Path, required=True)
    arguments.add_argument("--at-once", type=int, default=4)
    arguments.add_argument("--die-in", type=int, default=0)
    asyncio.run(main(arguments.parse_args()))
