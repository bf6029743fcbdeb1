"""What the clocks of one application say: starts, pauses, lights, deadlines and endings, each by its own instant."""

import pytest

from services.supervision.decide import decide
from services.supervision.handlers import HEARS
from services.supervision.labels import EVENTS
from services.supervision.model import Scan
from shared.contracts import approval, intake, licensing
from shared.contracts.supervision import (
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    CountdownPassed,
    DeadlinePassed,
    LightChanged,
)
from shared.contracts.topics import CATALOGUE
from shared.kernel import Refused
from shared.testing.story import Story
from tests.unit.supervision.sample import (
    APP,
    CASE,
    RULES,
    SECOND,
    THIRD,
    accepted,
    approved,
    asked_for_more,
    assigned,
    at,
    closed,
    issued,
    named,
    not_required,
    rated,
    ready,
    refused,
    said,
    story,
    submitted,
    supplemented,
    tell,
)

FILED = at("02-12 09:00")


def clock(told, key, subject=None):
    return told.state.clock(subject or (APP if key in ("acceptance", "joint") else CASE), key)


class TestAcceptance:
    def test_it_starts_at_the_submission_and_ends_in_time_with_the_acceptance(self):
        start, stop, decision = said(submitted(FILED), accepted(at("02-13 11:00")))
        assert (start.subject, start.clock, start.generation, start.started_at) == (APP, "acceptance", 1, FILED)
        assert (start.due, start.statutory_due) == (at("02-26 18:00"), at("02-26 18:00"))
        assert (start.provisional, start.calendar) == (False, RULES.calendar)
        assert (type(stop), stop.at, stop.light, stop.on_time) == (ClockStopped, at("02-13 11:00"), "green", True)
        assert stop.generation == 2
        assert (type(decision), decision.clock, decision.subject) == (ClockStarted, "decision", CASE)

    def test_a_supplement_list_pauses_it_and_the_materials_start_it_anew(self):
        told = story(submitted(FILED), asked_for_more(at("02-24 10:00")))
        paused, dark = told.then(ClockPaused, LightChanged)
        assert (paused.at, paused.generation, dark.light) == (at("02-24 10:00"), 2, "paused")
        assert told.state.clock(APP, "acceptance").due is None, "while the applicant is awaited it does not come due"
        (reminder,) = tell(told, at("06-30 00:00")).then(CountdownPassed)
        assert (reminder.kind, reminder.due) == ("supplement", at("03-27 00:00")), "30 calendar days, to midnight"
        resumed, green = tell(told, supplemented(at("03-02 10:00"))).then(ClockResumed, LightChanged)
        assert (resumed.at, resumed.generation, green.light) == (at("03-02 10:00"), 3, "green")
        assert resumed.due == resumed.statutory_due == at("03-09 18:00")

    def test_silence_is_announced_once_at_the_due_instant(self):
        told = story(submitted(FILED), at("02-26 17:59"))
        told.then(LightChanged)
        told = tell(told, at("02-26 18:00"))
        red, passed = told.then(LightChanged, DeadlinePassed)
        assert (red.light, red.at) == ("deep_red", at("02-26 18:00"))
        assert (passed.kind, passed.due, passed.subject, passed.generation) == ("acceptance", red.at, APP, 1)
        tell(told, at("04-01 00:00")).refused("nothing_due")

    def test_a_deemed_acceptance_ends_it_at_the_limit_and_never_on_time(self):
        told = story(submitted(FILED), at("02-26 18:00"), accepted(FILED, deemed=True))
        stop = told.last.events[0]
        assert (type(stop), stop.clock) == (ClockStopped, "acceptance")
        assert (stop.at, stop.light, stop.on_time) == (at("02-26 18:00"), "deep_red", False)
        assert clock(told, "decision").started == FILED, "the decision runs from the day of receipt"

    def test_an_acceptance_that_is_heard_late_but_was_in_time_corrects_the_light(self):
        told = story(submitted(FILED), at("02-26 18:00"), accepted(at("02-26 18:00")))
        stop = told.last.events[0]
        assert (stop.light, stop.on_time) == ("yellow", True), "the last instant is in time"

    def test_an_acceptance_after_the_limit_first_says_that_it_has_passed(self):
        told = [named(event) for event in said(submitted(FILED), accepted(at("02-26 18:01")))]
        assert told[1:] == [
            "acceptance LightChanged yellow",
            "acceptance LightChanged deep_red",
            "acceptance DeadlinePassed acceptance",
            "acceptance ClockStopped deep_red",
            "decision ClockStarted",
        ]

    def test_it_ends_when_every_case_has_had_its_answer(self):
        told = story(
            submitted(FILED, "scjg", "wjj", "xfdd"), accepted(at("02-13 10:00")), closed(at("02-13 11:00"), SECOND)
        )
        assert clock(told, "acceptance").running
        stop = tell(told, not_required(at("02-13 12:00"), THIRD)).last.events[0]
        assert (stop.clock, stop.at, stop.on_time) == ("acceptance", at("02-13 12:00"), True)

    def test_a_pause_that_is_heard_late_but_was_in_time_corrects_the_light(self):
        told = story(submitted(FILED), at("02-26 18:00"), asked_for_more(at("02-26 17:00")))
        assert [named(event) for event in told.last.events] == [
            "acceptance ClockPaused",
            "acceptance LightChanged paused",
        ]
        told = tell(told, supplemented(at("03-02 10:00")), at("03-09 18:00"))
        (passed,) = (event for event in told.last.events if isinstance(event, DeadlinePassed))
        assert (passed.generation, passed.due) == (3, at("03-09 18:00"))

    def test_a_pause_after_the_limit_neither_moves_nor_hides_it(self):
        told = story(submitted(FILED), at("02-26 18:00"), asked_for_more(at("02-26 19:00")))
        (paused,) = told.then(ClockPaused)
        assert clock(told, "acceptance").due == at("02-26 18:00")
        assert (clock(told, "acceptance").light, paused.generation) == ("deep_red", 2)
        assert clock(told, "acceptance").announced == ("acceptance",)


