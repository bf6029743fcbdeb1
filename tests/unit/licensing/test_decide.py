"""What becomes of a decision: a licence, a notice or a written refusal, issued once and delivered once."""

from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from services.licensing import identifier
from services.licensing.decide import decide, last_valid_day
from services.licensing.issuing import IssuingRules, check_signature, payload
from services.licensing.model import Deliver, Facts, Result
from services.licensing.store import ResultCodec
from shared.contracts.approval import CaseApproved, CaseRefused
from shared.contracts.licensing import LicenceIssued, ResultDelivered, ResultIssued
from shared.contracts.sealed import Sealed
from shared.contracts.terms import LicenceType, Party, ResultTemplate
from shared.local.issuer import sample_uscc
from shared.signing import Ed25519Signer
from shared.testing.story import Story

APPLICATION, CASE = "0123456789ABC", "0123456789ABC-01"
NOW = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)  # 2026-11-22 00:30 in Shanghai
RULES = IssuingRules(Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32)))))
KEYS = {RULES.signer.key_id: RULES.signer.public}
BOX: Sealed[Party] = Sealed[Party].model_validate({"kid": "k1", "nonce": "MDAw", "box": "MDAw"})
FOOD = LicenceType(
    key="food_licence",
    code=sample_uscc(1) + "020",
    name="食品经营许可证",
    issuer="scjg",
    issuer_name="样例县市场监督管理局",
    issuer_code=sample_uscc(2),
    valid_months=60,
    validity="5年",
)
KNOWN = {
    "application": APPLICATION,
    "case": CASE,
    "item": "food_operation",
    "item_version": 1,
    "item_name": "食品经营许可（新办）",
    "item_kind": "01",
    "basis": ("食品安全法(2021)第33、35条",),
    "department": "scjg",
    "owner": "sample:applicant",
    "applicant_ref": "ref-1",
    "holder": BOX,
    "at": NOW,
}
LICENCE = CaseApproved(**KNOWN, result=ResultTemplate(kind="licence", name="食品经营许可证", licence_type=FOOD))
NOTICE = CaseApproved(**KNOWN, result=ResultTemplate(kind="notice", name="核验结果通知书"))
REFUSAL = CaseRefused(**KNOWN, reasons=("没有隔断。",), remedies=("六十日内申请行政复议。", "六个月内起诉。"))


def story() -> Story:
    return Story(decide, RULES, NOW)


def licence(**changes: object) -> CaseApproved:
    kind = FOOD.model_copy(update=changes)
    return LICENCE.model_copy(update={"result": LICENCE.result.model_copy(update={"licence_type": kind})})


class TestApproved:
    def test_an_approved_licence_gets_the_national_identifier_and_both_events(self):
        issued, result = story().when(LICENCE).then(LicenceIssued, ResultIssued)
        read = identifier.parse(issued.licence)
        assert (read.type_code, read.issuer, read.version) == (FOOD.code, FOOD.issuer_code, "001")
        assert read.serial == "202611220123456789ABC01", "the day of issue is that of Shanghai"
        assert (result.kind, result.number, result.name) == ("licence", issued.licence, "食品经营许可证")
        assert issued.about() == issued.licence
        assert result.at == NOW

    def test_its_validity_begins_with_the_day_of_issue_and_ends_on_the_day_before_the_anniversary(self):
        issued, _ = story().when(LICENCE).then(LicenceIssued, ResultIssued)
        assert (issued.valid_from, issued.valid_until) == (date(2026, 11, 22), date(2031, 11, 21))
        issued, _ = story().when(licence(valid_months=None)).then(LicenceIssued, ResultIssued)
        assert issued.valid_until is None

    def test_the_events_hold_a_reference_and_no_box(self):
        for event in story().when(LICENCE).then(LicenceIssued, ResultIssued):
            assert "box" not in event.model_dump_json()
        assert story().given(LICENCE).state.facts.holder_ref == "ref-1"

    def test_a_case_without_licence_ends_in_a_notice_with_its_number(self):
        (result,) = story().when(NOTICE).then(ResultIssued)
        assert (result.kind, result.number, result.name) == ("notice", f"TZ-{CASE}", "核验结果通知书")

    def test_a_template_without_its_type_is_a_data_error(self):
        broken = LICENCE.model_copy(update={"result": ResultTemplate(kind="licence", name="证")})
        with pytest.raises(ValueError, match=r"result\.licence_type"):
            story().when(broken)
        with pytest.raises(ValueError, match="credit code"):
            story().when(licence(issuer_code="1" * 18))


class TestRefused:
    def test_a_refusal_is_a_written_decision_with_reasons_and_remedies(self):
        told = story().when(REFUSAL)
        (result,) = told.then(ResultIssued)
        assert (result.kind, result.number, result.name) == ("refusal", f"JD-{CASE}", "不予行政许可决定书")
        assert told.state.facts.reasons == REFUSAL.reasons
        assert told.state.facts.remedies == REFUSAL.remedies
        assert told.state.facts.basis == REFUSAL.basis
        assert told.state.status(date(2026, 11, 22)) == "issued"

    @pytest.mark.parametrize(
        ("kind", "name"),
        [
            ("01", "不予行政许可决定书"),
            ("05", "不予给付决定书"),
            ("07", "不予确认决定书"),
            ("08", "不予办理决定书"),
            ("09", "不予办理决定书"),
            ("10", "不予办理决定书"),
            ("20", "不予办理告知书"),
            ("", "不予办理决定书"),
            ("99", "不予办理决定书"),
        ],
    )
    def test_it_is_named_by_the_kind_of_its_item(self, kind, name):
        told = story().when(REFUSAL.model_copy(update={"item_kind": kind}))
        assert told.then(ResultIssued)[0].name == name
        assert told.state.facts.name == name


