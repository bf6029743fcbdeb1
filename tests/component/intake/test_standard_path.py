"""The standard path over HTTP: guide, notice, submission, acceptance, and what waits becomes ready."""

from datetime import timedelta

from services.intake import app as intake
from shared.contracts.approval import CaseApproved, CaseRefused
from shared.contracts.licensing import ResultIssued
from shared.contracts.sealed import Sealed
from shared.contracts.terms import Party, ResultTemplate
from shared.contracts.topics import APPROVAL, CATALOGUE, LICENSING
from tests.component.intake.conftest import APPLICANT, NOW
from tests.unit.intake.sample import NEWBORN, RESTAURANT


def approved(number, case, item="enterprise_registration"):
    return CaseApproved(
        application=number,
        case=f"{number}-{case}",
        item=item,
        item_version=1,
        item_name="样例",
        department="scjg",
        result=ResultTemplate(kind="notice", name="样例"),
        owner="sample:applicant",
        applicant_ref="r",
        holder=Sealed[Party].model_construct(kid="k", nonce=b"n", box=b"b"),
        at=NOW,
    )


def issued(number, case, kind="licence"):
    return ResultIssued(
        application=number, case=f"{number}-{case}", kind=kind, number="样例-1", name="样例证照", at=NOW
    )


async def ended_well(window, number, case):
    await window.hear(APPROVAL, approved(number, case), f"approval/{number}")
    await window.hear(LICENSING, issued(number, case), f"licensing/{number}-{case}")


async def test_the_guide_leads_from_questions_to_one_notice(window):
    asked = (await window.post(None, "/guides/restaurant/questions", {"answers": {}})).json()
    assert asked["ready"] is False
    assert asked["questions"][0]["key"] == "has_licence"
    notice = (await window.post(None, "/guides/restaurant/notice", {"answers": RESTAURANT})).json()
    assert [item["item"] for item in notice["items"]] == [
        "enterprise_registration", "food_operation", "signboard", "fire_check",
    ]  # fmt: skip
    materials = {each["key"]: each for each in notice["materials"]}
    assert len(materials) == len(notice["materials"]), "each document is asked for once"
    assert materials["business_licence"]["to_hand_in"] is False
    assert "企业设立登记" in materials["business_licence"]["instead"]
    assert len(materials["business_licence"]["needed_by"]) == 3
    assert notice["items"][1]["waits_for"] == ["enterprise_registration"]
    assert "45个工作日" in notice["joint_statutory"]


async def test_an_application_is_submitted_accepted_and_its_waiting_cases_become_ready(window):
    number = await window.submitted()
    assert await window.status(number) == dict.fromkeys(
        ["enterprise_registration", "food_operation", "signboard", "fire_check"], "submitted"
    )
    window.clock.advance(timedelta(hours=3))
    answer = await window.post("clerk", f"/applications/{number}/accept", {"desk": "综合窗口3号"})
    assert answer.status_code == 200, answer.text
    waiting = dict.fromkeys(["food_operation", "signboard", "fire_check"], "waiting")
    assert await window.status(number) == {"enterprise_registration": "accepted", **waiting}

    await window.hear(APPROVAL, approved(number, "01"), f"approval/{number}")
    assert (await window.status(number))["food_operation"] == "waiting", "the e-licence is what it waits for"
    await window.hear(LICENSING, issued(number, "01"), f"licensing/{number}-01")
    ready = dict.fromkeys(["food_operation", "signboard", "fire_check"], "ready")
    assert await window.status(number) == {"enterprise_registration": "issued", **ready}
    said = await window.said()
    assert said[0][1]["whole"]["promised_days"] == 13, "what the bundle promises over all its cases"
    assert [name for name, _ in said] == ["ApplicationSubmitted", *["CaseAccepted"] * 4, *["CaseReady"] * 3]

    for case in ("02", "03", "04"):
        await ended_well(window, number, case)
    seen = (await window.get("applicant", f"/applications/{number}")).json()
    assert seen["status"] == "ended"


async def test_what_is_accepted_carries_all_that_the_others_need(window):
    number = await window.accepted()
    said = {body["case"]: body for name, body in await window.said() if name == "CaseAccepted"}
    first, food = said[f"{number}-01"], said[f"{number}-02"]
    assert first["waits_for"] == []
    assert food["waits_for"] == [f"{number}-01"]
    assert food["joint_days"] == 45
    assert (food["limits"]["promised_days"], food["limits"]["statutory_days"]) == (7, 10)
    assert [step["key"] for step in food["steps"]] == ["review", "inspect", "decide"]
    assert food["steps"][0]["departments"] == ["scjg"]
    kind = food["result"]["licence_type"]
    assert (kind["name"], kind["valid_months"], kind["issuer"]) == ("食品经营许可证", 60, "scjg")
    assert (food["item_kind"], food["basis"], food["partner"]) == ("01", ["食品安全法(2021)第33、35条"], False)
    assert food["owner"] == "sample:applicant"
    assert food["receipt_date"] == "2026-03-02"
    for body in said.values():
        text = str(body)
        assert APPLICANT["name"] not in text
        assert APPLICANT["code"] not in text


async def test_a_newborns_registration_waits_for_the_birth_certificate_and_the_card_for_the_registration(window):
    number = await window.accepted(matter="newborn", answers=NEWBORN)
    numbers = {
        case["item"]: case["case"][-2:]
        for case in (await window.get("applicant", f"/applications/{number}")).json()["cases"]
    }
    await ended_well(window, number, numbers["birth_certificate"])
    status = await window.status(number)
    assert (status["hukou_birth"], status["social_card_apply"]) == ("ready", "waiting")
    await ended_well(window, number, numbers["hukou_birth"])
    assert (await window.status(number))["social_card_apply"] == "ready"


async def test_a_refused_predecessor_ends_what_waits_for_it(window):
    number = await window.accepted(matter="newborn", answers=NEWBORN)
    refused = CaseRefused(
        **{**approved(number, "01").model_dump(exclude={"result", "holder"}), "case": f"{number}-01"},
        holder=Sealed[Party].model_construct(kid="k", nonce=b"n", box=b"b"),
        reasons=("材料不真实",),
        remedies=("复议", "诉讼"),
    )
    await window.hear(APPROVAL, refused, f"approval/{number}")
    closed = [body for name, body in await window.said() if name == "CaseClosed"]
    assert {body["reason"] for body in closed} == {"predecessor_ended"}
    assert len(closed) == len(await window.status(number)) - 1
    seen = (await window.get("applicant", f"/applications/{number}")).json()
    assert seen["status"] == "ended"
    assert seen["cases"][1]["explanation"] == f"它所等待的办件没有办成：{number}-01"


async def test_every_item_is_published_once_however_often_the_service_starts(window, settings):
    said = await window.said(CATALOGUE)
    assert len({body["item"] for _, body in said}) == len(said) == 76
    again = intake.create_app(settings, window.clock, window.hall.backing("intake"))
    async with again.router.lifespan_context(again):
        assert len(await window.said(CATALOGUE)) == 76
