"""The ratings service put together: the only wiring of 好差评."""

from __future__ import annotations

from fastapi import FastAPI

from services.ratings.api import api
from services.ratings.decide import decide
from services.ratings.handlers import HEARS
from services.ratings.pages import pages
from services.ratings.store import INDEXES, RatingsCodec
from services.ratings.tags import RULES
from shared.backing import Backing, RealBacking
from shared.clock import Clock, system_clock
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.assemble import assemble


def create_app(settings: Settings, clock: Clock = system_clock, backing: Backing | None = None) -> FastAPI:
    """The service as a web application. Raises SettingsError when the holder key is not set."""
    settings.need("holder_key")
    backing = backing or RealBacking("ratings", settings)
    store = backing.store(RatingsCodec(), INDEXES)
    runtime = Runtime(
        "ratings",
        hears=HEARS,
        decide=decide,
        rules=lambda: RULES,
        store=store,
        publisher=backing.publisher(),
        clock=clock,
    )
    return assemble(
        runtime,
        settings,
        backing,
        title="好差评",
        description="每个办件办结时邀请申请人评价一次；评价结果向社会公示。",
        routers=[*pages(runtime, store, settings, RULES), api(runtime, store, settings, RULES)],
    )