class TestOnce:
    @pytest.mark.parametrize("first", [LICENCE, NOTICE, REFUSAL])
    @pytest.mark.parametrize("second", [LICENCE, REFUSAL])
    def test_a_case_is_decided_once(self, first, second):
        told = story().given(first)
        again = told.at(datetime(2027, 1, 1, tzinfo=UTC)).when(second)
        assert again.refused("already_issued").detail == {"number": told.state.facts.number}
        assert again.state == told.state

    def test_nothing_is_delivered_before_it_exists(self):
        story().when(Deliver(case=CASE, method="post", by="c")).refused("no_such_result")

    def test_only_the_first_delivery_is_said_and_each_way_is_kept_once(self):
        download, counter = (Deliver(case=CASE, method=method, by="x") for method in ("download", "counter"))
        told = story().given(LICENCE).when(download)
        (said,) = told.then(ResultDelivered)
        assert (said.method, said.number, said.case) == ("download", told.state.facts.number, CASE)
        assert told.last.answer["first"] is True
        for _ in range(2):
            told = told.when(counter)
            told.then()
            assert told.last.answer["first"] is False
        assert [one.method for one in told.when(download).state.deliveries] == ["download", "counter"]

    @given(st.lists(st.sampled_from(["download", "counter", "post"]), max_size=6))
    @settings(max_examples=50, deadline=None)
    def test_however_it_is_delivered_one_event_follows_the_result(self, methods):
        told, said = story().given(NOTICE), []
        for method in methods:
            told = told.when(Deliver(case=CASE, method=method, by="x"))
            said += told.last.events
        assert len(said) == (1 if methods else 0)
        assert [one.method for one in told.state.deliveries] == list(dict.fromkeys(methods))


class TestSigned:
    @pytest.mark.parametrize("event", [LICENCE, NOTICE, REFUSAL, licence(valid_months=None)])
    def test_what_comes_back_from_the_store_still_matches_its_signature(self, event):
        state, codec = story().given(event).state, ResultCodec()
        back = codec.load(codec.dump(state))
        assert back == state
        assert check_signature(back, KEYS) == "matches"

    @pytest.mark.parametrize(
        "change",
        [
            {"name": "餐饮服务许可证"},
            {"holder_ref": "ref-2"},
            {"valid_until": date(2099, 1, 1)},
            {"valid_until": None},
            {"issued_at": datetime(2026, 11, 21, 16, 31, tzinfo=UTC)},
            {"kind": "notice"},
            {"reasons": ("别的理由",)},
            {"basis": ("别的法律",)},
        ],
    )
    def test_any_changed_fact_is_found(self, change):
        state: Result = story().given(LICENCE).state
        changed = state.model_copy(update={"facts": state.facts.model_copy(update=change)})
        assert check_signature(changed, KEYS) == "does_not_match"

    def test_what_was_signed_before_a_field_was_added_still_matches(self):
        assert {name: field.default for name, field in Facts.model_fields.items() if not field.is_required()} == {
            "type_key": "", "type_code": "", "issuer_code": "", "valid_from": None, "valid_until": None, "validity": "",
            "reasons": (), "remedies": (), "basis": (),
        }  # fmt: skip
        state, codec = story().given(NOTICE.model_copy(update={"basis": ()})).state, ResultCodec()
        raw = codec.dump(state)
        del raw["facts"]["basis"]
        assert b"basis" not in payload(state.facts)
        assert check_signature(codec.load(raw), KEYS) == "matches"

    def test_a_key_that_is_not_ours_and_a_broken_signature_are_told_apart(self):
        state: Result = story().given(LICENCE).state
        assert check_signature(state, {}) == "unknown_key"
        broken = state.model_copy(update={"signed": state.signed.model_copy(update={"value": "-"})})
        assert check_signature(broken, KEYS) == "does_not_match"

    def test_deciding_again_gives_the_same_result(self):
        assert story().given(LICENCE).state == story().given(LICENCE).state


class TestDates:
    @pytest.mark.parametrize(
        ("first", "months", "last"),
        [
            (date(2026, 11, 1), 12, date(2027, 10, 31)),
            (date(2026, 8, 31), 6, date(2027, 2, 28)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2024, 2, 29), 48, date(2028, 2, 28)),
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2026, 12, 15), 1, date(2027, 1, 14)),
        ],
    )
    def test_the_last_valid_day(self, first, months, last):
        assert last_valid_day(first, months) == last

    def test_both_ends_are_valid_days(self):
        state: Result = story().given(LICENCE).state
        days = [date(2026, 11, 21), date(2026, 11, 22), date(2031, 11, 21), date(2031, 11, 22)]
        assert [state.status(day) for day in days] == ["not_yet_valid", "valid", "valid", "expired"]