class TestDecision:
    RUNNING = (submitted(FILED), accepted(at("02-12 10:00")))

    @pytest.mark.parametrize(
        ("scans", "says"),
        [
            (["02-25 17:59"], []),
            (["02-25 18:00"], ["LightChanged yellow"]),
            (["02-26 17:59"], ["LightChanged yellow"]),
            (["02-26 18:00"], ["LightChanged yellow", "LightChanged red", "DeadlinePassed promised"]),
            (["02-25 18:00", "02-26 18:00"], ["LightChanged yellow", "LightChanged red", "DeadlinePassed promised"]),
            (
                ["02-26 18:00", "03-18 18:00", "05-01 00:00"],
                ["LightChanged yellow", "LightChanged red", "DeadlinePassed promised", "LightChanged deep_red",
                 "DeadlinePassed statutory"],
            ),
        ],
    )  # fmt: skip
    def test_lights_and_limits_come_each_once_at_their_instant(self, scans, says):
        events = [event for event in said(*self.RUNNING, *map(at, scans)) if event.clock == "decision"][1:]
        assert [named(event) for event in events] == [f"decision {each}" for each in says]

    def test_a_late_scan_says_them_with_the_instants_of_the_law(self):
        events = [event for event in said(*self.RUNNING, at("05-01 00:00")) if event.clock == "decision"]
        start, yellow, red, promised, deep, statutory = events
        assert start.due == red.at == promised.due == at("02-26 18:00")
        assert yellow.at == at("02-25 18:00")
        assert start.statutory_due == deep.at == statutory.due == at("03-18 18:00")

    @pytest.mark.parametrize(
        ("decided", "light", "on_time"),
        [
            (approved(at("02-13 10:00")), "green", True),
            (refused(at("02-26 18:00")), "yellow", True),
            (approved(at("02-26 18:01")), "red", False),
            (refused(at("03-18 18:00")), "red", False),
            (approved(at("03-19 09:00")), "deep_red", False),
            (approval.CaseWithdrawn(application=APP, case=CASE, at=at("02-24 10:00")), "green", True),
            (closed(at("02-24 10:00")), "green", True),
        ],
    )
    @pytest.mark.parametrize("scanned_first", [False, True])
    def test_it_ends_once_and_is_judged_by_the_instant_of_the_act(self, decided, light, on_time, scanned_first):
        scans = (at("04-01 00:00"),) if scanned_first else ()
        stops = [
            event
            for event in said(*self.RUNNING, *scans, decided, closed(at("03-30 10:00")), at("05-01 00:00"))
            if isinstance(event, ClockStopped) and event.clock == "decision"
        ]
        assert [(stop.at, stop.light, stop.on_time) for stop in stops] == [(decided.at, light, on_time)]

    def test_a_decision_heard_before_the_acceptance_is_kept_until_then(self):
        told = story(approved(at("02-24 10:00")))
        assert [named(event) for event in told.last.events] == ["issuance ClockStarted"]
        told = tell(told, *self.RUNNING)
        ended = clock(told, "decision")
        assert (ended.ended, ended.light, ended.on_time) == (at("02-24 10:00"), "green", True)

    def test_a_waiting_case_starts_when_it_is_ready_with_the_days_of_its_acceptance(self):
        waiting = accepted(at("02-13 10:00"), SECOND, days=(3, 10), waits_for=(CASE,))
        told = story(submitted(FILED, "scjg", "wjj"), accepted(at("02-12 10:00")), waiting)
        assert not clock(told, "decision", SECOND).started
        (start,) = tell(told, ready(at("03-02 10:00"), SECOND)).then(ClockStarted)
        assert (start.subject, start.started_at, start.due) == (SECOND, at("03-02 10:00"), at("03-05 18:00"))
        assert start.statutory_due == at("03-16 18:00")

    def test_without_a_limit_of_the_law_there_is_only_the_promise(self):
        kinds = [e.kind for e in said(submitted(FILED), accepted(at("02-12 10:00"), days=(5, None)), at("12-31 00:00"))
                 if isinstance(e, DeadlinePassed)]  # fmt: skip
        assert kinds == ["promised"]

    def test_past_the_announced_calendar_the_dates_are_provisional(self):
        start = said(submitted(FILED), accepted(at("12-30 10:00")))[-1]
        assert (start.clock, start.provisional) == ("decision", True)

    def test_it_counts_in_the_unit_of_its_cases_limits(self):
        told = story(submitted(FILED), accepted(at("04-02 10:00"), days=(1, 3), unit="calendar_days"))
        start = told.last.events[-1]
        assert clock(told, "decision").unit == "calendar_days"
        assert (start.due, start.statutory_due) == (at("04-03 18:00"), at("04-07 18:00")), "4 to 6 April are holidays"

    def test_a_waiting_case_keeps_its_unit_until_it_is_ready(self):
        waiting = accepted(at("02-13 10:00"), SECOND, days=(1, 3), waits_for=(CASE,), unit="calendar_days")
        told = story(submitted(FILED, "scjg", "gjj"), accepted(at("02-12 10:00")), waiting)
        (start,) = tell(told, ready(at("04-03 10:00"), SECOND)).then(ClockStarted)
        assert start.due == start.statutory_due == at("04-07 18:00")
        assert clock(told, "decision", CASE).unit == "working_days"


