"""The wiring of intake, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.intake.api import routers
from services.intake.api.parts import Parts
from services.intake.catalogue import DEFAULT, load
from services.intake.decide import decide
from services.intake.handing_in import HandingIn
from services.intake.handlers import HEARS
from services.intake.licences import LicenceCheck, Licences, OverHttp
from services.intake.model.commands import PublishItem
from services.intake.own_licences import OwnLicences, OwnOverHttp
from services.intake.pages import pages
from services.intake.planning import publications
from services.intake.senders import sender_of
from services.intake.store import INDEXES, IntakeCodec
from services.intake.sweeping import Sweeper
from services.intake.telling import Teller
from shared.backing import Backing, RealBacking
from shared.clock import Clock, system_clock
from shared.kernel import Refused
from shared.log import logger
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.assemble import Background, assemble


def create_app(
    settings: Settings,
    clock: Clock = system_clock,
    backing: Backing | None = None,
    *,
    catalogue: Path = DEFAULT,
    licences: LicenceCheck | None = None,
    own_licences: OwnLicences | None = None,
) -> FastAPI:
    """The app of intake: real MongoDB, Kafka and licensing unless a test brings its own.

    Raises CatalogueBroken, with file, line, field and reason, before anything is connected; SettingsError without
    `seal_keys` and `holder_key`.
    """
    settings.need("seal_keys", "holder_key")
    loaded = load(catalogue)
    backing = backing or RealBacking("intake", settings)
    store = backing.store(IntakeCodec(), INDEXES)
    runtime = Runtime(
        "intake",
        hears=HEARS,
        decide=decide,
        rules=lambda: None,
        store=store,
        publisher=backing.publisher(),
        clock=clock,
    )
    over_http, own_over_http, files = OverHttp(settings), OwnOverHttp(settings), backing.files()
    handing_in = HandingIn(files, Licences(loaded, licences or over_http), store, clock)
    own = own_licences or own_over_http
    parts = Parts(runtime, store, files, loaded, settings, settings.keyring, handing_in, backing.attempts(), own)
    return assemble(
        runtime,
        settings,
        backing,
        title="综合受理",
        description="事项目录、办事指南、一次告知、申请、收件、受理和补正。",
        routers=[*routers(parts), *pages(parts)],
        background=[over_http.opened, own_over_http.opened, *_at_work(parts)],
    )


def _at_work(parts: Parts) -> list[Background]:
    """What goes on beside messages and requests: the catalogue is published at a start, old files are swept, phones are
    told where a sender is set."""
    sender, runtime = sender_of(parts.settings), parts.runtime
    telling = [Teller(runtime, parts.keyring, sender).opened] if sender else []
    publishing = partial(published, runtime, publications(parts.catalogue))
    return [publishing, Sweeper(parts.files, parts.store, runtime.clock).opened, *telling]


@asynccontextmanager
async def published(runtime: Runtime, items: list[PublishItem]) -> AsyncIterator[None]:
    """Publishes the catalogue at a start."""
    await publish(runtime, items)
    yield


async def publish(runtime: Runtime, items: list[PublishItem]) -> None:
    """Say on the catalogue topic what is new in the catalogue since the last start."""
    answers = await asyncio.gather(*(runtime.ask(f"catalogue/{item.item}", item) for item in items))
    for item, answer in zip(items, answers, strict=True):
        if isinstance(answer, Refused):
            logger("intake").warning("item_not_published", item=item.item, code=answer.code, **answer.detail)
