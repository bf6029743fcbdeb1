"""延长期限 (行政许可法 Art. 42): asked for by officers, granted once by the head of the deciding body, ten days at
most, where the limit is the general one; of a joint limit once by the head of the government, fifteen at most. The
reason is told to the applicant.
"""

from __future__ import annotations

from datetime import datetime

from services.approval.decide.hand import in_other_hands, own_task
from services.approval.decide.words import personal, readable
from services.approval.model import (
    GENERAL_DAYS,
    MOST_DAYS,
    MOST_JOINT_DAYS,
    Approval,
    Asked,
    AskExtension,
    Case,
    ExtendJointLimit,
    ExtendLimit,
    Extension,
    RefuseExtension,
    still_since,
)
from shared.contracts.approval import JointLimitExtended, LimitExtended
from shared.kernel import Decision, Refused
from shared.timed import Timed

Answer = Decision[Approval | None] | Refused
LICENCE = "01"
"""行政许可. Of other kinds no law of the hall says that their limit may be extended."""


def ask(state: Approval | None, command: AskExtension, now: datetime) -> Answer:
    """延期请示. Refused: what `own_task` and `cannot_be_longer` say, `taken_by_another`, `already_asked`."""
    found = own_task(state, command)
    if isinstance(found, Refused):
        return found
    state, case, task = found
    refused = in_other_hands(task, command) or cannot_be_longer(state, case, now)
    refused = refused or (Refused("already_asked") if case.awaits_head else None) or _unfit(command)
    if refused:
        return refused
    asked = Asked(
        task=task.id, days=command.days, reason=readable(command.reason) or "", by=command.officer, name=command.name,
        at=now,
    )  # fmt: skip
    return Decision(state.with_case(case.model_copy(update={"asked": asked})), answer=_answer(case, "asked"))


def extend(state: Approval | None, command: ExtendLimit, now: datetime) -> Answer:
    """延长办理期限. Refused: `deciding_head_only`, and what `cannot_be_longer` says. It answers what was asked."""
    found = _heads_case(state, command)
    if isinstance(found, Refused):
        return found
    state, case = found
    refused = cannot_be_longer(state, case, now) or _unfit(command)
    if refused:
        return refused
    extension = Extension(
        days=command.days, reason=readable(command.reason) or "", by=command.officer, name=command.name, at=now
    )
    said = LimitExtended(
        application=case.application, case=case.case, days=extension.days, reason=extension.reason, by=extension.by,
        at=now,
    )  # fmt: skip
    case = case.model_copy(update={"extension": extension})
    return Decision(state.with_case(case), (said,), _answer(case, "extended"))


def refuse(state: Approval | None, command: RefuseExtension, now: datetime) -> Answer:
    """The head says no. Refused: `deciding_head_only`, `case_ended`, `nothing_asked`, `extension_reason_needed`,
    `personal_data`."""
    found = _heads_case(state, command)
    if isinstance(found, Refused):
        return found
    state, case = found
    reason = readable(command.reason)
    asked = case.asked
    if case.ended:
        return Refused("case_ended")
    if asked is None or not case.awaits_head:
        return Refused("nothing_asked")
    if reason is None:
        return Refused("extension_reason_needed")
    if personal(reason):
        return Refused("personal_data")
    no = {"refused_at": now, "refused_by": command.officer, "refused_name": command.name, "refused_reason": reason}
    case = case.model_copy(update={"asked": asked.model_copy(update=no)})
    return Decision(state.with_case(case), answer=_answer(case, "refused"))


def _heads_case(state: Approval | None, command: ExtendLimit | RefuseExtension) -> tuple[Approval, Case] | Refused:
    """The case of a task, for the head of the body that decides it; that body's own task may be done."""
    found = state.task(command.task) if state else None
    if state is None or found is None:
        return Refused("no_such_task")
    case, task = found
    if task.department != command.department:
        return Refused("not_your_task")
    if not command.head or case.department != command.department:
        return Refused("deciding_head_only")
    return state, case


