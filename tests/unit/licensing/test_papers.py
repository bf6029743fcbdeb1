"""What a paper says in words and cites as law, by the kind of its item; no law is cited that does not apply."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.licensing.decide import decide
from services.licensing.document import NoticeDocument
from services.licensing.issuing import IssuingRules
from services.licensing.papers import paper
from shared.contracts.terms import Party
from shared.local.issuer import sample_uscc
from shared.signing import Ed25519Signer
from shared.testing.story import Story
from tests.unit.licensing.test_decide import NOTICE, REFUSAL

RULES = IssuingRules(Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32)))))
NOW = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
COMPANY = Party(kind="organisation", name="样例餐饮有限公司", code=sample_uscc(1))
ARTICLE = "《中华人民共和国行政许可法》第三十八条第二款"
LAW = ("样例法(2021)第1条", "样例条例(2019)第2条")


def printed(event, **changes) -> NoticeDocument:
    """The paper of a decision, with some of the facts as they were stored otherwise."""
    result = Story(decide, RULES, NOW).given(event).state
    result = result.model_copy(update={"facts": result.facts.model_copy(update=changes)})
    return paper(result, COMPANY, "http://hall.example/verify/1", synthetic=True)


@pytest.mark.parametrize(
    ("kind", "verdict", "signs", "article"),
    [
        ("01", "现决定不予行政许可，", "作出决定的机关", (ARTICLE,)),
        ("05", "现决定不予给付，", "作出决定的机关", ()),
        ("07", "现决定不予确认，", "作出决定的机关", ()),
        ("08", "现决定不予办理，", "作出决定的机关", ()),
        ("09", "现决定不予办理，", "作出决定的机关", ()),
        ("10", "现决定不予办理，", "作出决定的机关", ()),
        ("20", "不予办理，现予告知，", "出具单位", ()),
        ("", "现决定不予办理，", "作出决定的机关", ()),
    ],
)
def test_a_refusal_says_what_is_refused_and_cites_the_law_that_applies(kind, verdict, signs, article):
    made = printed(REFUSAL.model_copy(update={"item_kind": kind, "basis": LAW}))
    assert made.basis == (*LAW, *article)
    assert made.signs == signs
    (said,) = made.paragraphs
    assert said.endswith(f"，{verdict}理由和依据如下。")
    assert ("行政许可" in said) == (kind == "01")


def test_a_refusal_on_a_local_ground_cites_no_law_and_promises_none():
    made = printed(REFUSAL.model_copy(update={"item_kind": "20", "basis": ()}))
    assert made.basis == ()
    assert made.paragraphs[0].endswith("，理由如下。")


def test_a_refusal_issued_before_bases_were_kept_is_printed_as_it_was():
    made = printed(REFUSAL, basis=())
    assert (made.name, made.basis) == ("不予行政许可决定书", (ARTICLE,))
    assert made.paragraphs[0].endswith("，现决定不予行政许可，理由和依据如下。")


def test_a_notice_cites_the_law_of_its_item_and_nothing_of_permits():
    made = printed(NOTICE.model_copy(update={"item_kind": "07", "basis": LAW}))
    assert (made.basis, made.signs) == (LAW, "出具单位")
    assert "许可" not in made.paragraphs[0].replace("食品经营许可（新办）", "")
