"""The wiring of licensing 统一出件."""

from __future__ import annotations

from fastapi import FastAPI

from services.licensing.api import Desk, api
from services.licensing.decide import decide
from services.licensing.finding import Finder
from services.licensing.handlers import HEARS
from services.licensing.issuing import IssuingRules
from services.licensing.pages import pages
from services.licensing.printing import Printer
from services.licensing.store import INDEXES, ResultCodec
from shared import signing
from shared.backing import Backing, RealBacking
from shared.clock import Clock, system_clock
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.assemble import assemble


def create_app(settings: Settings, clock: Clock = system_clock, backing: Backing | None = None) -> FastAPI:
    """The service. Raises SettingsError or WrongKey when a secret is missing or cannot be read."""
    settings.need("signing_key", "holder_key", "seal_keys")
    assert settings.signing_key is not None  # noqa: S101  need() has seen it
    signer = signing.load(settings.signing_key)
    keys = {**signing.load_public(settings.retired_keys), signer.key_id: signer.public}
    finder = Finder(settings.keyring, settings.holder_key)
    rules = IssuingRules(signer, finder)
    backing = backing or RealBacking("licensing", settings)
    runtime = Runtime(
        "licensing",
        hears=HEARS,
        decide=decide,
        rules=lambda: rules,
        store=backing.store(ResultCodec(), INDEXES),
        publisher=backing.publisher(),
        clock=clock,
    )
    desk = Desk(runtime, settings, Printer(settings), finder, keys)
    return assemble(
        runtime,
        settings,
        backing,
        title="统一出件",
        description="电子证照、通知书和不予办理的决定书、告知书：签发、下载、送达和公开核验。",
        routers=[*pages(desk), *api(desk)],
    )
