"""What an officer does at the built-in desk, for programs and for pages alike: find a task, take it, hand it back,
reassign it, give the opinion; and what a head arranges: who stands in for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.approval.model import (
    DEPUTIES,
    Approval,
    AtTheDesk,
    Case,
    Deputy,
    GiveOpinion,
    HandBackTask,
    NameDeputy,
    ReassignTask,
    TakeTask,
    Task,
)
from services.approval.refusals import REFUSALS, no_such
from services.approval.standing import Standing
from services.approval.store import colleagues, find_approval
from shared.contracts.terms import Verdict
from shared.identity import Person, scope_of
from shared.messaging.document import Store
from shared.messaging.runtime import Runtime
from shared.permissions import Role
from shared.web.commands import answering, own_key, tell


@dataclass(frozen=True, slots=True)
class Found:
    """A task with its case and the application's whole document."""

    state: Approval
    case: Case
    task: Task


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk over one service. Every method raises Problem: 404 alike for others' tasks and for none, what
    `REFUSALS` says, and 503 while the service is busy. `key`: the idempotency key of the request or form."""

    runtime: Runtime
    store: Store
    standing: Standing

    async def find(self, number: str, asker: Person, action: str) -> Found:
        """The task, if it is in the asker's reach under this action."""
        scope = scope_of(asker, action)
        sight = scope.filter(department="departments")
        state = await answering(find_approval(self.store, number[:13], [sight]))
        found = state.task(number) if state else None
        if state is None or found is None or not scope.covers(departments=[found[1].department]):
            raise no_such("task")
        return Found(state, *found)

    async def take(self, number: str, asker: Person, key: str | None) -> Mapping[str, Any]:
        """我来办."""
        found = await self.find(number, asker, "task.take")
        return await self._ask(found, TakeTask(**_who(found, asker)), key)

    async def hand_back(self, number: str, asker: Person, reason: str, key: str | None) -> Mapping[str, Any]:
        """退回全部门."""
        found = await self.find(number, asker, "task.hand_back")
        return await self._ask(found, HandBackTask(**_who(found, asker), reason=reason), key)

    async def reassign(
        self, number: str, asker: Person, to: str, reason: str | None, key: str | None
    ) -> Mapping[str, Any]:
        """转交 (AB角): by the head, to an officer's reference. What colleagues call them is known once they acted."""
        found = await self.find(number, asker, "task.reassign")
        names = await answering(colleagues(self.store, found.task.department))
        to = to.strip()
        name = asker.name if to == asker.subject else names.get(to, "")
        command = ReassignTask(**_who(found, asker), to=to, to_name=name, reason=reason)
        said = command.model_copy(update={"to_name": ""})  # what the key stays with, whatever is known meanwhile
        return await self._ask(found, command, key, said)

    async def give(
        self, number: str, asker: Person, verdict: Verdict, reason: str | None, key: str | None
    ) -> Mapping[str, Any]:
        """出具意见: once for each task; the last one decides the case."""
        found = await self.find(number, asker, "task.give_opinion")
        return await self._ask(found, GiveOpinion(**_who(found, asker), verdict=verdict, reason=reason), key)

    async def deputies(self, asker: Person) -> tuple[Deputy, ...]:
        """Who stands in for whom in the asker's department."""
        await answering(self.standing.learn(self.store))
        return self.standing.rules.deputies.of(scope_of(asker, "task.reassign").department or "")

    async def name_deputy(self, asker: Person, officer: str, deputy: str, key: str | None) -> Mapping[str, Any]:
        """Name the B-role of an officer, of everybody (`officer` empty), or nobody any more (`deputy` empty)."""
        department = scope_of(asker, "task.reassign").department or ""
        names = {**await answering(colleagues(self.store, department)), asker.subject: asker.name}
        who, to = officer.strip(), deputy.strip()
        command = NameDeputy(
            department=department, officer=who, officer_name=names.get(who, ""), deputy=to,
            deputy_name=names.get(to, ""), by=asker.subject,
        )  # fmt: skip
        said = command.model_copy(update={"officer_name": "", "deputy_name": ""})
        own = own_key(asker.subject, key)
        answer = await tell(self.runtime, DEPUTIES, command, REFUSALS, key=own, said=said)
        await answering(self.standing.learn(self.store))
        return answer

    async def _ask(
        self, found: Found, command: AtTheDesk, key: str | None, said: AtTheDesk | None = None
    ) -> Mapping[str, Any]:
        own = own_key(command.officer, key)
        return await tell(self.runtime, found.case.application, command, REFUSALS, key=own, said=said)


def _who(found: Found, asker: Person) -> dict[str, Any]:
    """Who acts on which task, from the token."""
    return {
        "task": found.task.id,
        "department": found.task.department,
        "officer": asker.subject,
        "name": asker.name,
        "head": Role.DEPARTMENT_HEAD in asker.roles,
    }
