"""How affairs go: each story says when it began, so that at this very moment it stands where its name says."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from shared.clock import shanghai
from shared.local.sample.guides import Guided
from shared.local.sample.office import DAY, Office

WEEKS = 7
"""How long ago the sample begins."""
LONGEST = WEEKS * 5 - 2
"""Working days ago that a story can begin at most."""
CLOSES = 18 * 60
ACCEPTANCE = 5
"""Working days after which silence is acceptance (行政许可法 Art. 32(4))."""


class Present:
    """The moment for which the sample is made, and how long ago something must have been."""

    def __init__(self, office: Office, now: datetime) -> None:
        self.office, self.now = office, now
        day = shanghai(now).date()
        self.closed = day if self._over(office.working_day_before(day, 0)) else day - timedelta(days=1)
        """The last day that is over for a countdown."""

    def ago(self, minutes: float) -> datetime:
        """So many office minutes ago."""
        return self.office.after(self.now, -minutes)

    def counted(self, days: int, dice: random.Random) -> datetime:
        """In the office hours of the day since which exactly so many days have counted."""
        day = self.office.working_day_before(self.closed, days)
        return self.office.after(self.office.at(day, 0), dice.uniform(10, DAY - 60))

    def _over(self, day: date) -> bool:
        return self.office.at(day, CLOSES) <= self.now


Fields = dict[str, Any]
Goes = Callable[[Present, random.Random, Guided], Fields]


@dataclass(frozen=True, slots=True)
class Story:
    """`goes` gives the fields of an Affair; `fits` says for which matters it can be told."""

    goes: Goes
    fits: Callable[[Guided], bool] = lambda _: True


def soon(dice: random.Random) -> float:
    """Office minutes until the window answers: mostly within the hour, now and then the next day."""
    return dice.triangular(8, 420, 30) if dice.random() < 0.9 else dice.uniform(400, 2 * DAY)


def _heard_ago(present: Present, dice: random.Random, least: float, most: float, **more: Any) -> Fields:
    """Submitted between so many working days ago, and heard soon."""
    return {"submitted": present.ago(dice.uniform(least, most) * DAY), "heard": soon(dice), **more}


def _running(present: Present, dice: random.Random, counted: int, item: str) -> Fields:
    """Accepted so many counted days ago, and its department has done nothing since."""
    accepted, heard = present.counted(counted, dice), dice.uniform(10, 60)
    return {"submitted": present.office.after(accepted, -heard), "heard": heard, "stuck": item}


def _flow(present: Present, dice: random.Random, _: Guided) -> Fields:
    slow = dice.random() < 0.04
    pace = dice.uniform(1.2, 1.6) if slow else dice.uniform(0.15, 0.8)
    return _heard_ago(present, dice, 0.1, LONGEST, pace=pace)


def _done(present: Present, dice: random.Random, guided: Guided) -> Fields:
    least = min(guided.promised + 4, LONGEST - 3)
    return _heard_ago(present, dice, least, LONGEST, pace=dice.uniform(0.1, 0.5))


def _unrated(present: Present, dice: random.Random, guided: Guided) -> Fields:
    least = guided.promised + 2
    return _heard_ago(present, dice, least, least + 4, pace=0.3, collected=dice.random() < 0.3, rated=False)


def _refused(present: Present, dice: random.Random, guided: Guided) -> Fields:
    return _done(present, dice, guided) | {"refused": guided.items[0]}


def _late(present: Present, dice: random.Random, guided: Guided) -> Fields:
    least = min(guided.promised * 2 + 4, LONGEST - 3)
    return _heard_ago(present, dice, least, LONGEST, pace=dice.uniform(1.4, 1.9))


def _working(present: Present, dice: random.Random, guided: Guided) -> Fields:
    """Of a bundle, the case that takes longest is still open, and what comes before it is done or under way."""
    item, days = guided.longest
    accepted = dice.uniform(0.05, 0.6) * days + (dice.uniform(1, 2) if len(guided.items) > 1 else 0)
    heard = dice.uniform(10, 90)
    return {"submitted": present.ago(accepted * DAY + heard), "heard": heard, "stuck": item, "pace": 0.3}


def _yellow(present: Present, dice: random.Random, guided: Guided) -> Fields:
    left = max(1, guided.promised // 5)
    return _running(present, dice, guided.promised - left, guided.items[0])


def _red(present: Present, dice: random.Random, guided: Guided) -> Fields:
    last = min(guided.promised + 7, (guided.statutory or 99) - 1)
    return _running(present, dice, dice.randint(guided.promised, last), guided.items[0])


def _deep_red(present: Present, dice: random.Random, guided: Guided) -> Fields:
    limit = guided.statutory or 0
    return _running(present, dice, dice.randint(limit, min(limit + 5, LONGEST - 1)), guided.items[0])


def _standing(present: Present, dice: random.Random, guided: Guided) -> Fields:
    """Its department waits for experts, and the clock with it (行政许可法 Art. 45)."""
    return _running(present, dice, 2, guided.items[0]) | {"procedure": "expert_review"}


def _near_end(present: Present, dice: random.Random, _: Guided) -> Fields:
    return {"submitted": present.counted(ACCEPTANCE - 1, dice)}


def _supplement_out(present: Present, dice: random.Random, _: Guided) -> Fields:
    asked = dice.uniform(20, 300)
    return {"submitted": present.ago(asked + dice.uniform(0.2, 9) * DAY), "asked": (asked, None)}


def _supplement_back(present: Present, dice: random.Random, _: Guided) -> Fields:
    asked, brought = dice.uniform(20, 300), dice.uniform(0.3, 3) * DAY
    return {"submitted": present.ago(asked + brought + dice.uniform(20, 500)), "asked": (asked, brought)}


def _supplemented(present: Present, dice: random.Random, guided: Guided) -> Fields:
    asked, brought = dice.uniform(20, 300), dice.uniform(0.3, 4) * DAY
    return _done(present, dice, guided) | {"asked": (asked, brought), "heard": asked + brought + dice.uniform(20, 500)}


def _withdrawn(present: Present, dice: random.Random, _: Guided) -> Fields:
    return {"submitted": present.ago(dice.uniform(1, 28) * DAY), "withdrawn": dice.uniform(20, 300)}


def _withdrawn_late(present: Present, dice: random.Random, guided: Guided) -> Fields:
    after = dice.uniform(0.1, 0.6) * guided.promised * DAY
    return _heard_ago(present, dice, guided.promised + 3, 28, stuck=guided.items[0], withdrawn_late=after)


def _promised(least: int, most: int) -> Callable[[Guided], bool]:
    return lambda guided: least <= guided.promised <= most


STORIES: Mapping[str, Story] = {
    "fresh": Story(lambda present, dice, _: {"submitted": present.ago(dice.uniform(10, 400))}),
    "near_end": Story(_near_end),
    "silent": Story(
        lambda present, dice, _: {"submitted": present.ago(dice.uniform(7, 25) * DAY), "pace": 0.4}, _promised(7, 20)
    ),
    "supplement_out": Story(_supplement_out),
    "supplement_back": Story(_supplement_back),
    "supplemented": Story(_supplemented),
    "not_required": Story(lambda present, dice, _: _heard_ago(present, dice, 1, 28, outcome="not_required")),
    "referred": Story(lambda present, dice, _: _heard_ago(present, dice, 1, 28, outcome="refer")),
    "withdrawn": Story(_withdrawn),
    "withdrawn_late": Story(_withdrawn_late, _promised(2, 20)),
    "working": Story(_working, _promised(1, 20)),
    "standing": Story(_standing, _promised(3, 20)),
    "yellow": Story(_yellow, _promised(1, 20)),
    "red": Story(_red, lambda guided: 1 <= guided.promised <= 10 and (guided.statutory or 99) > guided.promised + 2),
    "deep_red": Story(_deep_red, lambda guided: guided.promised < (guided.statutory or 0) <= LONGEST - 5),
    "late": Story(_late, _promised(1, 10)),
    "refused": Story(_refused),
    "unrated": Story(_unrated),
    "done": Story(_done),
    "flow": Story(_flow),
}
