"""One web port before services that run as processes of their own: the local stand-in for a production ingress."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from shared.health import Fault
from shared.local.hall import front
from shared.settings import Settings
from shared.web.app import build_app
from shared.web.leaving import while_it_stays
from shared.web.problems import answer, busy

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host", "content-length"}


def build_ingress(settings: Settings, addresses: Mapping[str, str]) -> FastAPI:
    """An app that sends `/<service>/…` to the address of that service, and answers the rest as the hall does."""
    unlimited = httpx.Limits(max_connections=None, max_keepalive_connections=100)  # an open stream holds a connection
    client = httpx.AsyncClient(timeout=httpx.Timeout(60, connect=3), limits=unlimited)
    entrance = front(settings, {name: _ready(client, url, name) for name, url in addresses.items()})

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await client.aclose()

    app = build_app(
        "hall",
        settings,
        title="onedoor 只进一扇门",
        description="五个服务各自一个进程，一个端口在前。",
        routers=entrance.routers,
        health=entrance.health,
        lifespan=lifespan,
    )
    for name, address in addresses.items():
        app.add_route(f"/{name}/{{path:path}}", _pass_on(client, address), methods=METHODS, include_in_schema=False)
    return app


def _pass_on(client: httpx.AsyncClient, address: str) -> Callable[[Request], Awaitable[Response]]:
    async def pass_on(request: Request) -> Response:
        url = httpx.URL(address + request.url.path, query=request.url.query.encode())
        headers = [(name, value) for name, value in request.headers.raw if name.decode().lower() not in HOP_BY_HOP]
        length = request.headers.get("content-length")
        if length:
            headers.append((b"content-length", length.encode()))
        content = request.stream() if length or "transfer-encoding" in request.headers else None
        try:
            sent = client.build_request(request.method, url, headers=headers, content=content)
            received = await client.send(sent, stream=True)
        except httpx.HTTPError:
            return answer(request, busy(2))
        kept = {name: value for name, value in received.headers.items() if name.lower() not in HOP_BY_HOP}
        body = received.aiter_raw()
        if received.headers.get("content-type", "").startswith("text/event-stream"):
            body = while_it_stays(request.scope, body)
        return StreamingResponse(body, received.status_code, kept, background=BackgroundTask(received.aclose))

    return pass_on


def _ready(client: httpx.AsyncClient, address: str, name: str) -> Callable[[], Awaitable[dict[str, Fault | None]]]:
    async def ask() -> dict[str, Fault | None]:
        reply = await client.get(f"{address}/{name}/healthz/ready")
        if reply.status_code == 200:
            return {}
        return {"ready": Fault(reply.text[:200])}

    return ask
