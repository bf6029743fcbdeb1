"""The smallest service that the delivery core can run: it counts what it hears and says one event for each.

It plays approval: it hears `ApplicationSupplemented`, and answers each with a `CaseWithdrawn` whose case number is the
running count. A command adds to the count too. `POISON` makes the rule raise, `fixed` mends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shared.contracts.approval import CaseWithdrawn
from shared.contracts.envelope import Outgoing, encode
from shared.contracts.intake import ApplicationSupplemented
from shared.contracts.topics import INTAKE
from shared.kernel import Decision, Fact, Frozen, Refused
from shared.messaging.hears import Hears, by_application

POISON = datetime(2026, 1, 1, tzinfo=UTC)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Count(Frozen):
    """How often the application was heard of or spoken to."""

    application: str
    count: int = 0


class Add(Frozen):
    """A command: count `by` more. Nought is refused."""

    application: str
    by: int = 1


class EchoRules(Frozen):
    """`fixed`: the poison raises no more."""

    fixed: bool = False


HEARS = (Hears(INTAKE, (ApplicationSupplemented,), by_application),)


def decide(state: Count | None, message: ApplicationSupplemented | Add, now: datetime, rules: EchoRules) -> Any:
    """Count, and say so."""
    if isinstance(message, ApplicationSupplemented) and message.at == POISON and not rules.fixed:
        raise ValueError("poison")
    if isinstance(message, Add) and message.by == 0:
        return Refused("nothing_to_add")
    by = message.by if isinstance(message, Add) else 1
    count = (state.count if state else 0) + by
    said = CaseWithdrawn(application=message.application, case=f"{message.application}-{count % 100:02d}", at=now)
    row = {"application": message.application, "count": count}
    return Decision(
        Count(application=message.application, count=count),
        (said,),
        {"count": count},
        (Fact("counts", f"{message.application}/{count}", row),),
    )


class EchoCodec:
    """State ↔ plain values."""

    def dump(self, state: Count) -> Mapping[str, Any]:
        """Plain values."""
        return state.model_dump(mode="json")

    def load(self, raw: Mapping[str, Any]) -> Count:
        """The state."""
        return Count.model_validate(raw)

    def index(self, state: Count) -> Mapping[str, Any]:
        """The count is looked for."""
        return {"count": state.count}


def supplemented(application: str, seq: int, at: datetime = AT) -> Outgoing:
    """What intake says the `seq`-th time about an application."""
    return encode(
        ApplicationSupplemented(application=application, at=at),
        topic=INTAKE.name,
        source=f"intake/{application}",
        seq=seq,
        at=at,
        cause="test",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    )
