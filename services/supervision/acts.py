"""What people do here: urge, answer, record what came of it, raise and close signals; for programs and for pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.supervision.access import Access
from services.supervision.model import AnswerUrge, IssueUrge, RecordOutcome
from services.supervision.model.commands import CloseSignal, RaiseSignal
from services.supervision.refusals import REFUSALS
from services.supervision.signal_views import ClosingBody, SignalBody
from services.supervision.urge_views import AnswerBody, OutcomeBody, UrgeBody
from shared.identity import Person, scope_of
from shared.kernel import Refused
from shared.messaging.runtime import Runtime
from shared.web.commands import own_key, refusal, tell


class Acts:
    """Commands of people, each with the idempotency key of its caller."""

    def __init__(self, runtime: Runtime, access: Access) -> None:
        self._runtime, self._access = runtime, access

    async def urge(self, case: str, body: UrgeBody, asker: Person, key: str | None) -> Mapping[str, Any]:
        """Urge the departments of a case. Raises Problem as `refusals` says."""
        await self._access.application(case[:13], asker, ("urge.issue",))
        command = IssueUrge(
            case=case,
            departments=tuple(body.departments),
            text=body.text,
            by=asker.subject,
            reply_by=body.reply_by,
            rung=body.rung,
        )
        return await tell(self._runtime, case[:13], command, REFUSALS, key=own_key(asker.subject, key))

    async def answer(
        self, case: str, number: int, body: AnswerBody, asker: Person, key: str | None
    ) -> Mapping[str, Any]:
        """Answer for the asker's department. Raises Problem; another department's urge is told like none."""
        department = scope_of(asker, "urge.answer").department
        if department is None:
            raise refusal(Refused("no_such_urge"), REFUSALS)
        command = AnswerUrge(case=case, number=number, department=department, text=body.text, by=asker.subject)
        return await tell(self._runtime, case[:13], command, REFUSALS, key=own_key(asker.subject, key))

    async def record(
        self, case: str, number: int, body: OutcomeBody, asker: Person, key: str | None
    ) -> Mapping[str, Any]:
        """Record what came of a talk or a referral. Raises Problem as `refusals` says."""
        await self._access.application(case[:13], asker, ("urge.issue",))
        command = RecordOutcome(
            case=case, number=number, outcome=body.outcome, day=body.day, text=body.text, by=asker.subject
        )
        return await tell(self._runtime, case[:13], command, REFUSALS, key=own_key(asker.subject, key))

    async def raise_signal(self, case: str, body: SignalBody, asker: Person, key: str | None) -> Mapping[str, Any]:
        """Raise a signal of a complaint about a case. Raises Problem as `refusals` says."""
        await self._access.application(case[:13], asker, ("urge.issue",))
        command = RaiseSignal(case=case, code=body.code, text=body.text, by=asker.subject)
        return await tell(self._runtime, case[:13], command, REFUSALS, key=own_key(asker.subject, key))

    async def close_signal(
        self, application: str, number: int, body: ClosingBody, asker: Person, key: str | None
    ) -> Mapping[str, Any]:
        """Say what came of a signal. Raises Problem as `refusals` says."""
        await self._access.application(application, asker, ("urge.issue",))
        command = CloseSignal(number=number, outcome=body.outcome, text=body.text, by=asker.subject)
        return await tell(self._runtime, application, command, REFUSALS, key=own_key(asker.subject, key))
