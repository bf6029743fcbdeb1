"""A new calendar moves what runs, once: what had passed stands, and what is paused waits for its resumption."""

from datetime import UTC, date, datetime

import pytest

from services.supervision.decide import decide
from services.supervision.decide.recount import MOVED
from services.supervision.model import NO_CALENDAR, Recount, Scan
from shared.clock import SHANGHAI
from shared.contracts.supervision import ClockMoved, ClockResumed, ClockStarted, DeadlinePassed, LightChanged
from shared.kernel import Refused
from shared.testing.story import Story
from tests.unit.supervision.notices import BASE, NOTICE_2027, calendar_of, rules_by, written
from tests.unit.supervision.sample import (
    APP,
    CASE,
    LADDERED,
    Ear,
    accepted,
    asked_for_more,
    procedure_ended,
    procedure_started,
    submitted,
    tell,
)


def on(text):
    """`2026-12-20 10:00` in Shanghai, as UTC."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI).astimezone(UTC)


def local(**days):
    """A notice of these days: `d0318="rest"` is 18 March 2026."""
    return calendar_of(written({date(2026, int(k[1:3]), int(k[3:])): v == "working" for k, v in days.items()}))


BEGUN, NEWS = on("2026-01-01 00:00"), on("2026-12-28 10:00")
FIRST = (BEGUN, calendar_of())
OLD, NEW = rules_by(FIRST), rules_by(FIRST, (NEWS, calendar_of(NOTICE_2027)))


def told(*events, rules=OLD, ear=None):
    return tell(Story(decide, rules, on("2026-12-31 12:00")), *events, ear=ear)


def by(story, rules):
    """The same story, going on in a process that knows these rules."""
    return Story(decide, rules, story.now, story.state)


def moved(story, rules):
    return by(story, rules).when(Recount())


def of_clocks(story):
    """What was said of clocks, whoever is urged for it."""
    return [event for event in story.last.events if hasattr(event, "clock")]


def rows_of(story):
    return [fact for fact in story.last.facts if fact.collection == MOVED]


def decision(story):
    return story.state.clock(CASE, "decision")


def open_case(days, when="2026-12-20 10:00"):
    return told(submitted(on(when)), accepted(on(when), days=days))


class TestTheNoticeOfAYear:
    def test_a_case_accepted_before_it_is_provisional_and_becomes_certain(self):
        before = open_case((20, 30))
        (started,) = [each for each in before.last.events if isinstance(each, ClockStarted)]
        assert (started.due, started.provisional) == (on("2027-01-15 18:00"), True)
        after = moved(before, NEW)
        (said,) = after.then(ClockMoved)
        assert (said.due_before, said.due) == (on("2027-01-15 18:00"), on("2027-01-18 18:00"))
        assert (said.statutory_due_before, said.statutory_due) == (on("2027-01-29 18:00"), on("2027-01-30 18:00"))
        assert (said.provisional, said.at, said.number, said.generation) == (False, NEWS, 2, 2)
        assert said.calendar == NEW.calendar
        clock = decision(after)
        assert (clock.due, clock.provisional, clock.calendar, clock.light) == (said.due, False, 2, "green")
        assert after.state.next_change == clock.yellow_at

    def test_what_moved_is_a_row_for_the_page(self):
        (fact,) = rows_of(moved(open_case((20, 30)), NEW))
        assert (fact.collection, fact.id) == (MOVED, f"{CASE}/decision/2")
        assert fact.row == {
            "number": 2, "application": APP, "subject": CASE, "clock": "decision", "departments": ["scjg"],
            "due_before": "2027-01-15T10:00:00.000000+00:00", "due": "2027-01-18T10:00:00.000000+00:00",
            "statutory_due_before": "2027-01-29T10:00:00.000000+00:00",
            "statutory_due": "2027-01-30T10:00:00.000000+00:00", "provisional": False,
        }  # fmt: skip

    def test_a_clock_that_ends_before_it_is_told_of_the_days_that_count_beyond(self):
        after = moved(open_case((5, None)), rules_by(FIRST, (on("2026-12-24 10:00"), calendar_of(NOTICE_2027))))
        (said,) = after.then(ClockMoved)
        assert said.due == said.due_before == on("2026-12-25 18:00")
        assert (said.generation, decision(after).generation, decision(after).calendar) == (1, 1, 2)
        assert said.counting[10:15] == "c---c", "the first three days of January are off"
        assert rows_of(after) == []

    def test_a_clock_that_it_cannot_reach_says_nothing_and_is_not_looked_at_again(self):
        early = open_case((5, None), "2026-11-02 10:00")
        after = moved(early, NEW)
        assert [type(each) for each in of_clocks(after)] == [LightChanged, LightChanged, DeadlinePassed], (
            "what came due before it is said with it"
        )
        assert decision(after).calendar == 2
        assert isinstance(moved(after, NEW).last, Refused)


def test_without_a_newer_calendar_nothing_is_recounted():
    moved(open_case((20, 30)), OLD).refused("nothing_older")
    Story(decide, NEW, NEWS).when(Recount()).refused("nothing_older")


class TestLights:
    RULES = rules_by(FIRST, (on("2026-03-16 12:00"), local(d0318="rest", d0319="rest")))

    def test_what_a_late_replica_turned_yellow_turns_back_at_the_publication(self):
        story = told(submitted(on("2026-03-09 10:00")), accepted(on("2026-03-09 10:00"), days=(7, 20)))
        assert decision(story).due == on("2026-03-18 18:00")
        late = story.when(Scan(instant=on("2026-03-17 18:00")))
        assert [(each.light, each.at) for each in of_clocks(late)] == [("yellow", on("2026-03-17 18:00"))]
        after = moved(late, self.RULES)
        said, back = after.then(ClockMoved, LightChanged)
        assert said.due == on("2026-03-20 18:00")
        assert (back.light, back.at) == ("green", on("2026-03-16 12:00"))
        again = after.when(Scan(instant=on("2026-03-20 18:00")))
        yellow, *_ = of_clocks(again)
        assert (yellow.light, yellow.at) == ("yellow", on("2026-03-17 18:00"))

    def test_a_limit_that_had_passed_stands_and_the_one_to_come_moves(self):
        rules = rules_by(FIRST, (on("2026-03-16 12:00"), local(d0312="rest", d0318="rest")))
        story = told(submitted(on("2026-03-09 10:00")), accepted(on("2026-03-09 10:00"), days=(4, 10)))
        story = story.when(Scan(instant=on("2026-03-16 11:00")))
        assert (decision(story).light, decision(story).announced) == ("red", ("promised",))
        after = moved(story, rules)
        (said,) = after.then(ClockMoved)
        assert (said.due_before, said.due) == (on("2026-03-13 18:00"), on("2026-03-13 18:00"))
        assert (said.statutory_due_before, said.statutory_due) == (on("2026-03-23 18:00"), on("2026-03-25 18:00"))
        assert (decision(after).light, decision(after).announced) == ("red", ("promised",))

    def test_what_came_due_before_the_publication_is_said_with_it(self):
        rules = rules_by(FIRST, (on("2026-03-16 12:00"), local(d0312="rest")))
        story = told(submitted(on("2026-03-09 10:00")), accepted(on("2026-03-09 10:00"), days=(4, None)))
        after = moved(story, rules)
        yellow, red, passed, *_ = of_clocks(after)
        assert (yellow.light, red.light, passed.due) == ("yellow", "red", on("2026-03-13 18:00"))
        assert decision(after).due == on("2026-03-13 18:00")

    def test_what_a_late_replica_announced_stands_although_it_should_have_moved(self):
        rules = rules_by(FIRST, (on("2026-03-16 12:00"), local(d0317="rest")))
        story = told(submitted(on("2026-03-09 10:00")), accepted(on("2026-03-09 10:00"), days=(6, 10)))
        story = story.when(Scan(instant=on("2026-03-17 18:00")))
        after = moved(story, rules)
        assert decision(after).due == on("2026-03-17 18:00")
        assert (decision(after).light, decision(after).announced) == ("red", ("promised",))
        assert decision(after).statutory_due == on("2026-03-24 18:00")
        assert isinstance(after.when(Scan(instant=on("2026-03-20 18:00"))).last, Refused), "and is not said twice"


def test_what_is_paused_is_counted_when_it_goes_on():
    ear = Ear()
    story = told(
        submitted(on("2026-12-20 10:00")), accepted(on("2026-12-20 10:00"), days=(20, 30)),
        procedure_started(on("2026-12-22 10:00")), ear=ear,
    )  # fmt: skip
    step = moved(story, NEW)
    assert decision(step).due is None
    assert decision(step).calendar == 1
    gone_on = tell(by(step, NEW), procedure_ended(on("2026-12-29 10:00")), ear=ear)
    (said,) = [each for each in gone_on.last.events if isinstance(each, ClockResumed)]
    assert (said.due, said.provisional, decision(gone_on).calendar) == (on("2027-01-25 18:00"), False, 2)


def test_an_event_heard_in_the_new_time_brings_the_others_with_it():
    story = open_case((20, 30))
    after = tell(by(story, NEW), procedure_started(on("2026-12-29 10:00")))
    moves = [each for each in after.last.events if isinstance(each, ClockMoved)]
    assert [each.clock for each in moves] == ["decision"]
    assert decision(after).calendar == 2
    assert len(rows_of(after)) == 1


def test_a_scan_in_the_new_time_says_no_limit_of_the_old():
    rules = rules_by(FIRST, (on("2026-12-24 10:00"), local(d1225="rest")))
    after = by(open_case((5, None)), rules).when(Scan(instant=on("2026-12-25 18:00")))
    kinds = [type(each) for each in of_clocks(after)]
    assert kinds == [ClockMoved, LightChanged]
    assert decision(after).due == on("2026-12-28 18:00")


def test_what_a_replica_that_was_behind_has_counted_is_found_and_counted_again():
    ear = Ear()
    story = told(submitted(on("2026-12-20 10:00")), accepted(on("2026-12-20 10:00"), days=(20, 30)), ear=ear)
    story = moved(story, NEW)
    late = tell(by(story, OLD), procedure_started(on("2026-12-29 10:00")), procedure_ended(on("2026-12-30 10:00")),
                ear=ear)  # fmt: skip
    assert (decision(late).calendar, decision(late).due) == (1, on("2027-01-18 18:00"))
    healed = moved(late, NEW)
    assert (decision(healed).calendar, decision(healed).due) == (2, on("2027-01-19 18:00"))


def test_of_two_limits_only_the_one_past_the_announced_calendar_is_provisional():
    clock = decision(open_case((5, 20)))
    assert clock.provisional
    assert [OLD.provisional(clock, end) for end in (clock.due, clock.statutory_due, None)] == [False, True, False]
    assert not NEW.provisional(decision(moved(open_case((5, 20)), NEW)), clock.statutory_due)


def test_what_was_counted_before_there_were_versions_is_counted_too():
    story = told(submitted(on("2026-12-20 10:00")), accepted(on("2026-12-20 10:00"), days=(20, 30)), rules=LADDERED)
    assert decision(story).calendar == 0
    after = moved(story, NEW)
    assert (decision(after).due, decision(after).calendar) == (on("2027-01-18 18:00"), 2)


def test_a_recount_never_goes_back():
    story = moved(open_case((20, 30)), NEW)
    moved(story, OLD).refused("nothing_older")


def test_the_days_of_an_applicant_count_all_alike_and_are_left_alone():
    story = told(submitted(on("2026-12-20 10:00")), asked_for_more(on("2026-12-21 10:00")))
    (supplement,) = [clock for clock in story.state.clocks if clock.key == "supplement"]
    assert supplement.calendar == NO_CALENDAR
    moved(story, NEW).refused("nothing_older")


@pytest.mark.parametrize(
    ("number", "due"), [(2, on("2027-01-18 18:00")), (3, on("2027-01-19 18:00"))], ids=["one behind", "two behind"]
)
def test_a_clock_that_missed_two_calendars_is_counted_by_the_last(number, due):
    again = calendar_of(NOTICE_2027, written({date(2027, 1, 12): False}))
    versions = (FIRST, (NEWS, calendar_of(NOTICE_2027)), (on("2026-12-29 10:00"), again))
    after = moved(open_case((20, 30)), rules_by(*versions[:number]))
    assert (decision(after).due, decision(after).calendar) == (due, number)
    (said, *_) = after.last.events
    assert said.at == NEWS, "since the first that it missed"


def test_what_passed_between_two_calendars_stands_whoever_looks_first():
    """The second is a notice of a day that is over, published when the limit had passed."""
    again = (on("2026-03-16 12:00"), local(d0310="rest"))
    first = rules_by(FIRST, (on("2026-03-10 09:00"), local(d0330="rest")))
    story = told(submitted(on("2026-03-09 10:00")), accepted(on("2026-03-09 10:00"), days=(4, 10)))
    second = rules_by(FIRST, first.in_force[1], again)
    step_by_step, at_once = moved(moved(story, first), second), moved(story, second)
    assert decision(at_once).due == on("2026-03-13 18:00")
    assert decision(at_once).statutory_due == on("2026-03-24 18:00")
    assert decision(at_once).announced == ("promised",)
    assert decision(at_once) == decision(step_by_step)


def test_the_base_of_the_tests_is_that_of_the_deployment():
    assert OLD.office.calendar.certain_until == BASE.certain_until
