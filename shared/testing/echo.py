"""The smallest service that the delivery core can run: it counts what it hears and says one event for each.

It plays approval: it hears `ApplicationSupplemented`, and answers each with a `CaseWithdrawn` whose case number is the
running count. A command adds to the count too. `POISON` makes the rule raise, `fixed` mends it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shared.contracts.approval import CaseWithdrawn
from shared.contracts.envelope import Outgoing, encode
from shared.contracts.intake import ApplicationSupplemented
from shared.contracts.topics import INTAKE
from shared.kernel import Decision, Fact, Frozen, Refused
from shared.messaging.broker import KafkaPublisher
from shared.messaging.connected import Connected
from shared.messaging.document import Fields
from shared.messaging.hears import Hears, by_application
from shared.messaging.runtime import Runtime
from shared.mongo import Driver, MongoStore, connect, disconnect

POISON = datetime(2026, 1, 1, tzinfo=UTC)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class Count(Frozen):
    """How often the application was heard of or spoken to."""

    application: str
    count: int = 0
    note: str = ""


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

    def dump(self, state: Count, fields: Fields = None) -> Mapping[str, Any]:
        """Plain values."""
        return state.model_dump(mode="json", include=fields, exclude_defaults=True)

    def load(self, raw: Mapping[str, Any]) -> Count:
        """The state."""
        return Count.model_validate(raw)

    def index(self, state: Count) -> Mapping[str, Any]:
        """The count is looked for, also under each of its names."""
        return {"count": state.count, "named": {f"{state.count % 2}": f"{state.count:03d}"}}


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


def echo(kafka: str, mongo_uri: str, database: str, group: str, driver: Driver = "motor") -> Connected:
    """The echo service on a real Kafka and MongoDB."""
    client = connect(mongo_uri, driver)
    store = MongoStore(client, database, EchoCodec())
    publisher = KafkaPublisher(kafka, group)
    runtime = Runtime(
        "approval",
        hears=HEARS,
        decide=decide,
        rules=EchoRules,
        store=store,
        publisher=publisher,
        clock=lambda: datetime.now(UTC),
    )

    async def close() -> None:
        await disconnect(client)

    return Connected(runtime, publisher, store, kafka, close, group)


def die_before_publishing(service: Connected) -> None:
    """kill -9 between save and publish."""

    async def publish(_: Any) -> list[int]:
        os.kill(os.getpid(), signal.SIGKILL)
        return []

    service.publisher.publish = publish  # type: ignore[assignment,method-assign]


def die_before_committing(service: Connected) -> None:
    """kill -9 between publish and commit."""
    handle = service.runtime.handle

    async def handled(records: Any) -> None:
        await handle(records)
        os.kill(os.getpid(), signal.SIGKILL)

    service.runtime.handle = handled  # type: ignore[method-assign]


DEATHS = {"none": lambda _: None, "before-publish": die_before_publishing, "before-commit": die_before_committing}


async def _forever(kafka: str, mongo_uri: str, database: str, group: str, death: str) -> None:
    service = echo(kafka, mongo_uri, database, group)
    DEATHS[death](service)
    await service.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await service.stop()


if __name__ == "__main__":
    asyncio.run(_forever(*sys.argv[1:]))
