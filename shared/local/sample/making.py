"""Makes the sample in a hall of its own, from the first affair to now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.intake.catalogue import load
from services.supervision.calendar.working_days import load_calendar
from shared.clock import MovableClock, system_clock
from shared.local.issuer import sample_persons
from shared.local.sample.agenda import Agenda
from shared.local.sample.applicants import Applicants
from shared.local.sample.doors import Doors
from shared.local.sample.hall import sample_hall
from shared.local.sample.office import Office
from shared.local.sample.plan import COUNT, SEED, Planner
from shared.local.sample.script import Script
from shared.local.sample.staff import Departments, Supervisors, Window
from shared.local.sample.stage import Stage, Told
from shared.settings import Settings

BEFORE = timedelta(hours=1)
"""How long before the first affair the clock begins."""


@dataclass(frozen=True, slots=True)
class Made:
    """How many applications and cases there are, and what the rules refused (code → times); that should be nothing."""

    applications: int
    cases: int
    refused: Mapping[str, int]


async def make_sample(
    settings: Settings, told: Told, *, now: datetime | None = None, count: int = COUNT, seed: int = SEED
) -> Made:
    """Fill an empty hall on the servers that the settings name; `now`: the moment it is made for.

    Raises PlatformError when the services do not answer or do not come to rest: the hall is then half-made.
    """
    upto, catalogue, office = now or system_clock(), load(), Office(load_calendar())
    affairs = Planner(catalogue, office, sample_persons(()), upto, seed).affairs(count)
    clock = MovableClock(min(affair.submitted for affair in affairs) - BEFORE)
    names = {code: department.name for code, department in catalogue.departments.items()}
    async with sample_hall(settings, clock, names) as hall:
        doors, agenda = Doors(hall.client, hall.issuer), Agenda()
        applicants = Applicants(doors, catalogue, hall.issuer.persons)
        window, examiners, supervisors = Window(doors), Departments(doors), Supervisors(doors)
        script = Script(agenda, clock, office, catalogue, applicants, window, examiners, supervisors)
        await Stage(hall, script, agenda, office, told).play(affairs, upto)
    cases = sum(len(going.cases) for going in script.going.values())
    return Made(len(script.going), cases, Counter(doors.refused))
