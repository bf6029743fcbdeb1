"""How a service becomes a web application: the same probes, metrics, documents, errors and limits for all.

The app runs alone, or mounted inside the one-process hall (`hall.mount("/intake", intake)`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import Response

from shared import metrics
from shared.health import Health
from shared.identity import Identity
from shared.settings import Settings
from shared.web import docs, problems, validation
from shared.web.edge import Edge
from shared.web.problem_page import ProblemPage
from shared.web.problems import ProblemBody

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def build_app(
    name: str,
    settings: Settings,
    *,
    title: str,
    description: str,
    routers: Iterable[APIRouter] = (),
    health: Health | None = None,
    lifespan: Lifespan | None = None,
    identity: Identity | None = None,
) -> FastAPI:
    """A service's FastAPI app with `/healthz/*`, `/metrics`, `/openapi.json`, `/docs` and `/static`.

    `name` labels metrics and logs. `app.state` holds `settings`, `identity`, `health` and `problem_page`. When
    mounted, the parent runs `lifespan` by `run_lifespans`; it must not yield state.
    """
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(validation.whole_characters)],
        responses={"default": {"model": ProblemBody, "description": "出错：原因和处理办法（RFC 9457）"}},
        # FastAPI's own telemetry would record request bodies, which hold personal data.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    health = health or Health(name)
    app.state.settings, app.state.health = settings, health
    app.state.identity, app.state.problem_page = identity or Identity(settings), ProblemPage(settings)
    app.add_middleware(Edge, service=name, upload_limit=settings.upload_limit, production=settings.production)
    problems.install(app)
    validation.install(app)
    for router in (*routers, health.router(), _metrics(name)):
        app.include_router(router)
    docs.install(app)
    _describe(app)
    return app


@asynccontextmanager
async def run_lifespans(apps: Iterable[FastAPI]) -> AsyncIterator[None]:
    """Starts the apps in order and stops them in reverse: Starlette runs no lifespan of a mounted app.

    `build_app("hall", …, lifespan=lambda _: run_lifespans(apps))`
    """
    async with AsyncExitStack() as stack:
        for app in apps:
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield


def _metrics(name: str) -> APIRouter:
    router = APIRouter(tags=["metrics"])

    @router.get("/metrics", summary="Prometheus metrics of this service", response_class=Response)
    def show() -> Response:
        return Response(metrics.exposition(name), media_type=metrics.CONTENT_TYPE)

    return router


def _describe(app: FastAPI) -> None:
    original = app.openapi

    def openapi() -> dict[str, Any]:
        return problems.describe_problems(original())

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI documents this way of extending the schema
