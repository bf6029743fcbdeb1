"""The five cores as they run in production: what each hears, its rules, its codec. Only the wiring is the test's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.approval import decide as approval
from services.approval.handlers import HEARS as APPROVAL_HEARS
from services.approval.model import RULES as APPROVAL_RULES
from services.approval.store import ApprovalCodec
from services.intake import decide as intake
from services.intake.handlers import HEARS as INTAKE_HEARS
from services.intake.store import IntakeCodec
from services.licensing import decide as licensing
from services.licensing.handlers import HEARS as LICENSING_HEARS
from services.licensing.issuing import IssuingRules
from services.licensing.model import Facts, Signed
from services.licensing.store import ResultCodec
from services.ratings import decide as ratings
from services.ratings.handlers import HEARS as RATINGS_HEARS
from services.ratings.store import RatingsCodec
from services.ratings.tags import RULES as RATINGS_RULES
from services.supervision import decide as supervision
from services.supervision.calendar.working_days import load_calendar
from services.supervision.due import Office
from services.supervision.handlers import HEARS as SUPERVISION_HEARS
from services.supervision.rules import Rules
from services.supervision.store import SupervisionCodec
from shared.messaging.document import Codec
from shared.messaging.hears import Hears
from shared.settings import Settings
from shared.signing import Ed25519Signer


@dataclass(frozen=True)
class Core:
    """One service without its edges."""

    hears: Sequence[Hears]
    decide: Callable[..., Any]
    codec: Codec
    rules: Callable[[], Any]


class SickSigner:
    """The rules of licensing while its signer fails for one application: a rule that raises until it is mended."""

    def __init__(self, rules: IssuingRules, sick_for: Callable[[], str]) -> None:
        self._rules, self._sick_for = rules, sick_for
        self.make_identifier = rules.make_identifier
        self.found_by = rules.found_by

    def sign(self, facts: Facts) -> Signed:
        if facts.case.partition("-")[0] == self._sick_for():
            raise ValueError("the signer fails")
        return self._rules.sign(facts)


@cache
def _rules_of_time() -> Rules:
    return Rules(Office(load_calendar(), Settings.model_fields["cut_off"].default))


@cache
def _rules_of_issuing() -> IssuingRules:
    return IssuingRules(Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32)))))


def cores(sick_for: Callable[[], str]) -> Mapping[str, Core]:
    """The five, by name. `sick_for`: the application for which licensing's signer fails now, or nothing."""
    issuing = SickSigner(_rules_of_issuing(), sick_for)
    return {
        "intake": Core(INTAKE_HEARS, intake.decide, IntakeCodec(), lambda: None),
        "approval": Core(APPROVAL_HEARS, approval.decide, ApprovalCodec(), lambda: APPROVAL_RULES),
        "licensing": Core(LICENSING_HEARS, licensing.decide, ResultCodec(), lambda: issuing),
        "supervision": Core(SUPERVISION_HEARS, supervision.decide, SupervisionCodec(), _rules_of_time),
        "ratings": Core(RATINGS_HEARS, ratings.decide, RatingsCodec(), lambda: RATINGS_RULES),
    }
