"""How a refusal may be challenged, by the kind of its item and by who decided: wrong advice costs the right itself."""

import pytest

from services.approval.model import RULES, Approval
from shared.contracts.approval import CaseRefused, OpinionGiven
from tests.unit.approval.sample import CASE, accepted, disagrees, story

REVIEW = ("行政复议", "60日", "《行政复议法》第二十条")
LAWSUIT = ("行政诉讼", "6个月", "《行政诉讼法》第四十六条")
REVIEW_FIRST = ("应当先申请行政复议", "《行政复议法》第二十三条")
COMPLAINT = ("投诉", "《消费者权益保护法》第三十九条", "《优化营商环境条例》第四十九条")
CIVIL_SUIT = ("民事诉讼", "3年", "《民事诉讼法》第三条", "《民法典》第一百八十八条")


def told(kind: str, *, partner: bool) -> tuple[str, ...]:
    refused = story(accepted(kind=kind, partner=partner)).when(disagrees(1, "scjg", "材料不实"))
    return refused.then(OpinionGiven, CaseRefused)[1].remedies


@pytest.mark.parametrize(
    ("kind", "partner", "ways"),
    [
        ("01", False, (REVIEW, LAWSUIT)),
        ("05", False, (REVIEW, LAWSUIT, REVIEW_FIRST)),
        ("07", False, (REVIEW, LAWSUIT)),
        ("08", False, (REVIEW, LAWSUIT)),
        ("09", False, (REVIEW, LAWSUIT)),
        ("10", False, (REVIEW, LAWSUIT)),
        ("20", False, (REVIEW, LAWSUIT)),
        ("20", True, (COMPLAINT, CIVIL_SUIT)),
        ("10", True, (REVIEW, LAWSUIT)),
        ("", False, (REVIEW, LAWSUIT)),
        ("99", False, (REVIEW, LAWSUIT)),
    ],
)
def test_a_refusal_names_the_ways_that_are_open_with_limit_and_law(kind, partner, ways):
    sentences = told(kind, partner=partner)
    assert len(sentences) == len(ways)
    for sentence, parts in zip(sentences, ways, strict=True):
        assert all(part in sentence for part in parts), sentence
        assert sentence.endswith("）。")


def test_nobody_is_sent_to_an_administrative_court_against_a_water_company():
    assert not [sentence for sentence in told("20", partner=True) if "行政" in sentence]


@pytest.mark.parametrize("partner", [False, True])
@pytest.mark.parametrize("kind", [*RULES.challenges, "unknown"])
def test_at_least_two_ways_are_open_whatever_the_kind(kind, partner):
    assert len(RULES.remedies(kind, partner=partner)) >= 2


def test_a_case_kept_before_kinds_were_said_is_still_read_and_challenged_as_an_act():
    state = story(accepted()).state
    raw = state.model_dump(mode="json")
    for field in ("item_kind", "basis", "partner"):
        del raw["cases"][0][field]
    case = Approval.model_validate(raw).case(CASE)
    assert (case.item_kind, case.basis, case.partner) == ("", (), False)
    assert RULES.remedies(case.item_kind, partner=case.partner) == RULES.remedies("01", partner=False)