LATE, LEGAL = accepted(at("02-27 10:00")), accepted(FILED, deemed=True)


class TestAcceptanceSaidAgain:
    """A late acceptance is deemed one of the day of receipt; the decision runs from there (行政许可法 Art. 32(4))."""

    def test_the_decision_clock_moves_to_the_legal_date_and_starts_only_once(self):
        told = story(submitted(FILED), LATE)
        assert clock(told, "decision").due == at("03-05 18:00")
        (moved,) = tell(told, LEGAL).then(ClockResumed)
        assert (moved.clock, moved.generation, moved.at) == ("decision", 2, FILED)
        assert (moved.due, moved.statutory_due) == (at("02-26 18:00"), at("03-18 18:00"))
        told = tell(told, LEGAL, at("02-27 12:00"))
        _, _, passed = told.then(LightChanged, LightChanged, DeadlinePassed)
        assert (passed.kind, passed.due, passed.generation) == ("promised", at("02-26 18:00"), 2)

    def test_the_acceptance_clock_stays_ended_by_the_late_act(self):
        told = story(submitted(FILED), LATE, LEGAL)
        ended = clock(told, "acceptance")
        assert (ended.ended, ended.light, ended.on_time) == (at("02-27 10:00"), "deep_red", False)

    def test_said_a_third_time_or_with_a_later_date_it_moves_nothing(self):
        told = story(submitted(FILED), LATE, LEGAL)
        tell(told, LEGAL).then()
        tell(told, LATE).then()

    @pytest.mark.parametrize(
        "order",
        [
            lambda decided: (LATE, LEGAL, decided),
            lambda decided: (LATE, decided, LEGAL),
            lambda decided: (decided, LATE, LEGAL),
            lambda decided: (LATE, at("03-30 10:00"), decided, LEGAL),
        ],
    )
    @pytest.mark.parametrize(
        ("decided", "light"),
        [(approved(at("02-27 11:00")), "red"), (refused(at("03-19 10:00")), "deep_red")],
    )
    def test_an_ended_case_is_judged_from_the_legal_date_whichever_is_heard_first(self, order, decided, light):
        events = said(submitted(FILED), *order(decided))
        assert sum(isinstance(each, ClockStopped) and each.clock == "decision" for each in events) == 1
        ended = clock(story(submitted(FILED), *order(decided)), "decision")
        assert (ended.started, ended.ended, ended.light, ended.on_time) == (FILED, decided.at, light, False)
        assert ended.announced == (("promised",) if light == "red" else ("promised", "statutory"))

    def test_an_ending_in_time_by_the_legal_date_stays_in_time(self):
        told = story(submitted(FILED), accepted(at("02-27 10:00"), days=(20, 30)), approved(at("02-27 11:00")))
        again = tell(told, accepted(FILED, days=(20, 30), deemed=True))
        again.then()
        assert (clock(again, "decision").light, clock(again, "decision").on_time) == ("green", True)

    def test_a_waiting_case_still_starts_when_it_is_ready_and_does_not_wait_again(self):
        late = accepted(at("02-27 10:00"), SECOND, waits_for=(CASE,))
        legal = accepted(FILED, SECOND, waits_for=(CASE,), deemed=True)
        told = story(submitted(FILED, "scjg", "wjj"), LATE, late, ready(at("03-02 10:00"), SECOND), LEGAL, legal)
        assert clock(told, "decision", SECOND).started == at("03-02 10:00")
        assert not told.state.case(SECOND).waiting
        assert told.state.case(SECOND).deemed

    def test_the_joint_clock_moves_as_well(self):
        told = story(submitted(FILED, "scjg", "wjj"), accepted(at("02-27 10:00"), joint=45), LEGAL)
        assert clock(told, "joint").started == FILED

    def test_a_list_told_too_late_and_its_answer_do_not_start_the_period_anew(self):
        told = story(submitted(FILED), asked_for_more(at("02-27 10:00")), supplemented(at("03-02 10:00")))
        assert clock(told, "acceptance").due == at("02-26 18:00")
        stop = tell(told, LEGAL).last.events[0]
        assert (stop.clock, stop.at, stop.light, stop.on_time) == ("acceptance", at("02-26 18:00"), "deep_red", False)

    def test_each_list_and_each_supplement_raise_the_generation_that_intake_judges_by(self):
        told = story(submitted(FILED))
        for times, (asked, brought, due) in enumerate(
            [("02-13 10:00", "02-24 10:00", "03-02 18:00"), ("02-25 10:00", "03-02 10:00", "03-09 18:00")], start=1
        ):
            told = tell(told, asked_for_more(at(asked)), supplemented(at(brought)))
            assert (clock(told, "acceptance").generation, clock(told, "acceptance").due) == (2 * times + 1, at(due))


