"""监察信号 for people and programs: what is listed of them, and how one is raised and closed by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.supervision.decide.signals import SIGNALS_OF
from services.supervision.model.commands import CloseSignal, RaiseSignal
from services.supervision.parts import Parts
from services.supervision.refusals import REFUSALS
from services.supervision.signal_views import ClosingBody, SignalBody
from services.supervision.store import Row
from shared.identity import Person
from shared.messaging.document import Store
from shared.web.commands import own_key, tell


async def find_signals(store: Store, wanted: Mapping[str, Any], department: str | None, limit: int) -> Sequence[Row]:
    """The newest first; `wanted` are fields of the rows, `department` the only one whose signals are seen."""
    seen = {"departments": department} if department else {}
    return await store.find_facts(SIGNALS_OF, {**wanted, **seen}, sort=(("at", -1), ("_id", 1)), limit=limit)


async def raise_signal(parts: Parts, case: str, body: SignalBody, asker: Person, key: str | None) -> Mapping[str, Any]:
    """Of a complaint about a case. Raises Problem as `refusals` says."""
    await parts.access.application(case[:13], asker, ("urge.issue",))
    command = RaiseSignal(case=case, code=body.code, text=body.text, by=asker.subject)
    return await tell(parts.runtime, case[:13], command, REFUSALS, key=own_key(asker.subject, key))


async def close_signal(
    parts: Parts, application: str, number: int, body: ClosingBody, asker: Person, key: str | None
) -> Mapping[str, Any]:
    """What came of it. Raises Problem as `refusals` says."""
    await parts.access.application(application, asker, ("urge.issue",))
    command = CloseSignal(number=number, outcome=body.outcome, text=body.text, by=asker.subject)
    return await tell(parts.runtime, application, command, REFUSALS, key=own_key(asker.subject, key))
