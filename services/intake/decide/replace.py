"""换一份材料: before acceptance the applicant may hand in a better copy, unasked; the period runs on.

行政许可法 Art. 32(4) counts from the receipt of the material: a replacement by the applicant's own will is no answer
to a list, and starts nothing anew.
"""

from __future__ import annotations

from datetime import datetime

from services.intake.decide.submit import told
from services.intake.model import Application, Replacement, State
from services.intake.model.commands import ReplaceMaterial
from shared.contracts.intake import MaterialReplaced
from shared.kernel import Decision, Refused

MOST = 50
"""Replacements of one application: a document must not grow without end."""


def replace(state: Application, command: ReplaceMaterial, now: datetime) -> Decision[State] | Refused:
    """Put one material in the place of what was handed in for it.

    Refuses `already_received`; `nothing_to_replace` for what was never handed in; `asked_for` for what a list asks,
    which is answered as a whole; `too_many_replacements`.
    """
    if not state.pending:
        return Refused("already_received")
    key = command.handed_in.material
    if key not in {each.material for each in state.handed_in}:
        return Refused("nothing_to_replace", {"material": key})
    if state.asked and key in {each.material for each in state.asked.materials}:
        return Refused("asked_for", {"material": key})
    if len(state.replacements) >= MOST:
        return Refused("too_many_replacements", {"most": MOST})
    replacement = Replacement(at=now, by=command.by, handed_in=command.handed_in)
    state = state.model_copy(update={"replacements": (*state.replacements, replacement)})
    return Decision(state, (MaterialReplaced(application=state.number, material=key, at=now),), told(state))