class TestJoint:
    def test_it_starts_once_at_the_first_acceptance_and_ends_with_the_last_case(self):
        told = story(
            submitted(FILED, "scjg", "wjj"),
            accepted(at("02-12 10:00"), joint=45),
            accepted(at("02-13 10:00"), SECOND, joint=45, waits_for=(CASE,)),
            approved(at("02-24 10:00")),
        )
        joint = clock(told, "joint")
        assert (joint.started, joint.running, joint.promised_days, joint.statutory_days) == (
            at("02-12 10:00"), True, None, 45,
        )  # fmt: skip
        stop = tell(told, closed(at("02-25 10:00"), SECOND)).last.events[-1]
        assert (stop.clock, stop.at, stop.on_time) == ("joint", at("02-25 10:00"), True)

    def test_a_single_item_has_none(self):
        told = story(submitted(FILED), accepted(at("02-12 10:00")))
        assert not clock(told, "joint").started


class TestIssuance:
    RUNNING = (submitted(FILED), accepted(at("02-12 10:00")), approved(at("02-24 10:00")))

    def test_it_runs_ten_working_days_from_the_approval_to_the_result(self):
        told = story(*self.RUNNING)
        start = told.last.events[-1]
        assert (start.subject, start.clock, start.due) == (CASE, "issuance", at("03-09 18:00"))
        (stop,) = tell(told, issued(at("02-24 10:01"))).then(ClockStopped)
        assert (stop.clock, stop.on_time) == ("issuance", True)

    def test_an_overdue_result_is_announced(self):
        passed = [event for event in said(*self.RUNNING, at("03-09 18:00")) if isinstance(event, DeadlinePassed)]
        assert [(event.clock, event.kind, event.due) for event in passed] == [
            ("issuance", "issuance", at("03-09 18:00"))
        ]

    def test_a_result_heard_before_the_approval_ends_it_as_it_starts(self):
        told = story(issued(at("02-24 10:01")), *self.RUNNING)
        start, stop = told.last.events[-2:]
        assert (type(start), type(stop), stop.at) == (ClockStarted, ClockStopped, at("02-24 10:01"))


