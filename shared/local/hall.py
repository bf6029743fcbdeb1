"""The hall in one process: any of the five services behind one web port, with the pages that belong to no service.

The same `create_app` as in production is mounted here; only the development issuer is added, and only outside
production.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI

from services.intake.catalogue import load
from shared.clock import Clock, system_clock
from shared.contracts.topics import SERVICES
from shared.health import Check, Fault, Health
from shared.local.chooser import chooser
from shared.local.issuer import DevelopmentIssuer
from shared.settings import Settings
from shared.web import asyncapi
from shared.web.app import build_app, run_lifespans
from shared.web.front import front_pages


def departments() -> tuple[str, ...]:
    """The departments' codes, as topics and tokens name them."""
    return tuple(_names())


@cache
def _names() -> Mapping[str, str]:
    """Department → name. Reading the catalogue takes half a second."""
    return {code: department.name for code, department in load().departments.items()}


def build_hall(settings: Settings, services: Sequence[str] = SERVICES, clock: Clock = system_clock) -> FastAPI:
    """Mount the services named; `/healthz/ready` is ready when all of them are."""
    apps = {name: _create_app(name)(settings, clock) for name in services}
    entrance = front(settings, {name: app.state.health.faults for name, app in apps.items()})
    hall = build_app(
        "hall",
        settings,
        title="onedoor 只进一扇门",
        description="县级政务服务一门式大厅：五个服务在一个端口之后。",
        routers=entrance.routers,
        health=entrance.health,
        lifespan=lambda _: run_lifespans(apps.values()),
    )
    for name, app in apps.items():
        hall.mount(f"/{name}", app)
    return hall


class Front:
    """What stands before the services: its own pages, contracts, development sign-in, and the joined probes."""

    def __init__(self, routers: list[APIRouter], health: Health) -> None:
        self.routers, self.health = routers, health


def front(settings: Settings, faults: Mapping[str, Callable[[], Awaitable[dict[str, Fault | None]]]]) -> Front:
    """The front of a hall whose services answer `faults` about their parts."""
    routers = [front_pages(settings), asyncapi.router(settings)]
    if not settings.production:
        issuer = DevelopmentIssuer(settings, _names())
        routers += [issuer.router(), chooser(settings, issuer, _names())]
    return Front(routers, Health("hall", ready={name: _joined(ask) for name, ask in faults.items()}))


def _create_app(name: str) -> Any:
    return importlib.import_module(f"services.{name}.app").create_app


def _joined(ask: Callable[[], Awaitable[dict[str, Fault | None]]]) -> Check:
    async def check() -> Fault | None:
        bad = {part: fault for part, fault in (await ask()).items() if fault}
        return Fault("; ".join(f"{part}: {fault.reason}" for part, fault in bad.items())) if bad else None

    return check
