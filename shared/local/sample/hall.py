"""The hall in which the sample is made: the five services as always, on a clock that is moved, and nobody at the door.

No port is opened: whoever acts here does so over ASGI, with tokens of the development issuer. Supervision is told by
`Quiet` how far everything was heard, so that a deadline passes exactly when the clock is moved past it.
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from services.intake.licences import OverHttp
from shared.clock import MovableClock
from shared.contracts.topics import SERVICES
from shared.local.issuer import DevelopmentIssuer
from shared.local.sample.quiet import Quiet
from shared.settings import Settings
from shared.web.app import run_lifespans

INSIDE = "http://sample.invalid"


@dataclass(frozen=True, slots=True)
class SampleHall:
    """What the stage works with."""

    clock: MovableClock
    client: httpx.AsyncClient
    issuer: DevelopmentIssuer
    quiet: Quiet
    apps: dict[str, FastAPI]

    async def closing(self) -> None:
        """Say every light and limit that is due by the clock, and what follows from it, until all have heard it."""
        await self.quiet.rest()
        while await self.apps["supervision"].state.scanner.once():
            await self.quiet.rest()

    async def night(self) -> None:
        """Seal the day that is over."""
        await self.apps["supervision"].state.sealer.once()


@asynccontextmanager
async def sample_hall(
    settings: Settings, clock: MovableClock, departments: Mapping[str, str]
) -> AsyncIterator[SampleHall]:
    """A running hall on the servers that the settings name; no phone hears of the past. `departments`: code → name."""
    inside = settings.model_copy(update={"public_url": INSIDE, "service_urls": {}, "sender": "none"})
    quiet, root = Quiet(clock), Starlette()
    transport = httpx.ASGITransport(root)
    licences = OverHttp(inside, transport)
    more: dict[str, dict[str, Any]] = {
        "intake": {"licences": licences},
        "supervision": {"heard_until": quiet.until},
    }
    apps = {name: _create(name)(inside, clock, **more.get(name, {})) for name in SERVICES}
    root.router.routes += [Mount(f"/{name}", app) for name, app in apps.items()]
    async with AsyncExitStack() as stack:
        runtimes = [app.state.runtime for app in apps.values()]
        await stack.enter_async_context(quiet.watching(settings.kafka, runtimes))
        await stack.enter_async_context(licences.opened())
        await stack.enter_async_context(run_lifespans(apps.values()))
        client = httpx.AsyncClient(transport=transport, base_url=INSIDE, headers={"Accept-Language": "zh"}, timeout=60)
        await stack.enter_async_context(client)
        yield SampleHall(clock, client, DevelopmentIssuer(settings, departments), quiet, apps)


def _create(name: str) -> Any:
    return importlib.import_module(f"services.{name}.app").create_app
