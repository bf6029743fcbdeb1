"""The supervision service put together: the only wiring of 倒计时监管."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

from fastapi import FastAPI

from services.supervision.access import Access
from services.supervision.acts import Acts
from services.supervision.api import api
from services.supervision.behind import standing
from services.supervision.calendar.api import calendar_api
from services.supervision.calendar.in_force import InForce
from services.supervision.calendar.publishing import Publishing
from services.supervision.calendar.recounting import Recounting
from services.supervision.decide import decide
from services.supervision.digest import Digests
from services.supervision.handlers import HEARS
from services.supervision.pages import pages
from services.supervision.parts import Parts
from services.supervision.scan import WORK, HeardUntil, Scanner
from services.supervision.sealing.keys import AuditKeys
from services.supervision.sealing.sealer import Sealer
from services.supervision.signals_api import signals_api
from services.supervision.store import INDEXES, SupervisionCodec
from services.supervision.wall.numbers import LiveNumbers
from services.supervision.wall.snapshot import Snapshots
from shared.backing import Backing, RealBacking
from shared.clock import Clock, system_clock
from shared.contracts.topics import SUPERVISION
from shared.messaging.progress import CaughtUp
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.assemble import Background, assemble


def create_app(
    settings: Settings,
    clock: Clock = system_clock,
    backing: Backing | None = None,
    heard_until: HeardUntil | None = None,
) -> FastAPI:
    """The service as a web application; `app.state.scanner` is its scan, `app.state.recounting` its sweep after a
    calendar, `app.state.sealer` its sealing, which run by themselves on real servers alone.

    `heard_until` None: the broker is asked how far everything was heard. A backing without a broker knows no such
    instant: without `heard_until` the scan then takes the clock's word, and runs only when it is called (`once`).
    Raises SettingsError when a key is not set, WrongKey for a file that holds none, CalendarFileError for a broken
    calendar file.
    """
    settings.need("holder_key")
    keys = AuditKeys.of(settings)
    backing = backing or RealBacking("supervision", settings)
    in_force = InForce.of_deployment(settings.cut_off)
    runtime = _runtime(backing, in_force, clock)
    parts = _parts(runtime, settings, in_force, keys)
    scanner, background = _scan(runtime, settings, backing, heard_until)
    sealer, recounting = Sealer(runtime, keys.signer), Recounting(runtime, in_force)
    app = assemble(
        runtime,
        settings,
        backing,
        title="倒计时监管",
        description="全厅唯一的时钟：受理、办理、联办、出件各时限的倒计时、亮灯和到期，以及每份申请的时间线和审计链。",
        routers=[api(parts), signals_api(parts), calendar_api(parts), *pages(parts)],
        background=[lambda: in_force.kept(runtime), *background, *_apart(recounting, sealer, parts.digests, backing)],
        standing={"scan": partial(standing, runtime, WORK)},
    )
    app.state.scanner, app.state.recounting, app.state.sealer = scanner, recounting, sealer
    return app


def _runtime(backing: Backing, in_force: InForce, clock: Clock) -> Runtime:
    return Runtime(
        "supervision",
        hears=HEARS,
        decide=decide,
        rules=in_force.asked,
        store=backing.store(SupervisionCodec(), INDEXES),
        publisher=backing.publisher(),
        clock=clock,
    )


def _parts(runtime: Runtime, settings: Settings, in_force: InForce, keys: AuditKeys) -> Parts:
    access, numbers = Access(runtime.store, settings), LiveNumbers(runtime)
    return Parts(
        runtime=runtime,
        store=runtime.store,
        settings=settings,
        in_force=in_force,
        access=access,
        acts=Acts(runtime, access),
        numbers=numbers,
        digests=Digests(runtime),
        snapshots=Snapshots(runtime, lambda: in_force.rules.office, numbers),
        keys=keys,
        publishing=Publishing(runtime, in_force),
    )


def _scan(
    runtime: Runtime, settings: Settings, backing: Backing, heard_until: HeardUntil | None
) -> tuple[Scanner, Iterable[Background]]:
    if heard_until is not None:
        scanner = Scanner(runtime, heard_until)
        return scanner, (scanner.running,)
    if not isinstance(backing, RealBacking):
        return Scanner(runtime, _clock_of(runtime)), ()
    others = [topic for topic in runtime.ears.topics if topic != SUPERVISION.name]  # our own events move no clock
    progress = CaughtUp(settings.kafka, runtime.name, others, runtime.clock)
    scanner = Scanner(runtime, progress.until)

    @asynccontextmanager
    async def scanning() -> AsyncIterator[None]:
        try:
            async with scanner.running():
                yield
        finally:
            await progress.stop()

    return scanner, (scanning,)


def _apart(recounting: Recounting, sealer: Sealer, digests: Digests, backing: Backing) -> Iterable[Background]:
    """What goes on by itself beside messages and scan, on real servers alone."""
    running = (recounting.running, sealer.running, digests.kept)
    return running if isinstance(backing, RealBacking) else ()


def _clock_of(runtime: Runtime) -> HeardUntil:
    async def now() -> datetime:
        return runtime.clock()

    return now
