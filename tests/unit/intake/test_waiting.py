"""What waits for what: ready when all before it ended well, closed when one cannot; the same in every legal order."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.approval import CaseWithdrawn
from shared.contracts.intake import CaseClosed, CaseReady
from shared.contracts.supervision import DeadlinePassed
from tests.unit.intake.sample import (
    ACCEPT,
    DUE,
    NO,
    approved,
    asks,
    brings,
    case,
    day,
    issued,
    passed,
    refused,
    statuses,
    story,
    withdrawn,
)


def started(*cases):
    return story(*cases).given(ACCEPT)


def test_a_case_is_ready_when_the_licence_that_it_waits_for_exists():
    told = started(case(1), case(2, 1)).when(approved(1))
    told.then()
    (ready,) = told.when(issued(1)).then(CaseReady)
    assert ready.case == f"{NO}-02"


def test_a_licence_heard_of_before_its_approval_is_kept():
    told = started(case(1), case(2, 1)).when(issued(1))
    told.then()
    assert statuses(told) == ["accepted", "waiting"]
    told.when(approved(1)).then(CaseReady)


def test_a_case_that_waits_for_two_is_ready_after_both_and_once():
    told = started(case(1), case(2), case(3, 1, 2)).given(approved(1), issued(1), approved(2))
    assert statuses(told)[2] == "waiting"
    told = told.when(issued(2))
    told.then(CaseReady)
    told.when(issued(2)).then()


@pytest.mark.parametrize("end", [refused, withdrawn])
def test_an_unhappy_end_passes_on_through_the_chain(end):
    told = started(case(1), case(2, 1), case(3, 2), case(4)).when(end(1))
    first, second = told.then(CaseClosed, CaseClosed)
    assert (first.case, first.predecessor, second.predecessor) == (f"{NO}-02", f"{NO}-01", f"{NO}-02")
    assert {first.reason, second.reason} == {"predecessor_ended"}
    assert statuses(told)[1:] == ["closed", "closed", "accepted"]


def test_the_paper_of_a_refusal_makes_nothing_ready():
    told = started(case(1), case(2, 1)).given(issued(1, "refusal")).when(refused(1))
    told.then(CaseClosed)
    assert statuses(told) == ["refused", "closed"]


def test_the_first_ending_stands():
    told = started(case(1), case(2, 1)).given(refused(1)).when(withdrawn(2))
    told.then()
    assert statuses(told) == ["refused", "closed"]
    assert told.state.cases[1].decided is None
    told = started(case(1)).given(refused(1)).when(approved(1))
    told.then()
    assert statuses(told) == ["refused"]


def test_a_waiting_case_that_was_withdrawn_is_not_made_ready():
    told = started(case(1), case(2, 1)).given(withdrawn(2), approved(1)).when(issued(1))
    told.then()
    assert statuses(told) == ["issued", "withdrawn"]


def test_a_case_that_nobody_knows_is_refused():
    told = started(case(1))
    told.when(approved(9)).refused("no_such_case")
    told.when(issued(9)).refused("no_such_case")


CASES = (case(1), case(2, 1), case(3, 1), case(4, 2, 3), case(5))
STORIES = {
    "all well": (
        [approved(1), approved(5), approved(3), approved(2), approved(4)],
        *([issued(place)] for place in (1, 2, 3, 4, 5)),
        [passed(DUE, 1), passed(DUE, 2)],
    ),
    "the first is refused": ([refused(1), approved(5)], [issued(1, "refusal")], [issued(5)], [passed(DUE)]),
    "one in the middle is withdrawn": (
        [approved(1), withdrawn(2), approved(3), approved(5)],
        [issued(1)],
        [issued(3)],
        [issued(5)],
        [passed(DUE)],
    ),
}


def possible(told, message) -> bool:
    """Whether it can have happened yet: departments begin with a waiting case only when intake says that it is ready,
    and only what was approved or refused is issued."""
    return isinstance(message, DeadlinePassed | CaseWithdrawn) or not told.state.case(message.case).waiting


def told_in_order(told, sources, picks):
    """One legal order: within a source the order holds, between sources there is none."""
    rest, said = [list(source) for source in sources], set()
    while any(rest):
        heads = [source for source in rest if source and possible(told, source[0])]
        told = told.when(heads[next(picks) % len(heads)].pop(0))
        said |= {(type(event), event.case) for event in told.last.events}
    return told, said


def received(told, how):
    """An application whose cases were received in one of four ways."""
    if how == "deemed":
        return told.given(passed(DUE))
    if how == "after a supplement":
        return told.at(day(3)).given(asks("a")).at(day(4)).given(brings("a")).at(day(5)).given(ACCEPT)
    return told.at(day(9) if how == "in time" else day(10)).given(ACCEPT)


def in_the_end(told):
    """All facts, but for whether a case that was withdrawn had become ready before: that is a race, and no fact of
    its ending."""
    cases = [
        each.with_(ready_at=None) if each.decided and each.decided.verdict == "withdrawn" else each
        for each in told.state.cases
    ]
    return told.state.model_copy(update={"cases": tuple(cases)})


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("how", ["in time", "late", "deemed", "after a supplement"])
@settings(max_examples=40, deadline=None)
@given(picks=st.lists(st.integers(0, 7), min_size=14, max_size=14))
def test_every_legal_order_comes_to_the_same_end(name, how, picks):
    begun = received(story(*CASES), how).at(day(20))
    expected, said = told_in_order(begun, STORIES[name], itertools.repeat(0))
    found, said_too = told_in_order(begun, STORIES[name], itertools.cycle(picks))
    assert in_the_end(found) == in_the_end(expected)
    assert {each for each in said if each[0] is CaseClosed} == {each for each in said_too if each[0] is CaseClosed}
    assert all(each.ended for each in found.state.cases)
