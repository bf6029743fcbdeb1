"""Each rule of safety fires on the damage that it is there for."""

from dataclasses import replace

import pytest

from shared.messaging.document import Entry
from tests.proof.evidence import Told
from tests.proof.once import ONCE
from tests.proof.promises import STANDS
from tests.proof.safety import safety
from tests.unit.proof.tampering import append, changed, fresh, last, rules, say_again, telling, without

NOBODY = "ZZZZZZZZZZZZZ"


@pytest.mark.parametrize(("service", "what"), STANDS)
def test_what_was_told_and_is_not_there(sound, service, what):
    for subject in (NOBODY, f"{NOBODY}-01", f"{NOBODY}-01-T1"):
        found = safety(telling(sound, Told(service, NOBODY, what, subject)))
        assert [(each.kind, each.rule) for each in found] == [("lost", f"lost_{what}")]


@pytest.mark.parametrize("what", ["accepted", "supplement_requested", "supplemented", "withdrawn"])
def test_what_was_told_of_an_application_that_knows_nothing_of_it(sound, what):
    untouched = next(
        name for name, state in sound.states("intake")
        if not name.startswith("catalogue/") and state.received_by is None and not state.lists
        and not any(case.closed for case in state.cases)
    )  # fmt: skip
    found = safety(telling(sound, Told("intake", untouched, what, untouched)))
    assert rules(found) == {f"lost_{what}"}


def test_an_application_that_vanished(sound):
    first = next(told for told in sound.told if told.what == "submitted")
    del sound.documents["intake"][first.application]
    assert {"lost_submitted", "said_before_saved"} <= rules(safety(sound))


def test_one_key_for_two_applications(sound):
    one, two = [told for told in sound.told if told.what == "submitted"][:2]
    assert "key_with_two_answers" in rules(safety(telling(sound, replace(two, key=one.key))))


def test_an_opinion_that_was_accepted_twice(sound):
    told = next(told for told in sound.told if told.what == "opinion")
    assert rules(safety(telling(sound, replace(told, key="another1")))) == {"told_twice"}


@pytest.mark.parametrize("name", sorted(set(ONCE) - {"CaseNotRequired", "CaseReferred", "ResultDelivered"}))
def test_what_happened_twice(sound, name):
    say_again(sound, name)
    found = {each.rule: each.kind for each in safety(sound)}
    assert found[ONCE[name][0]] == "doubled"


def test_a_second_acceptance_that_is_not_deemed(sound):
    say_again(sound, "CaseAccepted")
    assert "second_reception" in rules(safety(sound))


def test_an_acceptance_given_too_late_may_be_deemed(sound):
    say_again(sound, "CaseAccepted", deemed=True)
    assert "second_reception" not in rules(safety(sound))


def test_a_case_that_was_approved_and_refused(sound):
    approved = sound.events("CaseApproved")[0].event
    say_again(sound, "CaseRefused", application=approved.application, case=approved.case)
    assert "second_decision" in rules(safety(sound))


def test_one_number_on_two_licences(sound):
    other = sound.events("ResultIssued")[1].event
    say_again(sound, "ResultIssued", case=other.case, application=other.application)
    assert "shared_number" in rules(safety(sound))


def test_a_licence_without_an_opinion(sound):
    case = sound.events("CaseApproved")[0].event.case
    without(sound, next(said for said in sound.events("OpinionGiven") if said.event.case == case))
    assert "result_without_opinions" in rules(safety(sound))


def test_a_licence_of_a_case_that_nobody_accepted(sound):
    case = sound.events("LicenceIssued")[0].event.case
    without(sound, next(said for said in sound.events("CaseAccepted") if said.event.case == case))
    assert "result_without_opinions" in rules(safety(sound))


def test_an_approval_against_an_opinion(sound):
    case = sound.events("CaseApproved")[0].event
    say_again(sound, "OpinionGiven", application=case.application, case=case.case, verdict="disagree", task="x")
    assert {"approved_against_opinion", "foreign_opinion"} <= rules(safety(sound))


def test_an_opinion_of_another_department(sound):
    say_again(sound, "OpinionGiven", department="xyz")
    assert "foreign_opinion" in rules(safety(sound))


def test_a_later_event_without_its_earlier_one(sound):
    first = sound.events("ApplicationSubmitted")[0]
    without(sound, first)
    found = {each.rule: each.where for each in safety(sound)}
    assert found["lost_event"] == first.heard.source
    assert "gap" in found


def test_order_of_first_appearance(sound):
    records = sound.records["onedoor.approval.v1"]
    one, two = [
        said.record for said in sound.said if said.heard.source == sound.events("CaseApproved")[0].heard.source
    ][:2]
    first, second = records.index(one), records.index(two)
    records[first], records[second] = two, one
    fresh(sound, one)
    assert rules(safety(sound)) == {"gap"}


def test_a_faithful_repeat_is_legal(sound):
    for said in list(sound.said)[:40]:
        append(sound, said.record)
    assert safety(sound) == []


@pytest.mark.parametrize("what", ["value", "headers"])
def test_a_repeat_that_changed(sound, what):
    record = sound.events("TaskAssigned")[0].record
    other = {"value": record.value + b" ", "headers": (*record.headers, ("x", b"y"))}
    append(sound, record, **{what: other[what]})
    assert rules(safety(sound)) == {"changed_repeat"}


def test_a_source_on_two_partitions(sound):
    record = sound.events("TaskAssigned")[0].record
    sound.records[record.topic].append(replace(record, partition=99, offset=0))
    fresh(sound, record)
    assert rules(safety(sound)) == {"two_partitions"}


@pytest.mark.parametrize(("id", "rule"), [(None, "id_reused"), (b"made up", "wrong_id")])
def test_an_id_that_is_not_its_own(sound, id, rule):
    first, second = sound.events("TaskAssigned")[:2]
    headers = [
        (name, (id or first.heard.id.encode()) if name == "ce_id" else value) for name, value in second.record.headers
    ]
    without(sound, second)
    append(sound, second.record, headers=headers)
    assert rule in rules(safety(sound))


def test_something_said_that_was_never_saved(sound):
    source = say_again(sound, "LightChanged").heard.source
    assert {each.where for each in safety(sound) if each.rule == "said_before_saved"} == {source}


def test_a_pending_event_that_differs_from_what_was_said(sound):
    said = sound.events("TaskAssigned")[0]
    name = said.heard.source.partition("/")[2]
    content = replace(_outgoing(said.record), value=b"{}")
    changed(sound, "approval", name, outbox=(Entry(1, content),))
    assert rules(safety(sound)) == {"changed_event"}


def test_a_number_that_is_only_in_the_outbox_is_not_lost(sound):
    said = max(sound.said, key=lambda each: (each.heard.source.startswith("supervision/"), each.heard.seq))
    assert said.heard.seq == last(sound, said.heard.source)
    without(sound, said)
    assert rules(safety(sound)) == {"lost_event"}
    changed(sound, "supervision", said.heard.source.partition("/")[2], outbox=(Entry(1, _outgoing(said.record)),))
    assert safety(sound) == []


def _outgoing(record):
    from shared.contracts.envelope import Outgoing

    return Outgoing(record.topic, record.key, record.value, tuple(record.headers))
