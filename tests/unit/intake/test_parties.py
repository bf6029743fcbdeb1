"""Applicants: right codes, right names, and only for whom the asker may speak. All people are invented."""

import pytest

from services.intake.catalogue import load
from services.intake.parties import (
    PartyBody,
    agent_errors,
    agent_of,
    applicant_errors,
    channel_of,
    kind_errors,
    masked_code,
    masked_phone,
    owner_of,
    party_errors,
    standing_errors,
)
from shared.local.issuer import sample_id_number, sample_persons, sample_uscc

CATALOGUE = load()
PEOPLE = sample_persons(())
RIGHT = {"kind": "person", "name": "样例申请人甲", "code": sample_id_number(1), "phone": "13900000001"}
COMPANY = {"kind": "organisation", "name": "样例餐饮有限公司", "code": sample_uscc(1), "phone": "0571-88880000"}


def wrong(**changed) -> dict[str, str]:
    return {error.field: error.reason for error in party_errors(PartyBody(**{**RIGHT, **changed}), "applicant")}


def test_a_right_person_and_a_right_company_have_no_errors():
    assert wrong() == {}
    assert wrong(**COMPANY) == {}
    assert wrong(code=f" {RIGHT['code'][:6]} {RIGHT['code'][6:]} ") == {}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (RIGHT["code"][:-1] + "0", "校验位"),
        (RIGHT["code"][:17], "现在是17位"),
        ("", "现在是0位"),
        (COMPANY["code"], "公民身份号码"),
    ],
)
def test_a_wrong_identity_number_is_told_what_is_wrong(code, reason):
    assert reason in wrong(code=code)["applicant.code"]


def test_a_wrong_credit_code_is_told_what_is_wrong():
    code = COMPANY["code"]
    other = "Q" if code[-1] != "Q" else "P"
    assert "校验位" in wrong(**COMPANY | {"code": code[:-1] + other})["applicant.code"]
    assert "统一社会信用代码" in wrong(**COMPANY | {"code": RIGHT["code"]})["applicant.code"]


def test_all_mistakes_come_at_once():
    assert set(wrong(name=" ", code="1", phone="12")) == {"applicant.name", "applicant.code", "applicant.phone"}


def standing(who: str, body: dict[str, str]) -> list[str]:
    return [error.field for error in standing_errors(PEOPLE[who], PartyBody(**body))]


def test_an_applicant_applies_for_nobody_else():
    assert standing("applicant", RIGHT) == []
    assert standing("applicant2", RIGHT) == ["applicant.code"]
    assert standing("applicant", COMPANY) == ["applicant.code"]
    assert standing("company", COMPANY) == []
    assert standing("applicant", RIGHT | {"name": "样例别人"}) == ["applicant.name"]


@pytest.mark.parametrize(
    "changed", [{"code": RIGHT["code"][:-1] + "0"}, {"code": "1"}, {"name": " "}, {"name": "样例\x00"}]
)
def test_a_mistyped_field_has_one_reason_and_is_not_called_somebody_elses(changed):
    errors = applicant_errors(PEOPLE["applicant"], PartyBody(**RIGHT | changed))
    assert [error.field for error in errors] == [f"applicant.{next(iter(changed))}"]
    assert "不一致" not in errors[0].reason


def test_somebody_elses_right_number_is_still_refused():
    (error,) = applicant_errors(PEOPLE["applicant2"], PartyBody(**RIGHT))
    assert (error.field, "不能代他人申请" in error.reason) == ("applicant.code", True)


@pytest.mark.parametrize(
    ("who", "named", "answer", "field"),
    [
        ("applicant", True, "yes", None),
        ("applicant", False, "no", None),
        ("applicant", False, "yes", "agent"),
        ("applicant", True, "no", "agent"),
        ("clerk", False, "yes", "agent"),
        ("agent", False, "yes", None),
        ("agent", True, "yes", None),
        ("agent", False, "no", "answers.agent"),
        ("applicant", True, None, None),
        ("agent", False, None, None),
    ],
)
def test_who_has_an_agent_says_so_and_names_them_and_the_reverse(who, named, answer, field):
    body = PartyBody(**RIGHT) if named else None
    errors = agent_errors(PEOPLE[who], body, {"agent": answer} if answer else {})
    assert [error.field for error in errors] == ([field] if field else [])
    assert all(error.reason and error.fix for error in errors)


@pytest.mark.parametrize(
    ("kind", "items", "words"),
    [
        ("person", ["fire_check", "enterprise_registration", "self_employed_registration", "hukou_birth"], ""),
        ("organisation", ["fire_check", "enterprise_registration", "enterprise_deregistration"], ""),
        ("person", ["fire_check", "enterprise_deregistration"], "“企业注销登记”由单位申请"),
        (
            "person",
            ["planning_permit", "construction_permit"],
            "“建设工程规划许可证核发”、“建筑工程施工许可证核发”由单位",
        ),
        ("organisation", ["self_employed_registration"], "“个体工商户设立登记”由个人申请"),
        ("organisation", ["marriage_register"], "“结婚登记”由个人申请"),
    ],
)
def test_only_those_whom_an_item_serves_apply_for_it(kind, items, words):
    errors = kind_errors(kind, [CATALOGUE.items[key] for key in items])
    assert [error.field for error in errors] == (["applicant.kind"] if words else [])
    assert all(words in error.reason for error in errors)


def test_a_clerk_and_an_agent_apply_for_others():
    assert standing("clerk", RIGHT) == standing("agent", COMPANY) == []


def test_what_a_clerk_hands_in_belongs_to_the_holder_and_what_an_agent_hands_in_to_the_agent():
    party = PartyBody(**RIGHT).party()
    assert (channel_of(PEOPLE["clerk"]), channel_of(PEOPLE["agent"])) == ("window", "online")
    assert owner_of(PEOPLE["clerk"], party, b"k").startswith("holder:")
    assert owner_of(PEOPLE["agent"], party, b"k") == "sample:agent"


def test_a_signed_in_agent_who_names_nobody_is_the_agent():
    agent = agent_of(PEOPLE["agent"], None)
    assert agent is not None
    assert agent.code == PEOPLE["agent"].id_number
    assert agent_of(PEOPLE["applicant"], None) is None


def test_what_lists_show_is_masked():
    party = PartyBody(**RIGHT).party()
    assert masked_code(party) == "110000********0013"
    assert masked_code(PartyBody(**COMPANY).party()) == COMPANY["code"]
    assert masked_phone("13900000001") == "*******0001"