def cannot_be_longer(state: Approval, case: Case, now: datetime) -> Refused | None:
    """Why the limit of a case cannot be extended: `case_ended`, `not_open_yet`, `not_a_licence`, `no_statutory_limit`,
    `special_limit`, `already_extended`, `limit_passed`."""
    clock = state.clock(case.case)
    if case.ended:
        return Refused("case_ended")
    if case.status == "waiting":
        return Refused("not_open_yet")
    if case.item_kind not in ("", LICENCE):
        return Refused("not_a_licence")
    if case.statutory_days is None and (clock is None or clock.statutory_due is None):
        return Refused("no_statutory_limit")
    if case.statutory_days is not None and (case.statutory_days, case.unit) != (GENERAL_DAYS, "working_days"):
        return Refused("special_limit")
    if case.extension:
        return Refused("already_extended")
    since = still_since(case.procedures, now) if case.standing_still or (clock and clock.paused) else None
    return Refused("limit_passed") if _over(clock, clock.statutory_due if clock else None, since or now) else None


def _over(clock: Timed | None, due: datetime | None, at: datetime) -> bool:
    """Whether a limit had passed, as far as supervision has said; while a clock stands still, by the instant from which
    it does. Supervision itself judges by instants, and what comes too late changes nothing there."""
    return clock is not None and due is not None and due < at


def _unfit(command: AskExtension | ExtendLimit) -> Refused | None:
    if not 1 <= command.days <= MOST_DAYS:
        return Refused("days_beyond_law")
    if readable(command.reason) is None:
        return Refused("extension_reason_needed")
    return Refused("personal_data") if personal(command.reason) else None


def extend_joint(state: Approval | None, command: ExtendJointLimit, now: datetime) -> Answer:
    """延长联办期限. Refused: what `cannot_be_longer_together` says, `days_beyond_joint_law`, `approval_needed`,
    `extension_reason_needed`, `personal_data`."""
    refused = cannot_be_longer_together(state, now) or _unfit_joint(command)
    if state is None or refused:
        return refused or Refused("no_joint_limit")
    extension = Extension(
        days=command.days, reason=readable(command.reason) or "", by=command.by, name=command.name,
        approval=readable(command.approval) or "", at=now,
    )  # fmt: skip
    said = JointLimitExtended(
        application=state.application, days=extension.days, reason=extension.reason, by=extension.by,
        approval=extension.approval, at=now,
    )  # fmt: skip
    answer = {"application": state.application, "extension": "extended"}
    return Decision(state.model_copy(update={"joint_extension": extension}), (said,), answer)


def cannot_be_longer_together(state: Approval | None, now: datetime) -> Refused | None:
    """Why the joint limit of an application cannot be extended: `no_joint_limit`, `case_ended`, `already_extended`,
    `limit_passed`."""
    if state is None or not any(case.joint_days for case in state.cases):
        return Refused("no_joint_limit")
    if all(case.ended for case in state.cases):
        return Refused("case_ended")
    if state.joint_extension:
        return Refused("already_extended")
    procedures = [each for case in state.cases for each in case.procedures]
    still = (state.joint and state.joint.paused) or any(each.ended_at is None for each in procedures)
    since = still_since(procedures, now) if still else None
    due = (state.joint.statutory_due or state.joint.due) if state.joint else None
    return Refused("limit_passed") if _over(state.joint, due, since or now) else None


def _unfit_joint(command: ExtendJointLimit) -> Refused | None:
    if not 1 <= command.days <= MOST_JOINT_DAYS:
        return Refused("days_beyond_joint_law")
    if readable(command.approval) is None:
        return Refused("approval_needed")
    if readable(command.reason) is None:
        return Refused("extension_reason_needed")
    return Refused("personal_data") if personal(command.approval, command.reason) else None


def _answer(case: Case, extension: str) -> dict[str, str]:
    return {"case": case.case, "extension": extension}
