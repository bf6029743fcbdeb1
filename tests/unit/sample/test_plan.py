"""What a sample hall is made of: the same for the same seed and moment, everything in it, and true at that moment."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.catalogue import load
from services.supervision.calendar.working_days import load_calendar
from services.supervision.due import Office as Closing
from services.supervision.lights import light, timing
from shared.local.chooser import APPLICANTS
from shared.local.issuer import sample_persons
from shared.local.sample.cast import OTHERS
from shared.local.sample.office import Office
from shared.local.sample.plan import COUNT, DESKS, Planner
from shared.local.sample.stories import LONGEST, STORIES

CATALOGUE, CALENDAR, PERSONS = load(), load_calendar(), sample_persons(())
OFFICE = Office(CALENDAR)
MOMENTS = {
    "a morning at work": datetime(2026, 11, 26, 3, 0, tzinfo=UTC),
    "just after opening": datetime(2026, 11, 23, 1, 5, tzinfo=UTC),
    "an evening": datetime(2026, 11, 25, 13, 0, tzinfo=UTC),
    "a Sunday": datetime(2026, 11, 29, 2, 0, tzinfo=UTC),
    "in the autumn holidays": datetime(2026, 10, 4, 2, 0, tzinfo=UTC),
    "after the announced calendar": datetime(2027, 3, 2, 6, 0, tzinfo=UTC),
}


def planned(now: datetime, seed: int = 1, count: int = COUNT):
    return Planner(CATALOGUE, OFFICE, PERSONS, now, seed).affairs(count)


@pytest.fixture(params=MOMENTS, scope="module")
def now(request) -> datetime:
    return MOMENTS[request.param]


@pytest.fixture(scope="module")
def affairs(now):
    return planned(now)


def test_the_same_seed_and_moment_plan_the_same_and_another_seed_something_else(now, affairs):
    assert planned(now) == affairs
    other = planned(now, seed=2)
    assert [affair.party for affair in other] != [affair.party for affair in affairs]
    assert {affair.key for affair in other}.isdisjoint({affair.key for affair in affairs})


def test_all_of_the_past_weeks_and_none_of_it_to_come(now, affairs):
    assert len(affairs) == COUNT
    begun = [affair.submitted for affair in affairs]
    assert begun == sorted(begun)
    assert begun[-1] <= now
    oldest = OFFICE.working_day_before(now.date(), LONGEST + 8)
    assert begun[0].date() >= oldest
    days = {OFFICE.minute(at) // 420 for at in begun}
    assert len(days) > 25, "spread over the working days"


def test_every_matter_every_story_every_desk_and_all_whom_one_can_choose(affairs):
    assert {affair.matter for affair in affairs} == {*CATALOGUE.items, *CATALOGUE.bundles}
    assert {affair.story for affair in affairs} == set(STORIES)
    assert {affair.desk for affair in affairs} == set(DESKS)
    stories = {key: {affair.story for affair in affairs if affair.owner == key} for key in APPLICANTS}
    assert all(len(told) >= 5 for told in stories.values()), stories
    told = Counter(affair.story for affair in affairs)
    assert all(told[story] >= times for story, times in OTHERS.items())
    assert {affair.by for affair in affairs} > {"clerk", "agent"}


def test_nobody_applies_for_what_is_not_for_them(affairs):
    for affair in affairs:
        kind = "organisation" if PERSONS[affair.party].org else "person"
        assert all(kind in CATALOGUE.items[item].applicants for item in affair.items), affair
        assert affair.answers.get("agent", "yes" if affair.by == "agent" else "no") == (
            "yes" if affair.by == "agent" else "no"
        )


def test_every_department_with_a_part_in_any_item_has_work(affairs):
    concerned = {
        code
        for affair in affairs
        if affair.story == "working"
        for item in affair.items[:1]
        for step in CATALOGUE.items[item].steps
        if step.kind not in ("accept", "issue")
        for code in step.departments
    }
    every = {
        code
        for item in CATALOGUE.items.values()
        for step in item.steps
        if step.kind not in ("accept", "issue")
        for code in step.departments
    }
    assert every - concerned == set()


@pytest.mark.parametrize(("story", "lights"), [
    ("working", {"green", "yellow"}),
    ("yellow", {"yellow"}),
    ("red", {"red"}),
    ("deep_red", {"deep_red"}),
])  # fmt: skip
def test_a_case_that_nobody_works_on_shows_the_light_that_its_story_names(now, affairs, story, lights):
    found = [affair for affair in affairs if affair.story == story and len(affair.items) == 1]
    assert found
    for affair in found:
        item = CATALOGUE.items[affair.items[0]]
        limits = item.limits.under(affair.answers)
        accepted = OFFICE.after(affair.submitted, affair.heard)
        instants = timing(Closing(CALENDAR), accepted, limits.promised.days, limits.statutory.days, unit=limits.unit)
        if limits.unit == "working_days":  # calendar days are only reckoned roughly
            assert light(instants, now) in lights, (affair, instants)
        assert affair.stuck == item.key


def test_who_waits_near_the_end_is_accepted_by_silence_within_a_working_day(now, affairs):
    for affair in (each for each in affairs if each.story == "near_end"):
        acceptance = timing(Closing(CALENDAR), affair.submitted, None, 5)
        assert light(acceptance, now) == "yellow", affair
        assert now < acceptance.due < OFFICE.after(now, 900)
        assert affair.heard is None


def test_silence_of_more_than_five_days_is_acceptance(now, affairs):
    for affair in (each for each in affairs if each.story == "silent"):
        assert timing(Closing(CALENDAR), affair.submitted, None, 5).due < now
        assert affair.heard is None


def test_a_small_sample_is_the_beginning_of_the_large_one(now, affairs):
    few = planned(now, count=12)
    assert [affair for affair in affairs if affair.n <= 12] == few
    assert len({affair.story for affair in few}) >= 8


def test_nothing_promised_for_today_is_accepted_when_the_day_is_nearly_over(affairs):
    for affair in affairs:
        at_once = any(CATALOGUE.items[item].limits.under(affair.answers).promised.days == 0 for item in affair.items)
        if at_once and affair.heard is not None and not affair.stuck:
            accepted = OFFICE.after(affair.submitted, affair.heard).astimezone(OFFICE.at(affair.submitted, 0).tzinfo)
            assert accepted.hour < 15, affair


def test_some_hand_in_in_the_evening_and_nobody_at_the_window_does(affairs):
    def late(affair) -> bool:
        local = affair.submitted.astimezone(OFFICE.at(affair.submitted, 0).tzinfo)
        return local.hour >= 18

    evenings = [affair for affair in affairs if late(affair)]
    assert evenings
    assert "clerk" not in {affair.by for affair in evenings}


def test_dice_are_of_the_affair_alone(affairs):
    one, other = affairs[:2]
    assert one.chance("rate").random() == one.chance("rate").random()
    assert one.chance("rate").random() != one.chance("ask").random()
    assert one.chance("rate").random() != other.chance("rate").random()


def test_office_minutes_pass_over_nights_and_holidays():
    friday = datetime(2026, 9, 30, 9, 20, tzinfo=UTC)  # Wednesday 17:20, before eight days of rest
    assert OFFICE.after(friday, 30) == datetime(2026, 10, 8, 1, 20, tzinfo=UTC), "Thursday the 8th, 9:20"
    assert OFFICE.after(datetime(2026, 10, 8, 3, 50, tzinfo=UTC), 20) == datetime(2026, 10, 8, 5, 40, tzinfo=UTC)
    assert OFFICE.after(OFFICE.after(friday, 1234), -1234) - friday < timedelta(seconds=1)
    night = datetime(2026, 10, 8, 15, 0, tzinfo=UTC)
    assert OFFICE.instant(OFFICE.minute(night)) == datetime(2026, 10, 9, 1, 0, tzinfo=UTC), "at opening"
