"""The rules of intake 综合受理, by behaviour: submission, acceptance, supplement, replacement, correction,
withdrawal, waiting, the time that is left, what stops and lengthens it, what is told, publication.

Pure: (state, message, now, rules) -> Decision | Refused. Nothing here reads a clock, draws a number or looks
anything up.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from services.intake.decide.accept import accept
from services.intake.decide.change_time import change_time
from services.intake.decide.correct import correct
from services.intake.decide.deem import deem
from services.intake.decide.follow import issued, note_decision
from services.intake.decide.publish import publish
from services.intake.decide.replace import replace
from services.intake.decide.submit import submit
from services.intake.decide.supplement import hand_in, request
from services.intake.decide.tell import claim, mark_read, note_told
from services.intake.decide.timing import keep_time
from services.intake.decide.withdraw import withdraw
from services.intake.model import Application, PublishedItem, State
from services.intake.model.commands import (
    Accept,
    ClaimTelling,
    CorrectEntry,
    HandInSupplement,
    MarkRead,
    Message,
    NoteTold,
    PublishItem,
    ReplaceMaterial,
    RequestSupplement,
    Submit,
    Withdraw,
)
from shared.contracts.approval import (
    CaseApproved,
    CaseRefused,
    CaseWithdrawn,
    JointLimitExtended,
    LimitExtended,
    ProcedureEnded,
    ProcedureStarted,
)
from shared.contracts.licensing import ResultIssued
from shared.contracts.supervision import (
    ClockMoved,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    DeadlinePassed,
    LightChanged,
)
from shared.kernel import Decision, Refused


def decide(state: State | None, message: Message, now: datetime, rules: None = None) -> Decision[State] | Refused:  # noqa: ARG001
    """One message to one document. Intake's rules need nothing beside state and message: `rules` is None."""
    if isinstance(message, PublishItem):
        return publish(state if isinstance(state, PublishedItem) else None, message, now)
    if isinstance(message, Submit):
        return Refused("no_such_application") if isinstance(state, PublishedItem) else submit(state, message, now)
    if not isinstance(state, Application):  # every event is the effect of something in the document that it comes to
        return Refused("no_such_application")
    match message:
        case Accept():
            return accept(state, message, now)
        case RequestSupplement():
            return request(state, message, now)
        case HandInSupplement():
            return hand_in(state, message, now)
        case Withdraw():
            return withdraw(state, message, now)
        case ReplaceMaterial():
            return replace(state, message, now)
        case CorrectEntry():
            return correct(state, message, now)
        case MarkRead():
            return mark_read(state, message, now)
        case ClaimTelling():
            return claim(state, message, now)
        case NoteTold():
            return note_told(state, message)
        case DeadlinePassed():
            return deem(state, message, now)
        case ClockStarted() | ClockPaused() | ClockResumed() | ClockMoved() | LightChanged():
            return keep_time(state, message)
        case CaseApproved() | CaseRefused() | CaseWithdrawn():
            return note_decision(state, message, now)
        case ProcedureStarted() | ProcedureEnded() | LimitExtended() | JointLimitExtended():
            return change_time(state, message)
        case ResultIssued():
            return issued(state, message, now)
        case _:
            assert_never(message)
