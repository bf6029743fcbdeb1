"""The guide 一次告知: from a wish and a few answers to everything that will be asked, once (行政许可法 Art. 30, 32(4)).

Pure functions over a loaded catalogue: no clock, no store, no randomness.
"""

from services.intake.guide.materials import NeededBy, PlannedMaterial
from services.intake.guide.outline import Outline, outline
from services.intake.guide.page import guide_page
from services.intake.guide.plan import GuideProblem, Plan, PlannedItem, plan
from services.intake.guide.questions import NoSuchKey, questions, relevant

__all__ = [
    "GuideProblem",
    "NeededBy",
    "NoSuchKey",
    "Outline",
    "Plan",
    "PlannedItem",
    "PlannedMaterial",
    "guide_page",
    "outline",
    "plan",
    "questions",
    "relevant",
]
