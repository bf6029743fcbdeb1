"""The chain of entries holds as it was written, and names the first place where somebody changed it."""

import pytest

from services.supervision.decide import decide
from services.supervision.decide.audit import COLLECTION, DETAILS, Break, first_break, link, opened
from services.supervision.handlers import HEARS
from services.supervision.model import NOTHING_HEARD, Supervised
from shared.contracts.terms import PERSONAL
from shared.kernel import Line
from tests.unit.supervision.sample import APP, CASE, RULES, Ear, accepted, approved, asked_for_more, at, submitted

EVENTS = (submitted(at("02-12 09:00")), asked_for_more(at("02-12 10:00")), accepted(at("02-13 10:00")))


def chained(*events):
    """The state and the rows after these events."""
    state, rows, ear = None, [], Ear()
    for event in events:
        decision = decide(state, ear(event), at("02-13 12:00"), RULES)
        state = decision.state
        (line,) = [fact for fact in decision.facts if isinstance(fact, Line)]
        rows += opened({"n": line.n, "lines": [line.text]})
        assert (line.collection, line.n) == (COLLECTION, len(rows))
    return state, rows


def broken(state: Supervised, rows):
    return first_break(rows, state.entries, state.head)


def test_every_event_is_one_entry_that_follows_the_one_before():
    state, rows = chained(*EVENTS)
    assert [row["n"] for row in rows] == [1, 2, 3]
    assert [row["prev"] for row in rows] == [NOTHING_HEARD, rows[0]["hash"], rows[1]["hash"]]
    assert (state.entries, state.head) == (3, rows[2]["hash"])
    assert broken(state, rows) is None


def test_an_entry_names_the_event_and_its_place_in_the_log():
    _, rows = chained(*EVENTS)
    entry = rows[2]
    assert (entry["type"], entry["source"], entry["seq"]) == ("onedoor.intake.CaseAccepted.v1", f"intake/{APP}", 3)
    assert (entry["topic"], entry["partition"], entry["offset"]) == ("onedoor.intake.v1", 3, 2)
    assert (entry["subject"], entry["cause"], entry["time"]) == (CASE, "c", "2026-02-12T01:00:00.000000+00:00")
    assert entry["details"]["item_name"] == "样例事项"


@pytest.mark.parametrize("field", ["type", "time", "offset", "body", "details", "prev", "hash"])
def test_a_changed_field_breaks_the_chain_there(field):
    state, rows = chained(*EVENTS)
    rows[1] = {**rows[1], field: "0" * 64}
    assert broken(state, rows) == Break(2, "changed")


def test_a_forged_entry_with_a_right_hash_breaks_the_chain_behind_it():
    state, rows = chained(*EVENTS)
    forged = {**rows[1], "time": "2026-02-11T01:00:00.000000+00:00"}
    rows[1] = {**forged, "hash": link(forged)}
    assert broken(state, rows) == Break(3, "not_following")


def test_a_forged_last_entry_does_not_fit_the_head():
    state, rows = chained(*EVENTS)
    forged = {**rows[2], "cause": "nobody"}
    rows[2] = {**forged, "hash": link(forged)}
    assert broken(state, rows) == Break(3, "head_differs")


def test_a_removed_and_an_added_entry_are_named():
    state, rows = chained(*EVENTS)
    assert broken(state, [rows[0], rows[2]]) == Break(2, "missing")
    assert broken(state, rows[:2]) == Break(3, "missing")
    assert broken(state, [*rows, {**rows[2], "n": 4}]) == Break(4, "added")


def test_entries_show_no_sealed_box_and_no_personal_data():
    _, rows = chained(*EVENTS, approved(at("02-24 10:00")))
    assert not PERSONAL.search(str([row["details"] for row in rows]))
    for event in (event for row in HEARS for event in row.events):
        fields = set(DETAILS.get(event.__name__, ()))
        assert fields <= set(event.model_fields)
        assert not fields & {"holder", "applicant_ref", "owner", "officer", "reason_text"}
