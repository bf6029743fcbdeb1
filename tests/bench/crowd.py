"""A crowd of people before one hall: carries cases through it, and says what that took."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Self

from services.intake.model.commands import Submit
from shared.contracts.topics import SERVICES
from shared.local.data import PlatformError
from tests.bench.hall import Hall
from tests.bench.http import OverHttp
from tests.bench.matters import APPLICANTS, Submissions
from tests.bench.measure import Figures, look, percentiles, spent
from tests.bench.people import Outcome, People
from tests.bench.proved import nothing_lost, until_drained
from tests.proof.evidence import Told


class Crowd:
    """Use it as a context. Every application gets a number of its own; `numbers` holds all that were completed."""

    def __init__(
        self, hall: Hall, run: str, *, over_http: bool = False, applicants: Sequence[int] = APPLICANTS
    ) -> None:
        self.hall, self._over_http = hall, over_http
        settings = hall.settings
        self._submissions = Submissions(hall.catalogue, settings.keyring, settings.holder_key, run, applicants)
        self._http: OverHttp | None = None
        self._stack = AsyncExitStack()
        self._next = 0
        self.numbers: list[str] = []

    async def __aenter__(self) -> Self:
        if self._over_http:
            http = OverHttp(self.hall.addresses, self.hall.issuer, self._submissions)
            self._http = await self._stack.enter_async_context(http)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def told(self) -> list[Told]:
        """What clients were told over HTTP."""
        return self._http.told if self._http else []

    def submissions(self, width: int, count: int) -> list[Submit]:
        """The next applications, ready to be handed in."""
        first, self._next = self._next, self._next + count
        return list(self._submissions.make(width, count, first))

    async def carry(
        self, width: int, count: int, *, arrivals: Sequence[float] | None = None, in_flight: int = 1
    ) -> Outcome:
        """Carry cases to their ends. A hall whose process has died says so, instead of waiting for it."""
        people = People(self.hall.settings.kafka, self._http)
        try:
            outcome = await people.carry(self.submissions(width, count), arrivals=arrivals, in_flight=in_flight)
        except TimeoutError as error:
            dead = [name for name in SERVICES if name in self.hall.children and not self.hall.children[name].alive]
            if dead:
                raise PlatformError(str(self.hall.children[dead[0]].failure("died under load"))) from error
            raise
        self.numbers += outcome.cases
        return outcome

    async def measured(
        self, width: int, count: int, *, arrivals: Sequence[float] | None = None, in_flight: int = 1
    ) -> tuple[Figures, Outcome]:
        """The same, with what it cost until everything is drained; raises Void where something is lost."""
        errors = self._http.errors if self._http else 0
        before = await look(self.hall)
        outcome = await self.carry(width, count, arrivals=arrivals, in_flight=in_flight)
        await until_drained(self.hall)
        after = await look(self.hall)
        counts = await nothing_lost(self.hall, outcome.cases)
        if self._http:
            outcome.errors += self._http.errors - errors
            outcome.problems += self._http.problems
        return {
            "cases": count,
            "seconds": round(outcome.ended - outcome.began, 1),
            "cases_per_s": round(outcome.throughput(), 1),
            **percentiles(outcome.latencies),
            "errors": outcome.errors,
            "problems": outcome.problems,
            "counts": counts,
            **spent(before, after, count),
        }, outcome
