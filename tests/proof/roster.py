"""The five services as the checker knows them: what each hears, and how its state is indexed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.approval import handlers as approval
from services.approval.store import ApprovalCodec
from services.intake import handlers as intake
from services.intake.store import IntakeCodec
from services.licensing import handlers as licensing
from services.licensing.store import ResultCodec
from services.ratings import handlers as ratings
from services.ratings.store import RatingsCodec
from services.supervision import handlers as supervision
from services.supervision.store import SupervisionCodec
from shared.messaging.document import Codec
from shared.messaging.hears import Hears
from tests.proof.reading import Said

CODECS: Mapping[str, Codec] = {
    "intake": IntakeCodec(),
    "approval": ApprovalCodec(),
    "licensing": ResultCodec(),
    "supervision": SupervisionCodec(),
    "ratings": RatingsCodec(),
}
HEARS: Mapping[str, tuple[Hears, ...]] = {
    "intake": intake.HEARS,
    "approval": approval.HEARS,
    "licensing": licensing.HEARS,
    "supervision": supervision.HEARS,
    "ratings": ratings.HEARS,
}


def _routes() -> dict[tuple[str, str], list[tuple[str, Hears]]]:
    """(topic row, event name) -> (service, row) of everyone who hears it."""
    found: dict[tuple[str, str], list[tuple[str, Hears]]] = {}
    for service, rows in HEARS.items():
        for row in rows:
            for event in row.events:
                found.setdefault((row.topic.name, event.__name__), []).append((service, row))
    return found


_ROUTES = _routes()


def hearers(said: Said) -> Iterator[tuple[str, str]]:
    """(service, document id) of every document that this event concerns."""
    for service, row in _ROUTES.get((said.record.topic, said.name), ()):
        for document, _ in row.addressed(said.heard):
            yield service, document
