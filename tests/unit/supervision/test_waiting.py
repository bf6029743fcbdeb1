"""Who is waited for at every moment, and that all of it adds up to the whole."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.waiting import Waited, spans_of, sums_of, waited_now
from shared.clock import shanghai
from tests.unit.supervision.counter import works
from tests.unit.supervision.sample import (
    CASE,
    RULES,
    SECOND,
    THIRD,
    accepted,
    agreed,
    approved,
    asked_for_more,
    assigned,
    at,
    closed,
    delivered,
    issued,
    procedure_ended,
    procedure_started,
    ready,
    refused,
    story,
    submitted,
    supplemented,
)
from tests.unit.supervision.test_decide_interleavings import FILED, applications


def told(now, *events, case=CASE):
    """Each span in a few words: `task xfdd 02-13 10:00 3`."""
    state = story(*events).state
    spans = spans_of(state, state.case(case), at(now), RULES)
    return [
        " ".join([each.waited.reason, *each.waited.whom, f"{shanghai(each.since):%m-%d %H:%M}", str(each.days)])
        + (" …" if each.open else "")
        for each in spans
    ]


BEGUN = (submitted(at("02-24 09:00")), accepted(at("02-25 10:00")))


def test_a_case_from_its_filing_to_its_delivery():
    life = (
        submitted(at("02-24 09:00")), asked_for_more(at("02-24 10:00")), supplemented(at("02-26 10:00")),
        accepted(at("02-26 15:00")), assigned(at("02-26 16:00")), procedure_started(at("02-27 10:00")),
        procedure_ended(at("03-03 10:00")), agreed(at("03-04 10:00")), approved(at("03-04 11:00")),
        issued(at("03-05 09:00")), delivered(at("03-06 10:00")),
    )  # fmt: skip
    assert told("12-01 00:00", *life) == [
        "intake 02-24 09:00 0", "supplement 02-24 10:00 2", "intake 02-26 10:00 0", "decision scjg 02-26 15:00 0",
        "task xfdd 02-26 16:00 1", "procedure expert_review 02-27 10:00 3", "task xfdd 03-03 10:00 1",
        "decision scjg 03-04 10:00 0", "issuance 03-04 11:00 1", "fetch 03-05 09:00 1",
    ]  # fmt: skip


def test_who_is_waited_for_now_is_open():
    assert told("02-24 12:00", submitted(at("02-24 09:00"))) == ["intake 02-24 09:00 0 …"]
    assert told("02-26 12:00", *BEGUN)[-1] == "decision scjg 02-25 10:00 1 …"
    asked = (submitted(at("02-24 09:00")), asked_for_more(at("02-24 10:00")))
    assert told("02-26 12:00", *asked)[-1] == "supplement 02-24 10:00 2 …"


def test_two_departments_are_waited_for_together():
    second = assigned(at("02-26 10:00"), "wjj").model_copy(update={"task": f"{CASE}-T2"})
    spans = told("02-27 12:00", *BEGUN, assigned(at("02-25 10:00")), second)
    assert spans[1:] == ["task xfdd 02-25 10:00 1", "task wjj xfdd 02-26 10:00 1 …"]


def test_a_case_of_a_bundle_waits_for_the_one_before():
    filed = submitted(at("02-24 09:00"), "scjg", "wjj")
    cases = tuple(
        each.model_copy(update={"waits_for": (CASE,)}) if each.case == SECOND else each for each in filed.cases
    )
    bundle = (filed.model_copy(update={"cases": cases}), accepted(at("02-24 10:00"), SECOND, waits_for=(CASE,)))
    assert told("02-26 12:00", *bundle, case=SECOND)[-1] == f"predecessor {CASE} 02-24 10:00 2 …"
    went_on = told("02-26 12:00", *bundle, ready(at("02-25 10:00"), SECOND), case=SECOND)
    assert went_on[-1] == "decision wjj 02-25 10:00 1 …"


def test_what_the_law_dates_back_was_waited_for_at_the_window():
    late = accepted(at("02-24 09:00"), deemed=True)
    spans = told("03-06 12:00", submitted(at("02-24 09:00")), late, assigned(at("03-04 10:00")))
    assert spans == ["intake 02-24 09:00 7", "task xfdd 03-04 10:00 2 …"]


def test_what_ends_without_a_result_is_over_and_a_refusal_is_fetched_too():
    assert told("12-01 00:00", *BEGUN, closed(at("02-26 10:00")))[-1] == "decision scjg 02-25 10:00 1"
    assert told("02-27 12:00", *BEGUN, refused(at("02-26 10:00")), issued(at("02-26 11:00")))[-1] == (
        "fetch 02-26 11:00 1 …"
    )


def test_of_a_case_of_which_nothing_says_when_it_began_nothing_is_told():
    assert told("12-01 00:00", procedure_ended(at("02-26 10:00"))) == []


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_parts_follow_on_each_other_and_add_up_to_the_whole(data):
    events = data.draw(applications())
    heard = events[: data.draw(st.integers(1, len(events)))]
    now = FILED + timedelta(minutes=data.draw(st.integers(0, 400 * 24 * 60)))
    state = story(*heard).state
    for number in (CASE, SECOND, THIRD):
        spans = spans_of(state, state.case(number), now, RULES)
        assert all(before.until == after.since for before, after in pairwise(spans))
        assert all(before.waited != after.waited for before, after in pairwise(spans))
        if not spans:
            continue
        first, last = spans[0].since, spans[-1].until
        whole = {day for n in range(500) if first <= (day := _closing(first, n)) < last and works(day.date())}
        assert sum((each.length for each in spans), timedelta()) == last - first
        assert sum(each.days for each in spans) == len(whole)
        sums = sums_of(spans)
        assert sum((each.length for each in sums.values()), timedelta()) == last - first
        assert sum(each.days for each in sums.values()) == len(whole)
        assert all(isinstance(each, Waited) for each in sums)
        current = waited_now(state, state.case(number), now)
        assert spans[-1].open == (current is not None)
        assert [each.open for each in spans[:-1]] == [False] * (len(spans) - 1)


def _closing(first, n):
    return shanghai(first).replace(hour=18, minute=0, second=0, microsecond=0) + timedelta(days=n)
