"""Each rule of what holds at the end fires on the damage that it is there for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.contracts.envelope import Outgoing, Record
from shared.messaging.document import Entry, Parked, Undecodable, Waiting
from tests.proof.drained import drained
from tests.unit.proof.conftest import NOW
from tests.unit.proof.tampering import append, changed, fresh, rules, without


@pytest.fixture
def rated(sound):
    """The application that went all the way."""
    return sound.events("RatingGiven")[0].event.application


def damaged(sound, service, name, **fields):
    """The state of a document, with other fields."""
    state = sound.documents[service][name].state
    changed(sound, service, name, state=state.model_copy(update=fields))


def test_an_outbox_with_something_left(sound, rated):
    changed(sound, "ratings", rated, outbox=(Entry(9, Outgoing("t", b"k", b"v", ())),))
    assert rules(drained(sound)) == {"outbox_left"}


def test_an_empty_outbox_that_the_sweeper_still_looks_for(sound, rated):
    sound.since["ratings"][rated] = NOW
    assert rules(drained(sound)) == {"outbox_left"}


def test_a_state_that_cannot_be_read(sound, rated):
    changed(sound, "supervision", rated, state=Undecodable("x"))
    assert "undecodable" in rules(drained(sound))


def poison(sound, lane):
    record = Record(
        "onedoor.approval.v1", 0, 10_000, lane.encode(), b"{", [("ce_type", b"onedoor.approval.CaseApproved.v1")]
    )
    sound.records[record.topic].append(record)
    changed(sound, "ratings", lane, parked=Parked("broken_headers", "", NOW, 1))
    sound.waiting["ratings"].append(Waiting(lane, record, "broken_headers"))
    return fresh(sound, record)


def test_a_lane_parked_by_planted_poison_with_its_dead_letter(sound, rated):
    record = poison(sound, rated)
    sound.records.setdefault("onedoor.ratings.dlq", []).append(replace(record, topic="onedoor.ratings.dlq"))
    assert drained(sound) == []


def test_a_lane_parked_without_dead_letter(sound, rated):
    poison(sound, rated)
    assert rules(drained(sound)) == {"parked_without_dead_letter"}


def test_a_lane_parked_where_nothing_was_planted(sound, rated):
    changed(sound, "ratings", rated, parked=Parked("decision_raised", "ValueError", NOW, 1))
    assert rules(drained(sound)) == {"parked", "parked_without_dead_letter"}
    assert rules(drained(sound, poisoned=[rated])) == {"parked_without_dead_letter"}


def test_a_record_kept_for_an_open_lane(sound, rated):
    sound.waiting["approval"].append(Waiting(rated, sound.said[0].record))
    assert rules(drained(sound)) == {"kept_without_reason"}


@pytest.mark.parametrize("service", ["intake", "approval", "supervision", "ratings"])
def test_an_event_that_was_not_heard(sound, rated, service):
    inbox = dict(sound.documents[service][rated].inbox)
    source = next(name for name in sorted(inbox) if not name.startswith(f"{service}/"))
    changed(sound, service, rated, inbox={**inbox, source: inbox[source] - 1})
    assert rules(drained(sound)) == {"unheard"}


def test_a_document_that_never_came_to_be(sound):
    del sound.documents["licensing"][sound.events("CaseApproved")[0].event.case]
    assert {"unheard", "result_missing"} <= rules(drained(sound))


def test_a_mark_of_something_that_was_never_said(sound, rated):
    inbox = sound.documents["ratings"][rated].inbox
    changed(sound, "ratings", rated, inbox={**inbox, "licensing/nobody": 1})
    assert rules(drained(sound)) == {"mark_ahead"}


def test_a_department_opinion_without_effect(sound):
    said = sound.opinions[0]
    state = sound.documents["approval"][said.heard.key].state
    case, task = state.task(said.event.task)
    open_again = case.with_task(task.model_copy(update={"opinion": None})).model_copy(update={"status": "open"})
    changed(sound, "approval", said.heard.key, state=state.with_case(open_again))
    assert "opinion_unheard" in rules(drained(sound))


def test_an_index_that_differs_from_its_state(sound, rated):
    sound.indexed["ratings"][rated] = {**sound.indexed["ratings"][rated], "invited": True}
    found = drained(sound)
    assert rules(found) == {"index_differs"}
    assert "invited" in found[0].detail


def test_an_index_in_the_precision_of_the_database_is_right(sound, rated):
    row = sound.indexed["ratings"][rated]
    kept = {name: at.replace(microsecond=0) if name == "invited_at" and at else at for name, at in row.items()}
    sound.indexed["ratings"][rated] = kept
    assert drained(sound) == []


def test_rating_rows_missing_added_and_changed(sound):
    rows = sound.facts["ratings"]["ratings"]
    case, row = next(iter(rows.items()))
    rows[case] = {**row, "level": 1}
    assert rules(drained(sound)) == {"fact_differs"}
    rows[case] = {**row, "at": row["at"] + timedelta(microseconds=1)}
    assert drained(sound) == []
    rows["nobody"] = rows.pop(case)
    assert rules(drained(sound)) == {"fact_missing", "fact_added"}


def test_a_milestone_missing_and_added(sound, rated):
    rows = sound.facts["supervision"]["milestones"]
    rows["submitted/nobody"] = rows.pop(f"submitted/{rated}")
    found = [(each.rule, each.kind) for each in drained(sound)]
    assert sorted(found) == [("fact_added", "doubled"), ("fact_missing", "lost")]


def test_a_row_of_statistics_missing_added_and_changed(sound):
    rows = sound.facts["supervision"]["cases"]
    case, row = next((case, row) for case, row in rows.items() if row["outcome"] == "approved")
    for name, value in {"used": row["used"] + 1, "accepted_month": "2001-01", "timely": 1 - row["timely"]}.items():
        rows[case] = {**row, name: value}
        assert rules(drained(sound)) == {"fact_differs"}
    rows[case] = row
    rows["nobody"] = rows.pop(case)
    assert rules(drained(sound)) == {"fact_missing", "fact_added"}


def test_a_row_of_satisfaction_changed_missing_and_added(sound):
    rows = sound.facts["supervision"]["satisfaction"]
    name, row = next(iter(rows.items()))
    rows[name] = {**row, "level": row["level"] % 5 + 1}
    assert rules(drained(sound)) == {"fact_differs"}
    rows["rated/nobody"] = rows.pop(name)
    assert rules(drained(sound)) == {"fact_missing", "fact_added"}


def test_an_audit_entry_changed_missing_or_reordered(sound, rated):
    rows = sound.facts["supervision"]["audit"]
    names = sorted(name for name in rows if name.startswith(rated))
    third = rows[names[2]]
    edited = third["lines"][0].replace('"cause":"', '"cause":"another', 1)
    rows[names[2]] = {**third, "lines": [edited, *third["lines"][1:]]}
    assert rules(drained(sound)) == {"chain_broken"}
    del rows[names[2]]
    assert rules(drained(sound)) == {"chain_broken", "chain_incomplete"}


def test_an_audit_chain_whose_document_is_ahead(sound, rated):
    state = sound.documents["supervision"][rated].state
    damaged(sound, "supervision", rated, entries=state.entries + 1)
    assert "chain_broken" in rules(drained(sound))
    damaged(sound, "supervision", rated, entries=state.entries, head="0" * 64)
    assert rules(drained(sound)) == {"chain_broken"}


def test_an_audit_entry_at_a_place_that_holds_something_else(sound, rated):
    said = sound.events("RatingGiven")[0]
    append(sound, said.record)
    without(sound, said)
    assert rules(drained(sound)) == {"chain_misplaced"}


def test_something_that_exists_and_was_told_to_nobody(sound):
    for what in ("submitted", "accepted", "supplement_requested", "supplemented", "withdrawn", "opinion", "rated"):
        told = next(each for each in sound.told if each.what == what)
        found = drained(replace(sound, told=[each for each in sound.told if each != told]))
        assert rules(found) == {"untold"}, what
        assert drained(replace(sound, told=[each for each in sound.told if each != told]), exact=False) == []


def test_a_result_of_a_case_that_nobody_decided(sound):
    documents = sound.documents["licensing"]
    case = sound.events("CaseApproved")[0].event.case
    sound.documents["licensing"]["ZZZZZZZZZZZZZ-01"] = documents[case]
    assert "result_added" in rules(drained(sound, exact=False))


@pytest.mark.parametrize("service", ["intake", "ratings"])
def test_services_that_tell_different_ends(sound, rated, service):
    state = sound.documents[service][rated].state
    case = state.cases[0]
    other = {"decided": case.decided.model_copy(update={"verdict": "refused"})} if service == "intake" else {
        "ending": case.ending.model_copy(update={"how": "closed"})
    }  # fmt: skip
    damaged(sound, service, rated, cases=(case.model_copy(update=other), *state.cases[1:]))
    assert {each.where.partition("/")[0] for each in drained(sound) if each.rule == "ends_disagree"} == {service}


def test_a_withdrawn_case_that_intake_holds_for_open(sound):
    case = sound.events("CaseWithdrawn")[0].event
    state = sound.documents["intake"][case.application].state
    damaged(sound, "intake", case.application, cases=(state.cases[0].model_copy(update={"decided": None}),))
    assert "ends_disagree" in rules(drained(sound))


def test_an_accepted_case_that_approval_never_got(sound):
    case = sound.events("CaseWithdrawn")[0].event
    damaged(sound, "approval", case.application, cases=())
    assert "ends_disagree" in rules(drained(sound))
