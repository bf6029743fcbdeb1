"""The rows that statistics are counted from: when one is put, what it says, and that the order of events is nothing."""

from itertools import permutations

from services.supervision.decide import decide
from services.supervision.decide.counted import CASES, ITEMS
from shared.contracts.envelope import Heard, event_id
from shared.contracts.intake import ItemPublished
from shared.contracts.terms import Limits
from shared.kernel import Fact
from tests.unit.supervision.sample import (
    APP,
    CASE,
    RULES,
    SECOND,
    Ear,
    accepted,
    approved,
    asked_for_more,
    at,
    closed,
    issued,
    ready,
    refused,
    source_of,
    submitted,
    supplemented,
)

FILED, TAKEN = submitted(at("02-10 09:00"), "scjg", "xfdd"), at("02-12 10:00")


def put(*events, ear=None, state=None):
    """Every row that these put, in order, as (case, edition, row)."""
    ear, found = ear or Ear(), []
    for event in events:
        decided = decide(state, ear(event), TAKEN, RULES)
        state = decided.state
        found += [
            (fact.id, fact.edition, fact.row)
            for fact in decided.facts
            if isinstance(fact, Fact) and fact.collection == CASES
        ]
    return found


def last(*events, case=CASE):
    """The row that stays."""
    return max((edition, dict(row)) for name, edition, row in put(*events) if name == case)[1]


class TestWhenARowIsPut:
    def test_a_case_has_two_at_most_where_nothing_is_corrected(self):
        rows = put(FILED, accepted(TAKEN), approved(at("02-13 10:00")), issued(at("02-13 11:00")))
        assert [(name, row["outcome"]) for name, _, row in rows] == [(CASE, ""), (CASE, "approved")]
        assert rows[0][1] < rows[1][1]

    def test_an_application_that_is_not_accepted_has_none(self):
        assert put(FILED, asked_for_more(at("02-10 10:00")), closed(at("02-11 10:00"))) == []

    def test_an_acceptance_said_again_with_its_legal_date_corrects_it(self):
        early = at("01-30 10:00")
        rows = put(FILED, accepted(TAKEN), accepted(early, deemed=True))
        assert [row["accepted_month"] for _, _, row in rows] == ["2026-02", "2026-01"]


class TestWhatItSays:
    def test_where_it_came_from_and_what_it_promised(self):
        row = last(FILED, accepted(TAKEN))
        where = (row["item"], row["item_name"], row["department"], row["window"])
        assert where == ("i1", "样例事项1", "scjg", "online")
        assert (row["promised"], row["statutory"], row["limited"], row["unit"]) == (5, 20, 1, "working_days")
        assert (row["due_month"], row["ended_month"], row["outcome"]) == ("2026-02", "", "")

    def test_without_a_limit_of_the_law_nothing_is_compared_with_it(self):
        row = last(FILED, accepted(TAKEN, days=(5, None)), approved(at("02-13 10:00")))
        assert [row[name] for name in ("limited", "promised", "bounded", "spent", "allowed")] == [0, 0, 0, 0, 0]
        assert row["used"] == 1

    def test_the_days_that_it_took_are_counted_over_a_holiday(self):
        row = last(FILED, accepted(TAKEN), approved(at("02-24 10:00")))  # 春节: 13, 14 and 24 February are worked
        assert (row["used"], row["spent"], row["allowed"], row["timely"], row["same_day"]) == (3, 3, 20, 1, 0)

    def test_it_is_late_after_the_promise_and_unlawful_after_the_law(self):
        late = last(FILED, accepted(TAKEN), refused(at("02-27 09:00")))
        assert (late["timely"], late["lawful"], late["approved"], late["finished"]) == (0, 1, 0, 1)
        assert last(FILED, accepted(TAKEN), refused(at("03-19 09:00")))["lawful"] == 0

    def test_on_the_same_day_it_took_none(self):
        row = last(FILED, accepted(TAKEN), approved(at("02-12 17:00")))
        assert (row["used"], row["same_day"]) == (0, 1)

    def test_what_ends_without_a_decision_is_not_finished(self):
        row = last(FILED, accepted(TAKEN), closed(at("02-13 10:00")))
        assert (row["outcome"], row["finished"], row["timed"], row["ended_month"]) == ("closed", 0, 0, "2026-02")

    def test_working_days_are_waited_for_what_was_missing(self):
        asked, answer = asked_for_more(at("02-11 10:00")), supplemented(at("02-13 18:01"))
        row = last(FILED, asked, answer, accepted(at("02-14 10:00")))
        assert row["waited"] == 3  # closing time passed on the 11th, 12th and 13th


class TestOrder:
    def test_between_services_it_does_not_matter(self):
        mine = [FILED, accepted(TAKEN), accepted(at("02-10 10:00"), deemed=True)]
        others = [approved(at("02-13 10:00")), issued(at("02-13 11:00"))]
        ends = set()
        for mixed in set(permutations([0, 0, 0, 1, 2])):
            queues = [iter(mine), iter(others[:1]), iter(others[1:])]
            ends.add(repr(sorted(last(*(next(queues[source]) for source in mixed)).items())))
        assert len(ends) == 1

    def test_of_two_endings_the_earlier_stands_whichever_comes_first(self):
        from shared.contracts.approval import CaseWithdrawn

        gone = CaseWithdrawn(application=APP, case=CASE, at=at("02-13 09:00"))
        start = (FILED, accepted(TAKEN))
        one, other = last(*start, gone, closed(at("02-13 10:00"))), last(*start, closed(at("02-13 10:00")), gone)
        assert one == other
        assert one["outcome"] == "withdrawn"

    def test_a_case_that_waits_is_not_due_before_it_is_ready(self):
        waiting = accepted(TAKEN, case=SECOND, waits_for=(CASE,))
        assert last(FILED, waiting, case=SECOND)["due"] == ""
        row = last(FILED, waiting, ready(at("02-13 10:00"), SECOND), approved(at("02-13 15:00"), SECOND), case=SECOND)
        assert (row["due_month"], row["used"], row["same_day"]) == ("2026-02", 0, 0)


class TestItems:
    def test_each_publication_of_an_item_is_a_row(self):
        facts, state = [], None
        for number, handling in enumerate(("即办件", "承诺件"), start=1):
            event = ItemPublished(
                item="i1", item_version=1, name="样例事项", department="scjg", limits=Limits(promised_days=number),
                handling=handling, visits=0, published_at=at(f"0{number}-01 09:00"),
            )  # fmt: skip
            heard = Heard(
                event=event, id=event_id(source_of(event), number), source=source_of(event), seq=number, at=TAKEN,
                cause="c", traceparent="", topic="onedoor.catalogue.v1", partition=0, offset=number, key="i1",
            )  # fmt: skip
            decided = decide(state, heard, TAKEN, RULES)
            state, facts = decided.state, [*facts, *decided.facts]
        assert [(fact.collection, fact.row["at_once"], fact.row["promised"]) for fact in facts] == [
            (ITEMS, 1, 1),
            (ITEMS, 0, 2),
        ]
        assert len({fact.id for fact in facts}) == 2
        assert state.publications == 2
