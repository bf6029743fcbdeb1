"""The guide 一次告知: from a wish and a few answers to everything that will be asked, once (行政许可法 Art. 30, 32(4)).

Pure functions over a loaded catalogue: no clock, no store, no randomness.
"""

from services.intake.guide.effects import Effect, Reason, effects, reasons
from services.intake.guide.materials import NeededBy, PlannedMaterial
from services.intake.guide.order import Placed, order
from services.intake.guide.outline import Outline, outline
from services.intake.guide.page import guide_page
from services.intake.guide.plan import GuideProblem, Plan, PlannedItem, plan, so_far
from services.intake.guide.questions import NoSuchKey, questions, relevant

__all__ = [
    "Effect",
    "GuideProblem",
    "NeededBy",
    "NoSuchKey",
    "Outline",
    "Placed",
    "Plan",
    "PlannedItem",
    "PlannedMaterial",
    "Reason",
    "effects",
    "guide_page",
    "order",
    "outline",
    "plan",
    "questions",
    "reasons",
    "relevant",
    "so_far",
]
