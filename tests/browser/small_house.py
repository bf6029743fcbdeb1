"""One small service on memory behind a real port, with a list that keeps itself fresh; it can be stopped and begun."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, DictLoader
from starlette.requests import Request

from shared.contracts.topics import APPROVAL
from shared.identity import Person
from shared.local.issuer import DevelopmentIssuer
from shared.local.run import _serving
from shared.messaging.runtime import Runtime
from shared.settings import load_settings
from shared.testing.echo import HEARS, Add, EchoCodec, EchoRules, decide
from shared.testing.hall import MemoryHall
from shared.web.app import build_app, run_lifespans
from shared.web.assemble import assemble
from shared.web.front import front_pages
from shared.web.live import live
from shared.web.pages import Pages
from shared.web.session import Visitor

LIST = """
{% extends "hall/base.html" %}
{% from "hall/live.html" import live, live_script %}
{% block scripts %}{{ live_script() }}{% endblock %}
{% block heading %}样例清单{% endblock %}
{% block content %}
{% call live("things", url("approval", "/live/list")) %}
<p>一共 {{ rows | length }} 件</p>
<details><summary>说明</summary><p>展开的部分</p></details>
<ul>{% for name, count in rows %}<li id="row-{{ name }}"><a href="#row-{{ name }}">{{ name }}</a>：{{ count }}</li>
{% endfor %}</ul>
<form method="get"><input type="hidden" name="token" value="{{ made }}"><label>备注 <input name="remark"></label></form>
{% endcall %}
{% endblock %}
"""


class SmallHouse:
    """The echo service, mounted as `approval`. `gone`: the page answers as it does to who has signed out."""

    mounted = "approval"

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._settings = load_settings(data_dir=data, public_url=self.address)
        self.issuer = DevelopmentIssuer(self._settings, ["xfdd"])
        self.hall, self.made, self.gone = MemoryHall(), 0, False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stop: asyncio.Event | None = None
        self._serving: Any = None

    def start(self) -> None:
        """Listen, on the same port and with the same documents as before."""
        ready = threading.Event()
        self._serving = asyncio.run_coroutine_threadsafe(self._serve(ready), self._loop)
        assert ready.wait(20)

    def stop(self, seconds: float = 15) -> None:
        """Stop in order; TimeoutError when open streams hold it up."""
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._serving.result(seconds)

    def close(self) -> None:
        """End for good."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def add(self, name: str) -> None:
        """Somebody does something with this application."""
        asked = self.runtime.ask(name, Add(application=name))
        asyncio.run_coroutine_threadsafe(asked, self._loop).result(20)

    def say_something(self) -> None:
        """The service says something that no page shows."""
        self._loop.call_soon_threadsafe(self.hall.bus.append, APPROVAL.name, b"catalogue", b"{}", ())

    @property
    def listeners(self) -> int:
        """How many streams are open."""
        found: int = self.service.state.tail.listeners
        return found

    def until(self, true: Callable[[], bool], seconds: float = 10) -> None:
        """Wait until something is so. AssertionError when it does not become so."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end
            time.sleep(0.02)

    async def _serve(self, ready: threading.Event) -> None:
        stop = self._stop = asyncio.Event()
        service = self.service = self._service()
        hall = build_app(
            "hall",
            self._settings,
            title="样例",
            description="样例",
            routers=[front_pages(self._settings)],
            lifespan=lambda _: run_lifespans([service]),
        )
        hall.mount(f"/{self.mounted}", service)
        async with _serving(hall, stop, self.port):
            while not self._answers():
                await asyncio.sleep(0.05)
            ready.set()
            await stop.wait()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _service(self) -> Any:
        backing = self.hall.backing("approval")
        self.runtime = Runtime(
            "approval",
            hears=HEARS,
            decide=decide,
            rules=EchoRules,
            store=backing.store(EchoCodec()),
            publisher=backing.publisher(),
            clock=lambda: datetime.now(UTC),
        )
        routers = [live(self._sees, "task.read"), self._pages()]
        return assemble(self.runtime, self._settings, backing, title="echo", description="echo", routers=routers)

    async def _sees(self, asker: Person, number: str) -> bool:
        return True

    def _pages(self) -> APIRouter:
        router, pages = APIRouter(include_in_schema=False), Pages(self._settings)
        pages.environment.loader = ChoiceLoader([DictLoader({"list.html": LIST}), pages.environment.loader])

        @router.get("/list")
        async def listed(request: Request, asker: Visitor) -> HTMLResponse:
            if self.gone:
                return HTMLResponse("gone", 303, {"Location": "/system"})
            self.made += 1
            docs = await self.runtime.store.find({})
            rows = sorted((doc.id, doc.state.count) for doc in docs)
            return pages.show(request, asker, "list.html", rows=rows, made=self.made)

        return router
