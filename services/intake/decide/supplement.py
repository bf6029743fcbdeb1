"""补正: what is missing is told once and completely (行政许可法 Art. 32(4)), and handed in completely."""

from __future__ import annotations

from datetime import datetime

from services.intake.decide.submit import told
from services.intake.model import Application, State, Supplement, SupplementList
from services.intake.model.commands import HandInSupplement, RequestSupplement
from shared.contracts.intake import ApplicationSupplemented, SupplementRequested
from shared.contracts.terms import MaterialAsked
from shared.kernel import Decision, Refused


def request(state: Application, command: RequestSupplement, now: datetime) -> Decision[State] | Refused:
    """Tell the one full list.

    Refuses `already_received`; `already_told_once` while a list is out, and after a supplement for anything that
    the first list did not name; `not_in_plan` for what the item does not ask for (Art. 31: nothing unrelated).
    """
    if not state.pending:
        return Refused("already_received")
    if state.asked:
        return Refused("already_told_once")
    strangers = sorted(key for key in command.reasons if state.form.material(key) is None)
    if strangers:
        return Refused("not_in_plan", {"materials": strangers})
    if state.lists:
        first = {asked.material for asked in state.lists[0].materials}
        new = sorted(set(command.reasons) - first)
        if new:
            return Refused("already_told_once", {"materials": new})
    materials = tuple(
        MaterialAsked(material=planned.key, name=planned.name, reason=command.reasons[planned.key])
        for planned in state.form.materials
        if planned.key in command.reasons
    )
    if not materials:
        return Refused("empty_list")
    told_now = SupplementList(at=now, by=command.by, desk=command.desk, materials=materials)
    state = state.model_copy(update={"lists": (*state.lists, told_now)})
    return Decision(state, (SupplementRequested(application=state.number, at=now, materials=materials),), told(state))


def hand_in(state: Application, command: HandInSupplement, now: datetime) -> Decision[State] | Refused:
    """Answer the list, as a whole: the acceptance period starts anew.

    Refuses `nothing_asked`, `still_missing` with the materials that were asked and not brought, and `not_asked`
    with those that were brought and not asked.
    """
    if state.asked is None:
        return Refused("nothing_asked")
    asked = {each.material for each in state.asked.materials}
    brought = {each.material for each in command.handed_in}
    if asked - brought:
        return Refused("still_missing", {"materials": sorted(asked - brought)})
    if brought - asked:
        return Refused("not_asked", {"materials": sorted(brought - asked)})
    supplement = Supplement(at=now, by=command.by, handed_in=command.handed_in)
    state = state.model_copy(update={"supplements": (*state.supplements, supplement)})
    return Decision(state, (ApplicationSupplemented(application=state.number, at=now),), told(state))
