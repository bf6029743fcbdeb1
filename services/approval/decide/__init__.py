"""The rules of approval 分类审批, by behaviour: how a case begins, whose hands a task is in, what an opinion does, what
stops and lengthens its time, how a case ends, what supervision says of that time, what it urges, and who stands in for
whom.

Pure: (state, message, now, rules) -> Decision | Refused. Nothing here reads a clock, draws a number or looks
anything up.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_never

from services.approval.decide.begin import accept, make_ready
from services.approval.decide.end import close, withdraw
from services.approval.decide.extension import ask, extend, extend_joint
from services.approval.decide.extension import refuse as refuse_extension
from services.approval.decide.hand import hand_back, reassign, take
from services.approval.decide.opinion import give_opinion
from services.approval.decide.procedure import end, start
from services.approval.decide.standing_in import name_deputy, silent
from services.approval.decide.timing import keep_time
from services.approval.decide.urging import keep_answer, keep_urge
from services.approval.model import (
    Approval,
    AskExtension,
    AtTheDesk,
    DepartmentSays,
    Deputies,
    EndProcedure,
    ExtendJointLimit,
    ExtendLimit,
    GiveOpinion,
    HandBackTask,
    Message,
    NameDeputy,
    ReassignTask,
    RefuseExtension,
    Rules,
    StartProcedure,
    TakeTask,
    Wish,
)
from shared.contracts.intake import CaseAccepted, CaseClosed, CaseReady, WithdrawalRequested
from shared.contracts.supervision import (
    ClockMoved,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    CountdownPassed,
    LightChanged,
    UrgeAnswered,
    UrgeIssued,
)
from shared.kernel import Decision, Refused


def decide(known: Approval | Deputies | None, message: Message, now: datetime, rules: Rules) -> Decision[Any] | Refused:
    """One message to the document of one application, or to that of all deputies."""
    if isinstance(message, NameDeputy):
        return name_deputy(known if isinstance(known, Deputies) else None, message, now)
    state = known if isinstance(known, Approval) else None
    if isinstance(message, AtTheDesk | DepartmentSays | ExtendJointLimit):
        return _wished(state, message, now, rules)
    match message:
        case CaseAccepted():
            return accept(state, message, now)
        case CaseReady():
            return make_ready(state, message, now)
        case CaseClosed():
            return close(state, message, now)
        case WithdrawalRequested():
            return withdraw(state, message, now)
        case ClockStarted() | ClockPaused() | ClockResumed() | ClockMoved() | LightChanged():
            return keep_time(state, message)
        case UrgeIssued():
            return keep_urge(state, message)
        case UrgeAnswered():
            return keep_answer(state, message)
        case CountdownPassed():
            return silent(state, message, now, rules)
        case _:
            assert_never(message)


def _wished(state: Approval | None, message: Wish, now: datetime, rules: Rules) -> Decision[Any] | Refused:
    """What somebody asks for."""
    match message:
        case GiveOpinion() | DepartmentSays():
            return give_opinion(state, message, now, rules)
        case TakeTask():
            return take(state, message, now)
        case HandBackTask():
            return hand_back(state, message, now)
        case ReassignTask():
            return reassign(state, message, now)
        case StartProcedure():
            return start(state, message, now)
        case EndProcedure():
            return end(state, message, now)
        case AskExtension():
            return ask(state, message, now)
        case ExtendLimit():
            return extend(state, message, now)
        case RefuseExtension():
            return refuse_extension(state, message, now)
        case ExtendJointLimit():
            return extend_joint(state, message, now)
        case _:
            assert_never(message)
