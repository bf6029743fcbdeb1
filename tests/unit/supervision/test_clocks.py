"""The table of clocks names real events and fields, and the rules read from it answer as the law does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from services.supervision.calendar.working_days import load_calendar
from services.supervision.clocks import CLOCKS, LEADING
from services.supervision.countdown import Countdown, at_place, instant_of
from services.supervision.due import Office
from services.supervision.model import Clock
from services.supervision.rules import Rules
from shared.contracts import approval, intake, licensing, ratings, supervision
from shared.contracts.envelope import Event
from shared.contracts.supervision import CountdownPassed, DeadlinePassed
from shared.contracts.terms import Limits, Near, Unit

RULES = Rules(Office(load_calendar()))
SERVICES = (intake, approval, licensing, ratings, supervision)
EVENTS = {event.__name__: event for service in SERVICES for event in service.EVENTS}
EVERY_ROW = pytest.mark.parametrize("row", CLOCKS, ids=lambda row: row.key)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
APPLICATION, CASE = "2611230000001", "2611230000001-01"


def accepted(**more: Any) -> intake.CaseAccepted:
    """A CaseAccepted as far as clocks look at it (样例)."""
    given: dict[str, Any] = {
        "application": APPLICATION,
        "case": CASE,
        "accepted_at": NOON,
        "waits_for": (),
        "joint_days": None,
    }
    limits = Limits(promised_days=5, statutory_days=20)
    return intake.CaseAccepted.model_construct(**{**given, "limits": limits, **more})


def field_type(event: type[Event], path: list[str]) -> object:
    kind: Any = event
    for name in path:
        kind = kind.model_fields[name].annotation
    return kind


def limits_of(row: Countdown) -> list[tuple[object, str]]:
    return [(limit.days, limit.kind) for limit in (row.promised, row.statutory) if limit]


@EVERY_ROW
def test_every_event_in_the_table_exists_and_has_an_instant(row: Countdown) -> None:
    for name in sorted(row.hears):
        event = EVENTS[name].model_construct(at=NOON, submitted_at=NOON, accepted_at=NOON)
        assert instant_of(event) == NOON


@EVERY_ROW
def test_every_length_is_a_number_of_days_in_a_real_field(row: Countdown) -> None:
    assert limits_of(row)
    for days, _ in limits_of(row):
        if isinstance(days, str):
            event, *path = days.split(".")
            assert field_type(EVENTS[event], path) in (int, int | None, date | None)


@EVERY_ROW
def test_every_limit_has_a_kind_that_the_contract_knows_and_a_basis(row: Countdown) -> None:
    said_by = DeadlinePassed if row.leads else CountdownPassed
    known = get_args(said_by.model_fields["kind"].annotation)
    assert {kind for _, kind in limits_of(row)} <= set(known)
    bases = [limit.basis for limit in (row.promised, row.statutory) if limit]
    assert all("Art. " in basis or basis.startswith("policy: ") for basis in bases)


def test_every_kind_of_the_contract_belongs_to_one_clock() -> None:
    said = [kind for row in CLOCKS for _, kind in limits_of(row)]
    kinds = (get_args(event.model_fields["kind"].annotation) for event in (DeadlinePassed, CountdownPassed))
    assert sorted(said) == sorted(kind for each in kinds for kind in each)
    assert len({row.key for row in CLOCKS}) == len(CLOCKS)


def test_every_ending_of_a_case_stops_its_decision_clock_and_the_joint_clock() -> None:
    endings = {"CaseApproved", "CaseRefused", "CaseWithdrawn", "CaseClosed"}
    assert set(RULES.clock("decision").stops) == endings
    assert set(RULES.clock("joint").stops) >= endings


def test_the_decision_clock_of_a_waiting_case_starts_when_it_is_ready() -> None:
    row = RULES.clock("decision")
    ready = intake.CaseReady(application=APPLICATION, case=CASE, at=NOON)
    assert row.starts_with(accepted())
    assert not row.starts_with(accepted(waits_for=("2611230000001-02",)))
    assert row.starts_with(ready)
    assert not row.starts_with(licensing.ResultIssued.model_construct(at=NOON))
    assert row.lengths(accepted(waits_for=("2611230000001-02",))) == (5, 20)


def test_the_joint_clock_starts_at_acceptance_also_of_a_waiting_case() -> None:
    row = RULES.clock("joint")
    waiting = accepted(waits_for=("2611230000001-02",), joint_days=45)
    assert row.starts_with(waiting)
    assert row.lengths(waiting) == (None, 45)
    assert row.lengths(accepted()) == (None, None), "a single item has no joint limit"


def test_a_length_or_unit_whose_event_was_not_kept_is_an_error() -> None:
    ready = intake.CaseReady(application=APPLICATION, case=CASE, at=NOON)
    with pytest.raises(LookupError):
        RULES.clock("decision").lengths(ready)
    with pytest.raises(LookupError):
        RULES.clock("decision").unit_of(ready)


@EVERY_ROW
def test_every_unit_is_one_that_the_arithmetic_knows_or_stands_in_a_real_field(row: Countdown) -> None:
    event, *path = (row.unit_in or "CaseAccepted.limits.unit").split(".")
    assert field_type(EVENTS[event], path) == Unit
    assert row.unit in get_args(Unit)


def test_the_decision_clock_alone_takes_its_unit_from_the_limits_of_its_case() -> None:
    limits = Limits(promised_days=1, statutory_days=3, unit="calendar_days")
    said = accepted(limits=limits, joint_days=45)
    units = {row.key: row.unit_of(said) for row in CLOCKS if row.leads}
    assert units == {
        "acceptance": "working_days", "decision": "calendar_days", "joint": "working_days",
        "issuance": "working_days",
    }  # fmt: skip
    assert RULES.clock("decision").unit_of(accepted()) == "working_days"


def test_calendar_days_run_to_closing_for_a_department_and_to_midnight_for_an_applicant() -> None:
    timing = RULES.timing("decision", NOON, 4, 6, unit="calendar_days")
    assert timing.due == datetime(2026, 11, 27, 10, tzinfo=UTC)
    assert timing.statutory_due == datetime(2026, 11, 30, 10, tzinfo=UTC), "29 November is a Sunday"
    waited_for = tuple(replace(row, whose="applicant") for row in CLOCKS)
    assert replace(RULES, clocks=waited_for).timing("decision", NOON, 4, 6, unit="calendar_days").due == (
        datetime(2026, 11, 27, 16, tzinfo=UTC)
    )


def test_acceptance_takes_its_days_from_the_application_and_issuance_ten_by_law() -> None:
    submitted = intake.ApplicationSubmitted.model_construct(submitted_at=NOON, acceptance_days=5)
    assert RULES.clock("acceptance").lengths(submitted) == (None, 5)
    assert RULES.clock("issuance").lengths(submitted) == (None, 10)


def test_a_decision_clock_says_promised_and_then_statutory() -> None:
    timing = RULES.timing("decision", NOON, 5, 20)
    said = RULES.clock("decision").deadlines(timing)
    assert [(kind, f"{at:%m-%d %H:%M}") for kind, at in said] == [
        ("promised", "11-30 10:00"),
        ("statutory", "12-21 10:00"),
    ]


def test_a_clock_with_the_laws_limit_alone_says_its_one_kind() -> None:
    timing = RULES.timing("acceptance", NOON, None, 5)
    assert timing.due == timing.statutory_due
    assert RULES.clock("acceptance").deadlines(timing) == (("acceptance", timing.due),)


def test_a_length_can_be_a_day_that_an_event_names_with_some_days_before_it() -> None:
    until = licensing.LicenceIssued.model_construct(at=NOON, valid_until=date(2027, 11, 23))
    assert RULES.clock("expiry").lengths(until) == (365, None)
    assert RULES.clock("renewal").lengths(until) == (335, None)
    assert RULES.clock("expiry").lengths(until.model_copy(update={"valid_until": None})) == (None, None)
    short = until.model_copy(update={"valid_until": date(2026, 12, 1)})
    assert RULES.clock("renewal").lengths(short) == (0, None), "its window had closed when it was issued"


def test_an_item_says_itself_when_it_is_near() -> None:
    limits = Limits(promised_days=20, near=Near(least_days=3, percent=50))
    row = RULES.clock("decision")
    near = row.near_of(accepted(limits=limits))
    assert near == Near(least_days=3, percent=50)
    assert row.near_of(accepted()) is None
    ten_left = RULES.timing("decision", NOON, 20, None, near=near).yellow_at
    four_left = RULES.timing("decision", NOON, 20, None).yellow_at
    assert (RULES.due(NOON, 10).at, RULES.due(NOON, 16).at) == (ten_left, four_left)


def test_what_stands_in_another_event_is_not_found() -> None:
    with pytest.raises(LookupError):
        at_place("CaseAccepted.limits.unit", intake.CaseReady(application=APPLICATION, case=CASE, at=NOON))


def test_the_clocks_that_lead_are_the_four_that_the_law_times() -> None:
    assert LEADING == ("acceptance", "decision", "joint", "issuance")


def test_an_unlimited_case_has_only_its_promise() -> None:
    timing = RULES.timing("decision", NOON, 5, None)
    assert [kind for kind, _ in RULES.clock("decision").deadlines(timing)] == ["promised"]


def test_the_rules_answer_with_the_table_and_the_calendar_they_were_given() -> None:
    timing = RULES.timing("decision", NOON, 5, 20)
    assert RULES.calendar == load_calendar().version
    assert RULES.due(NOON, 5).at == timing.due
    clock = Clock(subject="x", key="decision", started=NOON, promised_days=5, statutory_days=20)
    by_calendar = clock.model_copy(update={"unit": "calendar_days"})
    assert RULES.remaining(clock, datetime(2026, 11, 24, 10, tzinfo=UTC)) == 4
    assert RULES.remaining(clock, datetime(2026, 11, 24, 10, tzinfo=UTC), by_law=True) == 19
    assert RULES.remaining(by_calendar, datetime(2026, 11, 28, 10, tzinfo=UTC)) == 1
    assert RULES.remaining(Clock(subject="x", key="decision", promised_days=5), NOON) == 0
    assert RULES.light(timing, NOON) == "green"
    assert RULES.judged(timing, NOON).on_time
    assert RULES.next_change(timing, "green") == (timing.yellow_at, "yellow")
    assert RULES.instant_of(accepted()) == NOON
    with pytest.raises(LookupError, match="no clock 'tea'"):
        RULES.clock("tea")
