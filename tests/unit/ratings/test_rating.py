"""好差评: one invitation at each ending, one rating by the owner, and the same end in every order of hearing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from services.ratings.decide import decide
from services.ratings.model import GiveRating
from services.ratings.tags import RULES
from shared.contracts.approval import CaseWithdrawn
from shared.contracts.intake import ApplicationSubmitted, CaseClosed, CaseNotRequired, CaseReferred, EntryCorrected
from shared.contracts.licensing import ResultIssued
from shared.contracts.ratings import RatingGiven, RatingInvited
from shared.contracts.terms import CaseOutline
from shared.testing.story import Story

NOW = datetime(2026, 3, 31, 16, 30, tzinfo=UTC)  # 1 April in the hall
EARLIER = NOW - timedelta(days=3)
APPLICATION = "AAAAAAAAAAAA1"
ONE, TWO, THREE = (f"{APPLICATION}-0{number}" for number in (1, 2, 3))
MINE = ("sample:applicant", "holder:1")


def submitted(*departments: str) -> ApplicationSubmitted:
    return ApplicationSubmitted(
        application=APPLICATION,
        matter="open-restaurant",
        matter_name="开办餐饮店（样例）",
        bundle=len(departments) > 1,
        cases=tuple(
            CaseOutline(
                case=f"{APPLICATION}-{number:02d}",
                item=f"item-{code}",
                item_version=1,
                name=f"样例事项{number}",
                department=code,
            )
            for number, code in enumerate(departments, 1)
        ),
        channel="online",
        submitted_at=EARLIER,
        owner="sample:applicant",
        applicant_kind="person",
        applicant_ref="ref",
    )


def issued(case: str = ONE, kind: str = "licence", at: datetime = EARLIER) -> ResultIssued:
    return ResultIssued(application=APPLICATION, case=case, kind=kind, number="样例1", name="样例证", at=at)


def withdrawn(case: str = ONE, at: datetime = EARLIER) -> CaseWithdrawn:
    return CaseWithdrawn(application=APPLICATION, case=case, at=at)


def closed(case: str = ONE, at: datetime = EARLIER) -> CaseClosed:
    return CaseClosed(application=APPLICATION, case=case, at=at, reason="predecessor_ended", predecessor=TWO)


def not_required(case: str = ONE) -> CaseNotRequired:
    return CaseNotRequired(application=APPLICATION, case=case, at=EARLIER, reason="无需许可")


def referred(case: str = ONE) -> CaseReferred:
    return CaseReferred(application=APPLICATION, case=case, at=EARLIER, competent_body="样例局", reason="不属本机关")


def rating(level: int = 5, *tags: str, case: str = ONE, **more: object) -> GiveRating:
    return GiveRating(case=case, owners=MINE, level=level, tags=tags, **more)


def story() -> Story:
    return Story(decide, RULES, NOW)


def invited() -> Story:
    return story().given(submitted("xfdd"), issued())


def corrected(owner: str) -> EntryCorrected:
    return EntryCorrected(
        application=APPLICATION,
        fields=("applicant.code",),
        reason="录入有误",
        at=EARLIER,
        by="sample:clerk",
        owner=owner,
        applicant_ref="ref",
    )


def test_a_corrected_code_gives_the_rating_to_the_true_holder():
    told = story().given(submitted("xfdd"), corrected("holder:true"), issued())
    told.when(rating(5)).refused("no_such_case")
    told.when(rating(5).model_copy(update={"owners": ("holder:true",)})).then(RatingGiven)


class TestInvitation:
    @pytest.mark.parametrize(
        ("ending", "how"),
        [
            (issued(kind="licence"), "licence"),
            (issued(kind="notice"), "notice"),
            (issued(kind="refusal"), "refusal"),
            (withdrawn(), "withdrawn"),
            (closed(), "closed"),
            (not_required(), "not_required"),
            (referred(), "referred"),
        ],
    )
    def test_every_ending_invites_for_the_department_of_the_case(self, ending, how):
        told = story().given(submitted("xfdd")).when(ending)
        (event,) = told.then(RatingInvited)
        assert (event.case, event.department, event.at) == (ONE, "xfdd", NOW)
        assert told.state.case(ONE).ending.how == how

    def test_an_ending_heard_before_the_application_waits_for_it(self):
        early = story().when(issued())
        early.then()
        assert early.state.case(ONE).status == "open"
        (event,) = early.when(submitted("xfdd")).then(RatingInvited)
        assert event.department == "xfdd"

    def test_a_second_ending_does_not_invite_again_and_the_earliest_is_the_ending(self):
        late = story().given(submitted("xfdd"), closed(at=EARLIER + timedelta(hours=1)))
        assert late.when(withdrawn(at=EARLIER)).then() == ()
        assert late.when(withdrawn(at=EARLIER)).state.case(ONE).ending.how == "withdrawn"

    def test_each_case_of_a_bundle_is_invited_at_its_own_ending(self):
        told = story().given(submitted("xfdd", "wjj"), issued(TWO))
        assert [case.status for case in told.state.cases] == ["open", "invited"]
        (event,) = told.when(issued(ONE)).then(RatingInvited)
        assert event.department == "xfdd"

    def test_an_ending_of_a_case_that_the_application_never_named_invites_nobody(self):
        told = story().given(submitted("xfdd")).when(issued(TWO))
        told.then()
        told.when(rating(case=TWO)).refused("no_such_case")


class TestRating:
    def test_a_rating_is_said_without_its_comment_and_kept_with_it(self):
        told = invited().when(rating(5, "517", "510", comment="很方便", channel="qr"))
        (event,) = told.then(RatingGiven)
        assert (event.level, event.tags, event.channel, event.commented) == (5, ("510", "517"), "qr", True)
        assert "很方便" not in event.model_dump_json()
        assert told.state.case(ONE).rating.comment == "很方便"

    def test_the_row_for_boards_holds_no_comment_and_no_number_and_counts_the_month_of_the_hall(self):
        (fact,) = invited().when(rating(1, "110", comment="太慢")).last.facts
        assert (fact.collection, fact.id) == ("ratings", ONE)
        row = dict(fact.row)
        assert (row["department"], row["item"], row["level"], row["tags"]) == ("xfdd", "item-xfdd", 1, ["110"])
        assert (row["month"], row["default"], row["at"]) == ("2026-04", False, NOW)
        assert "太慢" not in str(row)
        assert APPLICATION not in str(row)

    def test_a_bad_rating_needs_neither_tags_nor_words(self):
        (event,) = invited().when(rating(1)).then(RatingGiven)
        assert (event.tags, event.commented) == ((), False)

    def test_a_second_rating_is_refused_and_the_first_stands(self):
        rated = invited().given(rating(2, "209"))
        again = rated.when(rating(5))
        assert again.refused("already_rated").detail == {"rated_at": NOW.isoformat()}
        assert again.state.case(ONE).rating.level == 2

    def test_a_case_that_has_not_ended_cannot_be_rated(self):
        story().given(submitted("xfdd")).when(rating()).refused("not_invited")

    @pytest.mark.parametrize("owners", [("sample:applicant2",), (), ("",), ("None",)])
    def test_to_a_stranger_the_case_does_not_exist(self, owners):
        stranger = GiveRating(case=ONE, owners=owners, level=5)
        invited().when(stranger).refused("no_such_case")
        story().when(stranger).refused("no_such_case")
        story().given(issued()).when(stranger).refused("no_such_case")

    def test_a_case_handed_in_for_somebody_is_rated_by_that_person(self):
        for_holder = submitted("xfdd").model_copy(update={"owner": "holder:1"})
        story().given(for_holder, issued()).when(rating()).then(RatingGiven)

    @pytest.mark.parametrize(
        ("tags", "wrong"),
        [(("510", "110"), ["110"]), (("406", "309"), ["309", "406"]), (("999",), ["999"]), (("501",), ["501"])],
        ids=["another level", "two others", "unknown", "retired"],
    )
    def test_a_tag_of_another_level_or_of_no_level_is_refused_by_name(self, tags, wrong):
        refused = invited().when(rating(5, *tags)).refused("wrong_tag")
        assert refused.detail == {"level": 5, "codes": wrong}

    def test_a_repeated_tag_is_refused_by_name(self):
        assert invited().when(rating(5, "510", "510")).refused("repeated_tag").detail == {"codes": ["510"]}

    @pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
    def test_every_tag_of_a_level_goes_with_it_all_eight_at_once(self, level):
        codes = sorted(RULES.codes(level))
        (event,) = invited().when(rating(level, *codes)).then(RatingGiven)
        assert list(event.tags) == codes


SOURCES = (
    (submitted("xfdd", "wjj", "scjgj"), referred(THREE), closed(TWO, EARLIER + timedelta(hours=1))),
    (withdrawn(TWO, EARLIER),),
    (issued(ONE, "notice"),),
    (issued(TWO, "refusal", EARLIER + timedelta(hours=2)),),
)


@st.composite
def interleavings(draw: st.DrawFn) -> list[object]:
    """Any order of hearing that keeps the order within each source."""
    left = [list(source) for source in SOURCES]
    order: list[object] = []
    while any(left):
        source = draw(st.sampled_from([each for each in left if each]))
        order.append(source.pop(0))
    return order


@examples(interleavings())
def test_every_order_of_hearing_comes_to_the_same_end_with_one_invitation_for_each_case(order):
    told, said = story(), []
    for message in order:
        told = told.when(message)
        said += told.last.events
    straight = story().given(*(message for source in SOURCES for message in source))
    assert told.state == straight.state
    assert sorted((event.case, event.department) for event in said) == [(ONE, "xfdd"), (TWO, "wjj"), (THREE, "scjgj")]
    assert told.state.case(TWO).ending.how == "withdrawn"
