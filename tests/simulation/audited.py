"""The audit's own proof of a hall that nobody has tampered with: whatever it went through, nothing is broken."""

from __future__ import annotations

from services.supervision.proof import Cases, Days, SealChecks
from services.supervision.store import SupervisionCodec
from shared.testing.memory import MemoryStore
from tests.component.supervision.sealed_hall import BusRecords
from tests.simulation.hall import Hall


async def audited(hall: Hall) -> None:
    """Everything that supervision keeps, with the event log and without, as it stands at this instant."""
    there, store = hall.databases["supervision"], MemoryStore(SupervisionCodec())
    store.rows, store.index = dict(there.rows), dict(there.index)
    store.facts = {name: dict(rows) for name, rows in there.facts.items()}
    rules = hall.cores["supervision"].rules()
    for records in (None, BusRecords(hall.bus)):
        report = await Days(Cases(store, SealChecks(store, {}, records), rules, records)).everything()
        for found in report.findings:
            hall.watch.broken("broken", found.reason, found.row or found.application, found.detail)
