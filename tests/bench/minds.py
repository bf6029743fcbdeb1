"""How each service reads and decides, without anything around it: for the programs that measure just that."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.licensing.finding import Finder
from services.licensing.issuing import IssuingRules
from services.ratings.tags import RULES as RATING_RULES
from services.supervision.calendar.working_days import load_calendar
from services.supervision.due import Office
from services.supervision.rules import Rules
from shared import signing
from shared.messaging.draft import Decide
from shared.messaging.hears import Ears
from shared.settings import Settings
from tests.proof.roster import CODECS, HEARS


@dataclass(frozen=True)
class Mind:
    """A service's ears, its rules, and how its state is stored."""

    ears: Ears
    decide: Decide
    rules: Any
    codec: Any
    indexes: Any


def mind_of(service: str, settings: Settings) -> Mind:
    """The mind of a service, with the rules that its app is wired with."""
    decide = importlib.import_module(f"services.{service}.decide").decide
    indexes = importlib.import_module(f"services.{service}.store").INDEXES
    return Mind(Ears(HEARS[service]), decide, _RULES[service](settings), CODECS[service], indexes)


def _issuing(settings: Settings) -> IssuingRules:
    assert settings.signing_key is not None
    return IssuingRules(signing.load(settings.signing_key), Finder(settings.keyring, settings.holder_key))


def _approval(_: Settings) -> Any:
    return importlib.import_module("services.approval.model").RULES


_RULES: dict[str, Callable[[Settings], Any]] = {
    "intake": lambda _: None,
    "approval": _approval,
    "licensing": _issuing,
    "supervision": lambda settings: Rules(Office(load_calendar(), settings.cut_off)),
    "ratings": lambda _: RATING_RULES,
}
