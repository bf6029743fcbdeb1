"""`onedoor run`: a real Kafka and MongoDB, all five services behind one port, started and stopped in order."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from rich.console import Console
from starlette.types import Message, Receive, Scope, Send

from services.intake.catalogue import CatalogueBroken
from services.supervision.calendar.notices import CalendarFileError
from shared.contracts.topics import SERVICES
from shared.local.data import PlatformError, announce, claim, live_run, reserve_port
from shared.local.hall import build_hall, departments
from shared.local.ingress import build_ingress
from shared.local.platform import Servers, platform
from shared.local.process import Child
from shared.local.sample.keeping import fill, intended
from shared.log import configure_logging
from shared.messaging.document import Unavailable
from shared.messaging.topics import WrongPartitions, create_topics
from shared.settings import Settings, SettingsError, load_settings, variable
from shared.steady import started
from shared.web.leaving import announced

CANNOT_START = (PlatformError, SettingsError, Unavailable, WrongPartitions, CatalogueBroken, CalendarFileError)
"""What a person can mend, and is told in one sentence: servers, settings, topics, catalogue, calendar."""

PORTS = {"hall": 8000, "intake": 8001, "approval": 8002, "licensing": 8003, "supervision": 8004, "ratings": 8005}
console = Console(stderr=True, highlight=False)


async def run(data: Path, *, processes: bool, empty: bool = False) -> None:
    """Run the hall until SIGINT or SIGTERM; on a new data directory it opens with a sample, unless `empty`.

    Raises PlatformError or SettingsError before anything is half started. Servers that were given get no sample.
    """
    if live_run(data):
        with claim(data):  # says who runs there
            pass
    wanted = _stop_wanted()
    kafka, mongo_uri = os.environ.get(variable("kafka")), os.environ.get(variable("mongo_uri"))
    ours = not kafka and not mongo_uri and os.environ.get(variable("env")) != "production"
    sample = ours and intended(data, console, empty=empty)
    console.print("正在启动 Kafka 和 MongoDB … [dim]starting the servers[/dim]")
    async with platform(data, progress=sys.stderr.isatty(), kafka=kafka, mongo_uri=mongo_uri) as servers:
        port = reserve_port(data, "hall", PORTS["hall"])
        settings = _settings(data, servers, port.number)
        (data / "logs").mkdir(exist_ok=True)
        configure_logging(settings.log_level, (data / "logs" / "hall.log").open("a", encoding="utf-8"))
        await create_topics(settings.kafka, departments())
        if sample and not await _filled(data, settings, wanted):
            console.print("\n样例没有造完，已停止；下次启动从头再来。 [dim]stopped; starts over the next time[/dim]")
            return
        console.print("正在启动五个服务 … [dim]starting the five services[/dim]")
        async with (
            _services(data, settings, processes=processes) as (app, children),
            _serving(app, wanted, port.number),
        ):
            announce(data, address=settings.public_url, cut_off=settings.cut_off.isoformat())
            await _until_ready(settings.public_url, wanted, children)
            _welcome(settings.public_url, data)
            await wanted.wait()
            console.print("\n正在依次停止 … [dim]stopping in order[/dim]")
    console.print(
        "已停止，数据保留；make run 再次启动，make fresh 清空重来。 [dim]stopped; data are kept[/dim]", soft_wrap=True
    )


async def serve(service: str, host: str, port: int) -> None:
    """Run one service as its own process, on the servers that the settings name."""
    settings = load_settings()
    settings.need("kafka", "mongo_uri")
    configure_logging(settings.log_level)
    wanted = _stop_wanted()
    app = build_hall(settings, [service])
    async with _serving(app, wanted, port, host):
        started()
        await wanted.wait()


async def _filled(data: Path, settings: Settings, wanted: asyncio.Event) -> bool:
    """Make the sample; False when somebody wanted to stop before it was made. Raises PlatformError."""
    console.print("正在造样例，约需半分钟 … [dim]making the sample, about half a minute; Ctrl-C stops[/dim]")
    began = time.monotonic()
    making, stopped = asyncio.create_task(fill(data, settings, console)), asyncio.create_task(wanted.wait())
    await asyncio.wait({making, stopped}, return_when=asyncio.FIRST_COMPLETED)
    making.cancel()
    stopped.cancel()
    await asyncio.gather(making, stopped, return_exceptions=True)
    if making.cancelled():
        return False
    made = making.result()
    console.print(
        f"已有 {made.applications} 份样例申请、{made.cases} 个办件，用时 {time.monotonic() - began:.0f} 秒；"
        "都标明“样例”。 [dim]synthetic applications and cases; without: make run ARGS=--empty[/dim]",
        soft_wrap=True,
    )
    return True


def _settings(data: Path, servers: Servers, port: int) -> Settings:
    return load_settings(
        data_dir=data, kafka=servers.kafka, mongo_uri=servers.mongo_uri, public_url=f"http://127.0.0.1:{port}"
    )


@asynccontextmanager
async def _services(
    data: Path, settings: Settings, *, processes: bool
) -> AsyncIterator[tuple[FastAPI, Sequence[Child]]]:
    """The app behind the port, and the processes behind the app."""
    if not processes:
        yield build_hall(settings), ()
        return
    addresses: dict[str, str] = {}
    children: list[Child] = []
    async with AsyncExitStack() as stack:
        os.environ.update(_environment(settings))
        for name in SERVICES:
            port = reserve_port(data, name, PORTS[name])
            child = Child(name, data)
            stack.callback(port.release)
            stack.push_async_callback(child.stop, 30)
            child.start([sys.executable, "-m", "shared.cli", "serve", name, "--port", str(port.number)])
            children.append(child)
            addresses[name] = f"http://127.0.0.1:{port.number}"
        yield build_ingress(settings, addresses), children


def _environment(settings: Settings) -> Mapping[str, str]:
    fields = ("kafka", "mongo_uri", "public_url", "data_dir")
    return {variable(field): str(getattr(settings, field)) for field in fields}


def _stop_wanted() -> asyncio.Event:
    wanted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, wanted.set)
    return wanted


class _Server(uvicorn.Server):
    """Leaves signals to us: we stop in our own order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Parting:
    """Tells connections to close once the server leaves: one that was accepted at that very moment is not told by the
    server, would be served on, and cut off in the middle of a request when the patience is over. Streams, which have no
    end of their own, are told by `leaving`."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self.server: _Server | None = None
        self.leaving = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def parting(message: Message) -> None:
            if message["type"] == "http.response.start" and self.server is not None and self.server.should_exit:
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        await self._app(announced(scope, self.leaving), receive, parting)


@asynccontextmanager
async def _serving(app: FastAPI, wanted: asyncio.Event, port: int, host: str = "127.0.0.1") -> AsyncIterator[None]:
    """Serve for the length of the block; a server that ends by itself ends the run. Raises what the start raises."""
    parting = _Parting(app)
    config = uvicorn.Config(
        parting,
        host=host,
        port=port,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=20,
        lifespan="off",
    )
    server = parting.server = _Server(config)
    async with app.router.lifespan_context(app):
        task = asyncio.create_task(server.serve())
        task.add_done_callback(lambda _: wanted.set())
        try:
            yield
        finally:
            server.should_exit = True
            parting.leaving.set()
            await asyncio.gather(task, return_exceptions=True)
    if not server.started:
        raise PlatformError(f"端口 {port} 无法使用，请换一个端口或关闭占用它的程序。 port {port} cannot be used")


async def _until_ready(address: str, wanted: asyncio.Event, children: Sequence[Child]) -> None:
    async with httpx.AsyncClient() as client:
        while not wanted.is_set():
            for child in children:
                if not child.alive:
                    raise child.failure("没有启动")
            try:
                if (await client.get(f"{address}/healthz/ready", timeout=10)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.2)


def _welcome(address: str, data: Path) -> None:
    print(f"\nonedoor 已就绪 ready: {address}", flush=True)
    console.print(
        f"""
  首页和实时数字   {address}/            [dim]start page, live numbers, API documentation[/dim]
  走一遍真实办件   make demo           [dim]carries one 开办餐饮店 application from question to rating[/dim]
  看运行状况       make status         [dim]lag, outboxes, parked, dead letters, lights[/dim]
  日志             {data / "logs"}
  停止             Ctrl-C""",
        soft_wrap=True,
    )
