"""What can be applied for: matters with answers that lead to a plan, by their limits and their departments."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.catalogue import Catalogue
from services.intake.guide import Plan, plan, questions

ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Guided:
    """A matter, its answers and its plan. `promised` and `statutory` are days of its first item, in working days."""

    matter: str
    answers: Mapping[str, str]
    plan: Plan
    kinds: frozenset[str]

    @property
    def items(self) -> tuple[str, ...]:
        """The items of its cases, in their order."""
        return tuple(item.key for item in self.plan.items)

    @property
    def promised(self) -> int:
        """Working days in which it is promised, all cases together."""
        return _working(self.plan.promised.days, self.plan.unit)

    @property
    def longest(self) -> tuple[str, int]:
        """The item that takes longest, the last of several, and its promised working days."""
        days = [(item.key, _working(item.promised.days, item.unit)) for item in self.plan.items]
        return max(reversed(days), key=lambda each: each[1])

    @property
    def statutory(self) -> int | None:
        """Working days that the law gives its first item; None: no limit, or one in calendar days, which is not for us
        to count."""
        first = self.plan.items[0]
        return first.statutory.days if first.unit == "working_days" else None


class Guides:
    """Answers the questions of the guide with dice, as somebody would who wants just this."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def guided(self, matter: str, dice: random.Random, *, agent: bool, kind: str = "") -> Guided | None:
        """A plan for this matter that this kind of applicant may apply for; None where the dice find none.

        `agent`: whether somebody else hands it in.
        """
        for _ in range(ATTEMPTS):
            answers = self._answers(matter, dice, agent)
            planned = plan(self.catalogue, matter, answers)
            if isinstance(planned, Plan):
                applicants = [frozenset(self.catalogue.items[item.key].applicants) for item in planned.items]
                kinds = frozenset.intersection(*applicants)
                if kinds and (not kind or kind in kinds):
                    return Guided(matter, planned.answers, planned, kinds)
        return None

    def _answers(self, matter: str, dice: random.Random, agent: bool) -> dict[str, str]:
        answers: dict[str, str] = {}
        while open_ones := questions(self.catalogue, matter, answers):
            question = open_ones[0]
            values = [choice.value for choice in question.choices]
            wanted = ("yes" if agent else "no") if question.key == "agent" else dice.choice(values)
            answers[question.key] = wanted
        return answers


def _working(days: int, unit: str) -> int:
    return days if unit == "working_days" else days * 5 // 7
