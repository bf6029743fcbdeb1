"""Joins the parts of a service into its web application: probes, operations, and start and stop in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from types import MappingProxyType

from fastapi import APIRouter, FastAPI

from shared.backing import Backing
from shared.health import Fault, Health
from shared.messaging.runtime import Runtime
from shared.messaging.tail import Tail
from shared.settings import Settings
from shared.web.app import build_app
from shared.web.operations import Standing, operations
from shared.web.operations_pages import operations_pages

Background = Callable[[], AbstractAsyncContextManager[None]]
"""Work of a service's own beside its messages: entered after the start, left before the stop."""


def assemble(
    runtime: Runtime,
    settings: Settings,
    backing: Backing,
    *,
    title: str,
    description: str,
    routers: Iterable[APIRouter],
    background: Iterable[Background] = (),
    standing: Mapping[str, Standing] = MappingProxyType({}),
) -> FastAPI:
    """The app of one service. `app.state.runtime` is its runtime, `app.state.tail` what its open pages listen to.
    `standing`: what its operators see of it beside messages, each under a name in `/ops/status`."""
    connection, tail = backing.connect(runtime), Tail(runtime.name, backing.feed(runtime))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(connection.stop)
            await connection.start()
            stack.push_async_callback(tail.close)
            for each in background:
                await stack.enter_async_context(each())
            yield

    async def database() -> Fault | None:
        await runtime.store.ping()
        return None

    async def broker() -> Fault | None:
        await runtime.publisher.ping()
        return None

    health = Health(
        runtime.name,
        live=lambda: runtime.observer.progress.fault(datetime.now(UTC)),
        ready={"database": database, "broker": broker},
    )
    app = build_app(
        runtime.name,
        settings,
        title=title,
        description=description,
        routers=[*routers, operations(runtime, standing), operations_pages(runtime, settings)],
        health=health,
        lifespan=lifespan,
    )
    app.state.runtime, app.state.tail = runtime, tail
    return app
