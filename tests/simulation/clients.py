"""A client's way in: asks any replica, and asks again with the same key until it was told, whoever died meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from random import Random
from typing import Any

from shared.kernel import Refused
from shared.messaging.commands import Overloaded
from shared.messaging.document import Unavailable
from shared.testing.simulation.world import Gone
from tests.proof.evidence import Told
from tests.simulation.hall import Hall

CANNOT_BE = frozenset({
    "no_such_application", "already_submitted", "no_such_task", "not_your_task", "not_open_yet",
    "no_such_case", "no_such_urge", "not_invited", "already_rated", "no_such_result", "key_reused",
})  # fmt: skip
"""Refusals of what whoever asks has seen, or was told: the hall would have forgotten it."""
PATIENCE = 4.0
"""Virtual seconds after which a client gives up waiting and asks again."""


PASSING = frozenset({"clock_paused", "no_running_clock"})
"""Refusals that pass by themselves: the second of two clicks may come when the case goes on."""


class Client:
    """Whoever asks the hall over HTTP. What was accepted is noted as told."""

    def __init__(self, hall: Hall, draw: Random, name: str) -> None:
        self.hall, self.draw, self.name = hall, draw, name
        self._keys = 0

    def new_key(self) -> str:
        """An idempotency key of this client."""
        self._keys += 1
        return f"{self.name}-{self._keys}"

    async def tell(
        self, service: str, application: str, command: Any, what: str, subject: str,
        *, doc: str | None = None, key: str | None = None,
    ) -> Mapping[str, Any] | Refused:  # fmt: skip
        """Give a command, sometimes twice at once (a double click), until there is an answer."""
        key = key or self.new_key()
        clicks = 2 if self.draw.random() < 0.1 else 1
        asked = (self._until_told(service, doc or application, application, command, key) for _ in range(clicks))
        answers = await asyncio.gather(*asked)
        accepted = [each for each in answers if not isinstance(each, Refused)]
        refused = {each.code for each in answers if isinstance(each, Refused)} - PASSING
        if any(each != accepted[0] for each in accepted) or (accepted and refused):
            self.hall.watch.broken("doubled", "two_answers", f"{service}/{application}", f"{what} under {key}")
        if accepted:
            self.hall.world.diary.note(self.name, "told", subject, what)
            self.hall.told.append(Told(service, application, what, subject, key))
        else:
            self.hall.world.diary.note(self.name, "refused", subject, f"{what}: {answers[0]}")
            self.hall.world.diary.count("refused_command")
        return answers[0]

    async def _until_told(
        self, service: str, doc: str, lane: str, command: Any, key: str
    ) -> Mapping[str, Any] | Refused:
        while True:
            running = self.hall.alive(service)
            if running:
                replica = self.draw.choice(running)
                try:
                    answer: Any = await replica.process.call(replica.serve(doc, command, lane, key), PATIENCE)
                except (Gone, Unavailable, Overloaded, RuntimeError) as error:
                    self.hall.world.diary.count(f"asked_again_{type(error).__name__}")
                else:
                    if not isinstance(answer, Refused) or not self._asks_again(answer, command):
                        return answer
            await self.pause(0.1, 1.0)

    def _asks_again(self, refused: Refused, command: Any) -> bool:
        """A parked lane opens again. What cannot be is seen for a moment where a majority lags, and never else."""
        counts = self.hall.world.diary.counts
        if refused.code in CANNOT_BE and not counts["stale_read"]:
            self.hall.watch.broken("lost", "forgotten", self.name, f"{type(command).__name__}: {refused.code}")
            return False
        counts["answered_parked"] += refused.code == "parked"
        counts["refused_on_a_stale_read"] += refused.code in CANNOT_BE
        return refused.code == "parked" or refused.code in CANNOT_BE

    async def pause(self, least: float, most: float) -> None:
        """Think."""
        await asyncio.sleep(self.draw.uniform(least, most))
