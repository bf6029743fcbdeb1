"""督办 by the ladder: what each rung is brought about by, for whom, once for each cause, and by when it is answered."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.decide import decide
from services.supervision.decide.owing import all_owed, not_now, proposed
from services.supervision.ladder import LADDER
from services.supervision.model import AnswerUrge, IssueUrge, RecordOutcome, Scan
from shared.contracts.supervision import RUNGS, LightChanged, OutcomeRecorded, UrgeAnswered, UrgeIssued
from shared.testing.story import Story
from tests.unit.supervision.sample import (
    CASE,
    LADDERED,
    SECOND,
    Ear,
    accepted,
    agreed,
    approved,
    assigned,
    at,
    issued,
    procedure_ended,
    procedure_started,
    submitted,
)
from tests.unit.supervision.test_decide_interleavings import applications, interleaved

FILED = (submitted(at("03-02 09:00")), accepted(at("03-02 10:00"), steps=("scjg", "xfdd")))
"""Five working days are promised, to Monday 9 March; twenty by law, to the 30th."""
YELLOW, RED, DEEP = at("03-06 18:00"), at("03-09 18:00"), at("03-30 18:00")
SOON = timedelta(seconds=2)


class Told:
    """A story of the ladder: events as they come, each heard at an instant, and what was urged."""

    def __init__(self, rules=LADDERED):
        self.story, self.ear, self.urged = Story(decide, rules, at("03-02 09:00")), Ear(), []

    def hear(self, *events, now=None):
        for event in events:
            moment = now or getattr(event, "at", None) or getattr(event, "accepted_at", None) or event.submitted_at
            self._tell(self.ear(event), moment)
        return self

    def scan(self, instant, now=None):
        return self._tell(Scan(instant=instant), now or instant + SOON)

    def does(self, command, now):
        self._tell(command, now)
        return self.story.last

    def _tell(self, message, now):
        self.story = self.story.at(now).when(message)
        self.urged += [event for event in getattr(self.story.last, "events", ()) if isinstance(event, UrgeIssued)]
        return self

    @property
    def rungs(self):
        return [(each.rung, each.departments) for each in self.urged]


def filed(*tasks):
    return Told().hear(*FILED, *tasks)


def answer(number=1, department="xfdd"):
    return AnswerUrge(case=CASE, number=number, department=department, text="明日办结。", by="sample:officer")


def by_hand(rung, **more):
    return IssueUrge(**{"case": CASE, "text": "请说明。", "by": "sample:supervisor", "rung": rung, **more})


def record(outcome="heard", number=1, day=date(2026, 3, 20), text="已经约谈。"):
    return RecordOutcome(case=CASE, number=number, outcome=outcome, day=day, text=text, by="sample:supervisor")


def test_the_table_has_every_rung_from_its_foot_and_days_where_an_answer_is_asked_for():
    assert tuple(step.rung for step in LADDER) == RUNGS
    assert all((step.days > 0) == step.asks for step in LADDER)
    assert [step.rung for step in LADDER if not step.by_itself] == ["talk", "refer"], "these are acts of people"


def test_yellow_reminds_who_has_an_open_task_and_asks_for_no_answer():
    told = filed(assigned(at("03-06 11:00"))).scan(YELLOW)
    light, said = told.story.then(LightChanged, UrgeIssued)
    assert (said.rung, said.departments, said.asks, said.reply_by) == ("remind", ("xfdd",), False, None)
    assert (said.automatic, said.by, said.at, light.at) == (True, "system:supervision", YELLOW, YELLOW)
    assert (said.cause, said.urge) == (f"{CASE}/decision/yellow", 1)
    assert not [clock for clock in told.story.state.clocks if clock.key == "reply"], "no answer, no clock"


def test_red_urges_with_an_answer_within_two_working_days():
    told = filed(assigned(at("03-09 11:00"))).scan(YELLOW).scan(RED)
    assert told.rungs == [("remind", ("xfdd",)), ("urge", ("xfdd",))]
    assert (told.urged[1].at, told.urged[1].reply_by) == (RED, date(2026, 3, 11))


def test_deep_red_supervises():
    told = filed(assigned(at("03-30 11:00")))
    for instant in (YELLOW, RED):
        told.scan(instant)
    told.does(answer(2), at("03-10 10:00"))
    told.scan(DEEP)
    assert told.rungs[-1] == ("supervise", ("xfdd",))
    assert told.urged[-1].reply_by == date(2026, 4, 2)


def test_a_step_over_its_target_urges_its_own_department_alone():
    told = filed(assigned(at("03-02 11:00")), assigned(at("03-02 11:00"), "wjj", SECOND)).scan(at("03-04 18:00"))
    assert ("urge", ("xfdd",)) in told.rungs
    assert told.urged[0].cause == f"{CASE}-T1/step/red"


def test_without_an_open_task_the_department_whose_item_it_is_is_asked():
    assert filed().scan(YELLOW).rungs == [("remind", ("scjg",))]


def test_silence_climbs_one_rung_and_then_a_supervisor_is_proposed_to_talk():
    told = filed(assigned(at("03-02 11:00"))).scan(at("03-04 18:00")).scan(at("03-06 18:00"))
    assert told.rungs == [("urge", ("xfdd",)), ("supervise", ("xfdd",))]
    assert told.urged[1].cause == f"{CASE}/1/xfdd/reply/red"
    told.scan(at("03-11 18:00"))
    assert len(told.urged) == 2, "nobody is summoned by a machine"
    assert [each.step.rung for each in all_owed(told.story.state, LADDERED)] == ["talk"]
    told.does(by_hand("talk", departments=("xfdd",)), at("03-12 09:00"))
    assert [each.step.rung for each in all_owed(told.story.state, LADDERED)] == [], "it stands for what was proposed"


def test_silence_about_a_case_that_was_decided_meanwhile_climbs_no_further():
    told = filed(assigned(at("03-02 11:00"), "scjg")).scan(at("03-04 18:00"))
    told.hear(agreed(at("03-05 10:00"), "scjg"), approved(at("03-05 11:00")))
    told.scan(at("03-06 18:00")).scan(at("03-09 18:00"))
    assert not_now(told.story.state, CASE) is None, "its result is still to come"
    assert told.rungs == [("urge", ("scjg",))]


def test_an_urge_by_hand_without_a_day_does_not_end_the_ladder():
    """It stands for what turns red meanwhile; so its silence must climb as that of any other."""
    told = filed()
    told.does(by_hand("urge", departments=("scjg",)), at("03-03 10:00"))
    told.scan(RED)
    assert [(each.rung, each.reply_by) for each in told.urged] == [
        ("urge", date(2026, 3, 5)), ("supervise", date(2026, 3, 12)),
    ]  # fmt: skip
    assert told.urged[-1].cause == f"{CASE}/1/scjg/reply/red"


def test_who_still_owes_an_answer_on_a_rung_is_not_asked_on_it_again():
    told = filed(assigned(at("03-02 11:00"))).scan(at("03-04 18:00")).scan(at("03-06 18:00")).scan(RED)
    assert told.rungs == [("urge", ("xfdd",)), ("supervise", ("xfdd",))], "supervised already when it turns red"
    told.does(answer(2), at("03-10 09:00"))
    told.scan(at("03-11 18:00"))
    assert len(told.urged) == 2, "the light was covered, and does not come back with the answer"


def test_an_answer_in_time_ends_the_climb_and_a_late_one_is_recorded_as_late():
    told = filed(assigned(at("03-02 11:00"))).scan(at("03-04 18:00"))
    (said,) = told.does(answer(), at("03-06 17:00")).events
    assert (type(said), said.late) == (UrgeAnswered, False)
    assert told.scan(at("03-06 18:00")).rungs == [("urge", ("xfdd",)), ("remind", ("xfdd",))]
    late = filed(assigned(at("03-02 11:00"))).scan(at("03-04 18:00"))
    said = late.does(answer(), at("03-07 09:00")).events[-1]
    assert said.late
    assert late.story.state.urges[0].answers[0].late


def test_who_has_given_the_opinion_is_not_silent():
    told = filed(assigned(at("03-02 11:00"))).scan(at("03-04 18:00")).hear(agreed(at("03-05 10:00")))
    told.scan(at("03-06 18:00"))
    assert [each for each in told.rungs if each[0] == "supervise"] == []


def test_nobody_is_urged_while_a_case_stands_still_and_what_fell_due_before_comes_when_it_goes_on():
    told = filed(assigned(at("03-09 11:00"))).scan(YELLOW)
    told.hear(procedure_started(at("03-10 09:00")), now=at("03-10 09:00"))
    assert told.rungs == [("remind", ("xfdd",))], "heard with the act that pauses it, red urges nobody"
    told.scan(at("03-20 18:00"))
    assert len(told.urged) == 1
    told.hear(procedure_ended(at("03-23 10:00")))
    assert told.rungs[1:] == [("urge", ("xfdd",))]
    assert told.urged[1].at == at("03-23 10:00"), "before that nobody could do anything"


def test_silence_while_a_case_stands_still_is_supervised_when_it_goes_on():
    told = filed(assigned(at("03-02 11:00"))).scan(at("03-04 18:00"))
    told.hear(procedure_started(at("03-05 09:00"))).scan(at("03-12 18:00"))
    assert told.rungs == [("urge", ("xfdd",))], "the reply has passed, and nobody could do anything"
    told.hear(procedure_ended(at("03-13 10:00")))
    assert told.rungs[1:] == [("supervise", ("xfdd",))]


def test_a_case_that_has_ended_is_urged_no_more():
    told = filed(assigned(at("03-02 11:00"))).scan(at("03-04 18:00")).hear(approved(at("03-05 10:00")))
    told.scan(at("05-29 18:00"))
    assert told.rungs == [("urge", ("xfdd",))]


def test_after_three_days_without_a_scan_the_days_of_an_answer_begin_when_it_is_noticed():
    told = filed(assigned(at("03-09 11:00"))).scan(at("03-12 12:00"))
    assert told.rungs == [("urge", ("xfdd",))], "a reminder has come too late to be one"
    assert (told.urged[0].at, told.urged[0].reply_by) == (RED, date(2026, 3, 16))


def test_by_hand_a_supervision_always_has_a_day_and_a_talk_never():
    told = filed()
    (said,) = told.does(by_hand("supervise"), at("03-03 09:00")).events
    assert (said.rung, said.reply_by, said.automatic) == ("supervise", date(2026, 3, 6), False)
    (said,) = told.does(by_hand("talk"), at("03-03 09:00")).events
    assert (said.asks, said.reply_by) == (False, None)
    assert told.does(by_hand("talk", reply_by=date(2026, 3, 9)), at("03-03 09:00")).code == "no_answer_asked"
    assert told.does(answer(2, "scjg"), at("03-03 09:00")).code == "no_answer_asked"
    assert told.does(by_hand("refer", text=" "), at("03-03 09:00")).code == "text_needed", "a reason, in writing"


def test_the_urges_of_the_ladder_take_none_of_those_that_people_may_issue():
    told = filed(assigned(at("03-02 11:00"))).scan(at("03-04 18:00"))
    for _ in range(20):
        assert not hasattr(told.does(by_hand("urge"), at("03-05 09:00")), "code")
    assert told.does(by_hand("urge"), at("03-05 09:00")).code == "too_many_urges"


def test_what_came_of_a_talk_is_recorded_until_it_is_closed():
    told = filed()
    told.does(by_hand("talk"), at("03-19 09:00"))
    (said,) = told.does(record(), at("03-20 12:00")).events
    assert (type(said), said.outcome, said.day) == (OutcomeRecorded, "heard", date(2026, 3, 20))
    now = at("03-23 12:00")
    assert told.does(record(), now).code == "already_recorded"
    assert told.does(record("closed", day=date(2026, 3, 24)), now).code == "day_ahead"
    assert told.does(record("closed", text=" "), now).code == "text_needed"
    told.does(record("closed"), now)
    assert told.story.state.urges[0].settled
    assert told.does(record("measures"), now).code == "already_closed"
    assert told.does(record(number=9), now).code == "no_such_urge"
    told.does(by_hand("urge"), now)
    assert told.does(record(number=2), now).code == "nothing_to_record"


def test_a_referral_is_proposed_once_a_talk_was_held_and_only_while_the_case_is_over_its_limit():
    told = filed()
    told.does(by_hand("talk"), at("03-03 09:00"))

    def now_proposed():
        return proposed(told.story.state, CASE, LADDERED)

    told.scan(RED)
    assert now_proposed() is None, "the talk is still to come"
    told.does(record(day=date(2026, 3, 9)), at("03-10 09:00"))
    step, why = now_proposed()
    assert (step.rung, why) == ("refer", "talked")
    in_time = filed()
    in_time.does(by_hand("talk"), at("03-03 09:00"))
    in_time.does(record(day=date(2026, 3, 3)), at("03-03 12:00"))
    assert proposed(in_time.story.state, CASE, LADDERED) is None
    settled = filed().scan(RED)
    settled.does(by_hand("talk"), at("03-10 09:00"))
    settled.does(record("closed", number=2), at("03-20 09:00"))
    assert settled.story.state.urges[-1].settled
    assert proposed(settled.story.state, CASE, LADDERED) is None
    told.does(by_hand("refer"), at("03-11 09:00"))
    assert now_proposed() is None, "it was issued"


@pytest.mark.parametrize("rung", RUNGS)
def test_every_rung_can_be_issued_by_hand(rung):
    (said,) = filed().does(by_hand(rung), at("03-03 09:00")).events
    assert (said.rung, said.asks) == (rung, rung in ("urge", "supervise"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_cause_is_urged_twice_in_any_order_and_never_what_has_ended_or_stands_still(data):
    events = data.draw(applications())
    mixed = data.draw(interleaved(events))
    told, now = Told(), at("02-12 09:00")
    for event in mixed:
        if data.draw(st.booleans()):
            now += timedelta(hours=data.draw(st.integers(1, 24 * 20)))
            told.scan(now)
        before = len(told.urged)
        told.hear(event, now=now)
        for urge in told.urged[before:]:
            assert not_now(told.story.state, urge.case) is None
    told.scan(at("12-01 00:00"))
    asked = Counter((each.case, each.rung, code, each.cause) for each in told.urged for code in each.departments)
    assert set(asked.values()) <= {1}
    numbers = [(each.case, each.urge) for each in told.urged]
    assert len(set(numbers)) == len(numbers)
    assert all(each.reply_by is None or each.reply_by >= LADDERED.day_of(each.at) for each in told.urged)


def test_a_ladder_without_causes_urges_nobody_by_itself():
    quiet = replace(LADDERED, ladder=tuple(replace(step, causes=()) for step in LADDER))
    told = Told(quiet).hear(*FILED, assigned(at("03-02 11:00"))).scan(DEEP)
    assert told.urged == []
    assert told.hear(approved(at("03-31 10:00")), issued(at("03-31 11:00"))).urged == []
