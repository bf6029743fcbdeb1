"""What an officer does at the built-in desk, for programs and for pages alike: find a task, take it, hand it back,
reassign it, give the opinion, stop its time and ask for more; and what a head arranges: who stands in for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.approval.limit_views import ExtensionBody, JointExtensionBody, ProcedureBody
from services.approval.model import (
    DEPUTIES,
    Approval,
    AskExtension,
    AtTheDesk,
    Case,
    Deputy,
    EndProcedure,
    ExtendJointLimit,
    ExtendLimit,
    GiveOpinion,
    HandBackTask,
    NameDeputy,
    ReassignTask,
    RefuseExtension,
    StartProcedure,
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

    async def start(self, number: str, asker: Person, body: ProcedureBody, key: str | None) -> Mapping[str, Any]:
        """启动特别程序 (行政许可法 Art. 45)."""
        found = await self.find(number, asker, "task.pause")
        return await self._ask(found, StartProcedure(**_who(found, asker), **body.model_dump()), key)

    async def end(self, number: str, asker: Person, procedure: str, key: str | None) -> Mapping[str, Any]:
        """结束特别程序."""
        found = await self.find(number, asker, "task.pause")
        return await self._ask(found, EndProcedure(**_who(found, asker), procedure=procedure), key)

    async def ask_extension(
        self, number: str, asker: Person, body: ExtensionBody, key: str | None
    ) -> Mapping[str, Any]:
        """延期请示, to the head of the deciding body."""
        found = await self.find(number, asker, "task.ask_extension")
        return await self._ask(found, AskExtension(**_who(found, asker), **body.model_dump()), key)

    async def extend(self, number: str, asker: Person, body: ExtensionBody, key: str | None) -> Mapping[str, Any]:
        """延长办理期限 (行政许可法 Art. 42(1)), asked for or not."""
        found = await self.find(number, asker, "task.extend")
        return await self._ask(found, ExtendLimit(**_who(found, asker), **body.model_dump()), key)

    async def refuse_extension(self, number: str, asker: Person, reason: str, key: str | None) -> Mapping[str, Any]:
        """不同意延长."""
        found = await self.find(number, asker, "task.extend")
        return await self._ask(found, RefuseExtension(**_who(found, asker), reason=reason), key)

    async def application(self, number: str, asker: Person) -> Approval:
        """The document of an application that is decided jointly, for who enters an extension of its limit."""
        scope = scope_of(asker, "application.extend_joint")
        found = await answering(find_approval(self.store, number, [scope.filter()]))
        if found is None or not found.cases:
            raise no_such("case")
        return found

    async def extend_joint(
        self, number: str, asker: Person, body: JointExtensionBody, key: str | None
    ) -> Mapping[str, Any]:
        """延长联办期限 (行政许可法 Art. 42(2)), as the head of the government approved it."""
        found = await self.application(number, asker)
        command = ExtendJointLimit(by=asker.subject, name=asker.name, **body.model_dump())
        return await tell(self.runtime, found.application, command, REFUSALS, key=own_key(asker.subject, key))

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
