"""The rules of approval 分类审批, by behaviour: how a case begins, what an opinion does, how a case ends.

Pure: (state, message, now, rules) -> Decision | Refused. Nothing here reads a clock, draws a number or looks
anything up.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from services.approval.decide.begin import accept, make_ready
from services.approval.decide.end import close, withdraw
from services.approval.decide.opinion import give_opinion
from services.approval.model import Approval, DepartmentSays, GiveOpinion, Message, Rules
from shared.contracts.intake import CaseAccepted, CaseClosed, CaseReady, WithdrawalRequested
from shared.kernel import Decision, Refused


def decide(
    state: Approval | None, message: Message, now: datetime, rules: Rules
) -> Decision[Approval | None] | Refused:
    """One message to the document of one application."""
    match message:
        case CaseAccepted():
            return accept(state, message, now)
        case CaseReady():
            return make_ready(state, message, now)
        case CaseClosed():
            return close(state, message, now)
        case WithdrawalRequested():
            return withdraw(state, message, now)
        case GiveOpinion() | DepartmentSays():
            return give_opinion(state, message, now, rules)
        case _:
            assert_never(message)