class TestHearing:
    def test_our_own_events_are_entered_and_move_nothing(self):
        told = story(submitted(FILED))
        again = tell(told, *told.last.events)
        again.then()
        assert again.state.entries == 2
        assert again.state.clocks == told.state.clocks

    def test_a_scan_of_what_was_never_heard_finds_nothing(self):
        answer = decide(None, Scan(instant=at("05-01 00:00")), at("05-01 00:00"), RULES)
        assert answer == Refused("nothing_due")

    def test_the_next_change_is_the_earliest_of_all_clocks(self):
        told = story(submitted(FILED, "scjg", "wjj"), accepted(at("02-12 10:00"), days=(1, 2)))
        assert told.state.next_change == at("02-12 18:00"), "a limit of one day is yellow from closing time"
        assert tell(told, at("02-12 18:00")).state.next_change == at("02-13 18:00")

    def test_cases_know_their_departments_lights_and_ends(self):
        told = story(
            submitted(FILED, "scjg", "wjj"),
            accepted(at("02-12 10:00"), steps=("cgj",)),
            assigned(at("02-12 11:00"), "xfdd"),
            at("02-26 18:00"),
        )
        assert told.state.case(CASE).departments == ("cgj", "scjg", "xfdd")
        assert told.state.departments == ("cgj", "scjg", "wjj", "xfdd")
        lights = [told.state.light_of(case) for case in told.state.cases]
        assert lights == ["red", "deep_red"], "the second case still waits for its acceptance"
        told = tell(told, approved(at("02-27 10:00")))
        assert told.state.case(CASE).open
        told = tell(told, issued(at("02-27 10:01")), rated(at("02-28 10:00")))
        assert not told.state.case(CASE).open

    def test_everything_that_is_heard_has_a_label(self):
        heard = {event.__name__ for row in HEARS if row.topic is not CATALOGUE for event in row.events}
        assert heard <= set(EVENTS)
        assert heard >= {event.__name__ for event in (*intake.EVENTS, *approval.EVENTS, *licensing.EVENTS)}

    def test_only_events_and_scans_are_understood(self):
        with pytest.raises(AssertionError):
            Story(decide, RULES, FILED).when("a tea break")
