"""One service as its own process, that can be told to die at the relay's worst moments.

Nothing else differs from `onedoor serve`. A real-time signal arms one death: the process kills itself, without
goodbye, the next time it comes to that moment.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

from shared.contracts.envelope import Outgoing
from shared.local.run import serve
from shared.messaging.broker import KafkaPublisher
from shared.messaging.runtime import Runtime
from shared.mongo import MongoStore

MOMENTS = ("before-save", "before-publish", "while-publishing", "before-clear", "before-commit")
"""Between deciding and saving, saving and publishing, amid a document's events, publishing and clearing the outbox,
and between all that and committing the offset."""


def arming(moment: str) -> int:
    """The signal that arms a death."""
    return int(signal.SIGRTMIN) + 1 + MOMENTS.index(moment)


class Deaths:
    """Which death waits, and the seams at which it comes."""

    def __init__(self) -> None:
        self.armed = ""

    def arm(self, moment: str) -> None:
        """The next time at this moment is the last."""
        self.armed = moment

    def at(self, moment: str) -> None:
        """Die here, if that was asked."""
        if self.armed == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Put the moments into the ports: the store, the publisher and the batch."""
        MongoStore.save = self._before("before-save", MongoStore.save)  # type: ignore[method-assign]
        MongoStore.clear = self._before("before-clear", MongoStore.clear)  # type: ignore[method-assign]
        KafkaPublisher.publish = self._publishing(KafkaPublisher.publish)  # type: ignore[method-assign]
        Runtime.handle = self._after("before-commit", Runtime.handle)  # type: ignore[method-assign]
        signal.signal(signal.SIGUSR1, lambda *_: tell_tasks())
        for moment in MOMENTS:
            signal.signal(arming(moment), lambda *_, moment=moment: self.arm(moment))

    def _before(self, moment: str, act: Callable[..., Awaitable[Any]]) -> Any:
        @wraps(act)
        async def dying(port: Any, work: Any) -> Any:
            if work:
                self.at(moment)
            return await act(port, work)

        return dying

    def _after(self, moment: str, act: Callable[..., Awaitable[Any]]) -> Any:
        @wraps(act)
        async def dying(port: Any, work: Any) -> Any:
            done = await act(port, work)
            self.at(moment)
            return done

        return dying

    def _publishing(self, act: Callable[..., Awaitable[list[int]]]) -> Any:
        @wraps(act)
        async def dying(port: Any, sequences: Sequence[Sequence[Outgoing]]) -> list[int]:
            if any(sequences):
                self.at("before-publish")
            if self.armed == "while-publishing" and any(len(each) > 1 for each in sequences):
                await act(port, [each[: len(each) // 2] for each in sequences])
                self.at("while-publishing")
            return await act(port, sequences)

        return dying


def tell_tasks() -> None:
    """Write to the log what every task of this process is waiting for: the places, outermost first."""
    for task in asyncio.all_tasks():
        places, waits = [], task.get_coro()
        while waits is not None:
            frame = getattr(waits, "cr_frame", None) or getattr(waits, "gi_frame", None)
            if frame is not None:
                places.append(f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno} {frame.f_code.co_name}")
            waits = getattr(waits, "cr_await", None) or getattr(waits, "gi_yieldfrom", None)
        print(f"task {task.get_name()}: {' > '.join(places)}", file=sys.stderr, flush=True)


def main() -> None:
    """`python -m tests.chaos.replica SERVICE --port P`, on the servers that the environment names."""
    arguments = argparse.ArgumentParser(description=main.__doc__)
    arguments.add_argument("service")
    arguments.add_argument("--port", type=int, required=True)
    given = arguments.parse_args()
    Deaths().install()
    asyncio.run(serve(given.service, "127.0.0.1", given.port))


if __name__ == "__main__":
    main()
