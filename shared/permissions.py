"""Who may do what: roles × actions as one table, and the scope that every query is filtered by.

Least privilege, split administrators (GB/T 22239-2019, level 3): the administrator runs the system and reads no
application; the supervisor reads and decides nothing, but enters what the head of the government has decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any


class Role(StrEnum):
    """The roles of the hall, as tokens name them in the claim `roles`."""

    APPLICANT = "applicant"  # 申请人: a natural person, or one who acts for an organisation
    AGENT = "agent"  # 代办员: applies for others
    CLERK = "clerk"  # 窗口: the counter of the hall
    OFFICER = "officer"  # 部门经办人, of one department
    DEPARTMENT_HEAD = "department_head"  # 部门负责人, of one department
    SUPERVISOR = "supervisor"  # 监管人员: clocks, urging, audit
    REVIEWER = "reviewer"  # 社会监督员、媒体
    ADMINISTRATOR = "administrator"  # 系统管理员


class Reach(IntEnum):
    """How far a permission reaches: what the person owns, what the department is concerned with, everything."""

    OWN = 1
    DEPARTMENT = 2
    ALL = 3


_OWN, _DEPARTMENT, _ALL = Reach.OWN, Reach.DEPARTMENT, Reach.ALL
_APPLICANTS = {Role.APPLICANT: _OWN, Role.AGENT: _OWN}
_DESK = {Role.OFFICER: _DEPARTMENT, Role.DEPARTMENT_HEAD: _DEPARTMENT}
_HEAD = {Role.DEPARTMENT_HEAD: _DEPARTMENT}
_CLERK = {Role.CLERK: _ALL}
_SUPERVISOR = {Role.SUPERVISOR: _ALL}
_ADMINISTRATOR = {Role.ADMINISTRATOR: _ALL}

ACTIONS: Mapping[str, Mapping[Role, Reach]] = {
    # intake 综合受理
    "application.submit": _APPLICANTS,
    "application.submit_on_behalf": {Role.AGENT: _OWN, **_CLERK},
    "application.supplement": {**_APPLICANTS, **_CLERK},
    "application.replace": {**_APPLICANTS, **_CLERK},
    "application.correct": _CLERK,
    "application.withdraw": _APPLICANTS,
    "application.read_own": _APPLICANTS,
    "application.read_any": {**_CLERK, **_DESK, **_SUPERVISOR},
    "application.accept": _CLERK,
    "application.supplement_request": _CLERK,
    "catalogue.publish": _ADMINISTRATOR,
    # approval 分类审批
    "task.read": {**_DESK, **_SUPERVISOR},
    "task.take": _DESK,
    "task.hand_back": _DESK,
    "task.give_opinion": _DESK,
    "task.pause": _DESK,
    "task.ask_extension": _DESK,
    "task.reassign": _HEAD,
    "task.extend": _HEAD,
    "application.extend_joint": _SUPERVISOR,  # approved by the head of the government, on paper (行政许可法 Art. 42(2))
    # licensing 统一出件
    "licence.read_own": _APPLICANTS,
    "licence.read_any": {**_CLERK, **_DESK},
    "licence.deliver": _CLERK,
    "licence.revoke": _HEAD,
    # supervision 倒计时监管
    "case.read_timeline_own": _APPLICANTS,
    "case.read_timeline_any": {**_CLERK, **_DESK, **_SUPERVISOR},
    "clock.read": {**_CLERK, **_DESK, **_SUPERVISOR},
    "urge.issue": _SUPERVISOR,
    "urge.answer": _DESK,
    "audit.read": _SUPERVISOR,
    "calendar.read": {**_CLERK, **_DESK, **_SUPERVISOR, **_ADMINISTRATOR},
    "digest.read": {**_HEAD, **_SUPERVISOR},
    "calendar.publish": _ADMINISTRATOR,
    # ratings 好差评
    "rating.give": _APPLICANTS,
    "rating.read_any": {**_DESK, **_SUPERVISOR, Role.REVIEWER: _ALL},
    "rating.rectify": _HEAD,
    # operations
    "status.read": {**_SUPERVISOR, **_ADMINISTRATOR},
    "deadletters.read": _ADMINISTRATOR,
    "deadletters.replay": _ADMINISTRATOR,
}

# Anyone, signed in or not: these routes ask for no person.
PUBLIC = frozenset({"catalogue.read", "licence.verify", "rating.read_public"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person may see of a collection. Several roles add up: own things or the department's."""

    own: str | None = None
    department: str | None = None
    all: bool = False

    def filter(self, own: str | None = None, department: str | None = None) -> dict[str, Any]:
        """The condition to put into the query, given the collection's fields for the owner and the department.

        A department field may hold one code or a list of them. Without a field to compare, nothing matches.
        """
        if self.all:
            return {}
        either = [
            {field: value} for field, value in ((own, self.own), (department, self.department)) if field and value
        ]
        if not either:
            return {"_id": {"$in": []}}
        return either[0] if len(either) == 1 else {"$or": either}

    def covers(self, own: str | None = None, departments: Iterable[str] = ()) -> bool:
        """The same judgement over one document already at hand: its owner and its departments."""
        mine = self.own is not None and self.own == own
        return self.all or mine or (self.department is not None and self.department in set(departments))


def reaches(roles: Iterable[Role], action: str) -> frozenset[Reach]:
    """Every reach that the roles give to the action; empty: not permitted. KeyError for an unknown action."""
    granted = ACTIONS[action]
    return frozenset(granted[role] for role in roles if role in granted)


def scope(subject: str, department: str | None, found: Iterable[Reach]) -> Scope:
    """The scope of one person for the reaches that the roles give."""
    reach = set(found)
    if Reach.ALL in reach:
        return Scope(all=True)
    return Scope(
        own=subject if Reach.OWN in reach else None,
        department=department if Reach.DEPARTMENT in reach else None,
    )
