"""更正登记信息: what was mistyped of the people on a form is corrected at the window, with a record of it."""

from __future__ import annotations

from datetime import datetime

from services.intake.decide.submit import told
from services.intake.model import Application, Correction, Form, HandedIn, State
from services.intake.model.commands import CorrectEntry
from shared.contracts.intake import EntryCorrected
from shared.kernel import Decision, Refused

MOST = 20
"""Corrections of one application: each keeps two sealed parties."""


def correct(state: Application, command: CorrectEntry, now: datetime) -> Decision[State] | Refused:
    """Replace what the form says of its people: phones until the end, names and codes until acceptance.

    Refuses `already_ended`, `nothing_to_correct`, `corrected_meanwhile`, `too_many_corrections`; `identity_settled`
    after acceptance, as licence and approval carry the holder as accepted; `signed_in_by_name` for an applicant who
    applied online without an agent: name and code came with the sign-in and were not typed.
    """
    if state.status == "ended":
        return Refused("already_ended")
    if not command.fields:
        return Refused("nothing_to_correct")
    if command.seen != len(state.corrections):
        return Refused("corrected_meanwhile")
    if len(state.corrections) >= MOST:
        return Refused("too_many_corrections", {"most": MOST})
    identity = sorted(field for field in command.fields if not field.endswith(".phone"))
    if identity and not state.pending:
        return Refused("identity_settled", {"fields": identity})
    own = [field for field in identity if field.startswith("applicant.")]
    if own and state.form.channel == "online" and state.form.agent is None:
        return Refused("signed_in_by_name", {"fields": own})
    state = _corrected(state, command, now)
    said = EntryCorrected(
        application=state.number,
        fields=command.fields,
        reason=command.reason,
        at=now,
        by=command.by,
        owner=state.form.owner,
        applicant_ref=state.form.applicant_ref,
    )
    return Decision(state, (said,), told(state))


def _corrected(state: Application, command: CorrectEntry, now: datetime) -> Application:
    form = state.form
    record = Correction(
        at=now,
        by=command.by,
        desk=command.desk,
        reason=command.reason,
        fields=command.fields,
        holder_before=form.holder if command.holder else None,
        agent_before=form.agent if command.agent else None,
    )
    changed: dict[str, object] = {
        "holder": command.holder or form.holder,
        "agent": command.agent or form.agent,
        "found_by": command.found_by,
        "applicant_ref": command.applicant_ref,
        "owner": _owner(form, command.applicant_ref),
    }
    state = state.model_copy(
        update={"form": form.model_copy(update=changed), "corrections": (*state.corrections, record)}
    )
    return _unverified(state) if any(field.endswith(".name") for field in command.fields) else state


def _owner(form: Form, applicant_ref: str) -> str:
    """What a window handed in belongs to the holder of the code, and follows it; all else to who submitted it."""
    return f"holder:{applicant_ref}" if form.owner == f"holder:{form.applicant_ref}" else form.owner


def _unverified(state: Application) -> Application:
    """E-licences were vouched for under the name as it was: the clerk examines them again."""

    def doubted(handed_in: HandedIn) -> HandedIn:
        return handed_in.model_copy(update={"verified": False}) if handed_in.verified else handed_in

    form = state.form.model_copy(update={"handed_in": tuple(map(doubted, state.form.handed_in))})
    supplements = tuple(
        each.model_copy(update={"handed_in": tuple(map(doubted, each.handed_in))}) for each in state.supplements
    )
    replacements = tuple(each.model_copy(update={"handed_in": doubted(each.handed_in)}) for each in state.replacements)
    return state.model_copy(update={"form": form, "supplements": supplements, "replacements": replacements})
