"""From a seed and a moment to the affairs of a sample hall: a pure function of both, and of the catalogue."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.intake.catalogue import Catalogue
from services.intake.planning import FRAME
from shared.clock import shanghai
from shared.identity import Person
from shared.local.chooser import APPLICANTS
from shared.local.sample.affair import Affair
from shared.local.sample.cast import Row, rows
from shared.local.sample.guides import Guided, Guides
from shared.local.sample.hours import EVENING
from shared.local.sample.office import DAY, Office
from shared.local.sample.stories import STORIES, Present
from shared.permissions import Role

SEED = 2026
COUNT = 200
DESKS = tuple(f"综合窗口{n}号" for n in range(1, 7))
LATEST = 15 * 60
"""Minute of the day after which nothing is accepted that is promised for the same day."""
AT_ANY_HOUR = ("flow", "done")
"""Stories that may begin in the evening."""


class CannotPlan(Exception):
    """No matter of the catalogue fits a story; the text names it."""


class Planner:
    """Deals out matters and people evenly: what was used least comes first."""

    def __init__(
        self, catalogue: Catalogue, office: Office, persons: Mapping[str, Person], now: datetime, seed: int = SEED
    ) -> None:
        self._guides, self._office, self._present, self._seed = Guides(catalogue), office, Present(office, now), seed
        self._people = {key: one for key, one in persons.items() if Role.APPLICANT in one.roles}
        self._used: Counter[str] = Counter()

    def affairs(self, count: int = COUNT) -> list[Affair]:
        """So many affairs, in the order of their submission. Raises CannotPlan."""
        catalogue = self._guides.catalogue
        busy = dict.fromkeys(code for item in catalogue.items.values() for step in item.steps
                             if step.kind not in FRAME for code in step.departments)  # fmt: skip
        told = rows(busy, catalogue.bundles, count)
        found = [self._affair(n, row, department) for n, (row, department) in enumerate(told, start=1)]
        return sorted(found, key=lambda affair: (affair.submitted, affair.n))

    def _affair(self, n: int, row: Row, department: str) -> Affair:
        dice = random.Random(f"{self._seed}/{n}")  # noqa: S311
        story, matter, whose = row
        by = self._by(dice, whose)
        guided = self._matter(dice, story, matter, department, by, whose)
        party = whose if whose in self._people else self._party(dice, guided)
        goes = STORIES[story].goes(self._present, dice, guided)
        fields: dict[str, Any] = {"collected": dice.random() < 0.6, "rated": dice.random() < 0.85, **goes}
        fields = self._at_home(dice, fields) if story in AT_ANY_HOUR and by != "clerk" else fields
        fields |= {"mistyped": dice.random() < 0.03, "replaced": dice.random() < 0.05}
        return Affair(
            seed=self._seed,
            n=n,
            story=story,
            matter=guided.matter,
            answers=guided.answers,
            items=guided.items,
            party=party,
            by=by or party,
            desk=dice.choice(DESKS),
            **self._in_time(dice, guided, fields),
        )

    def _by(self, dice: random.Random, whose: str) -> str:
        """Who hands it in; empty: the person itself."""
        if whose:
            return "agent" if whose == "agent" else ""
        return dice.choices(("", "clerk", "agent"), (65, 27, 8))[0]

    def _matter(self, dice: random.Random, story: str, matter: str, department: str, by: str, whose: str) -> Guided:
        """The matter that was asked for, or the one used least among those that the story fits."""
        catalogue = self._guides.catalogue
        keys = [key for key, item in catalogue.items.items() if department in ("", item.department)]
        dice.shuffle(keys)
        kind = self._kind(whose) if whose in self._people else ""
        for key in [matter] if matter else sorted(keys, key=self._used.__getitem__):
            for _ in range(8):
                guided = self._guides.guided(key, dice, agent=by == "agent", kind=kind)
                if guided and STORIES[story].fits(guided):
                    self._used[key] += 1
                    return guided
        raise CannotPlan(f"{story} {matter or department or 'any matter'} for {whose or 'anybody'}")

    def _kind(self, key: str) -> str:
        return "organisation" if self._people[key].org else "person"

    def _party(self, dice: random.Random, guided: Guided) -> str:
        keys = [key for key in self._people if key not in APPLICANTS and self._kind(key) in guided.kinds]
        dice.shuffle(keys)
        found = min(keys, key=self._used.__getitem__)
        self._used[found] += 1
        return found

    def _in_time(self, dice: random.Random, guided: Guided, fields: dict[str, Any]) -> dict[str, Any]:
        """What is promised for the day of acceptance is not accepted when that day is nearly over."""
        heard, at_once = fields.get("heard"), any(item.promised.days == 0 for item in guided.plan.items)
        if heard is None or not at_once or fields.get("stuck"):
            return fields
        accepted = shanghai(self._office.after(fields["submitted"], heard))
        late = accepted.hour * 60 + accepted.minute >= LATEST
        rest = DAY - self._office.minute(accepted) % DAY
        return {**fields, "heard": heard + rest + dice.uniform(5, 50)} if late else fields

    def _at_home(self, dice: random.Random, fields: dict[str, Any]) -> dict[str, Any]:
        """Some sit down to it in the evening of the day."""
        evening = self._office.at(shanghai(fields["submitted"]).date(), EVENING + dice.uniform(-70, 70))
        chosen = dice.random() < 0.2 and evening < self._present.now
        return {**fields, "submitted": evening} if chosen else fields
