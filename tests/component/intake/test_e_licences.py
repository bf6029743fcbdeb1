"""An e-licence instead of paper over HTTP: verified at licensing, or visibly left to the clerk."""

from services.intake.licences import Seen
from tests.component.intake.conftest import APPLICANT, LOADED
from tests.unit.intake.sample import identifier

ANSWERS = {"fire_mode": "promise", "agent": "no"}
NUMBER = identifier(LOADED, "business_licence")
VALID = Seen(status="valid", status_text="有效", signature="matches", holder="样" + "*" * (len(APPLICANT["name"]) - 1))
ASKED = {"materials": [{"material": "business_licence", "reason": "复印件看不清"}]}


async def form(window, licence):
    """A fire check with this licence shown instead of the paper."""
    whole = await window.form(matter="fire_check", answers=ANSWERS)
    kept = [each for each in whole["materials"] if each["material"] != "business_licence"]
    return whole | {"materials": [{"material": "business_licence", "licence": licence}, *kept]}


async def submit(window, licence):
    return await window.post("applicant", "/applications", await form(window, licence), key="key-00001")


async def shown(window, number, who="clerk"):
    seen = (await window.get(who, f"/applications/{number}")).json()
    return next(each for each in seen["materials"] if each["key"] == "business_licence")


async def test_a_valid_licence_is_shown_as_verified(window):
    window.licensing.issued[NUMBER] = VALID
    number = (await submit(window, NUMBER)).json()["number"]
    material = await shown(window, number)
    assert (material["state"], material["licence"], material["verified"]) == ("licence", NUMBER, True)
    assert material["verified_text"] == "已核验"


async def test_a_licence_that_was_never_issued_is_refused_with_its_field(window):
    answer = await submit(window, NUMBER)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (422, "materials.0.licence")
    assert "没有签发过" in error["reason"]
    assert window.licensing.asked == [NUMBER]


async def test_a_made_up_number_is_taken_and_visibly_not_verified(window):
    number = (await submit(window, "假证照1234")).json()["number"]
    assert window.licensing.asked == []
    for who in ("clerk", "applicant", "officer-xfdd"):
        material = await shown(window, number, who)
        assert (material["verified"], material["verified_text"]) == (False, "未核验，由窗口人员查验")


async def test_when_licensing_is_silent_the_application_is_taken_and_the_clerk_sees_it(window):
    window.licensing.answers = False
    answer = await submit(window, NUMBER)
    assert answer.status_code == 201, answer.text
    assert (await shown(window, answer.json()["number"]))["verified"] is False


async def test_a_file_or_a_fetched_document_is_neither_verified_nor_unverified(window):
    number = await window.submitted()
    seen = (await window.get("clerk", f"/applications/{number}")).json()
    assert {each["verified"] for each in seen["materials"]} == {None}


async def test_a_supplement_is_verified_in_the_same_way(window):
    number = await window.submitted(matter="fire_check", answers=ANSWERS)
    await window.post("clerk", f"/applications/{number}/supplement-request", ASKED)
    brought = {"materials": [{"material": "business_licence", "licence": NUMBER}]}
    refused = await window.post("applicant", f"/applications/{number}/supplement", brought)
    assert {error["field"] for error in refused.json()["errors"]} == {"materials.0.licence"}
    window.licensing.issued[NUMBER] = VALID
    answer = await window.post("applicant", f"/applications/{number}/supplement", brought)
    assert answer.status_code == 200, answer.text
    assert (await shown(window, number))["verified"] is True


async def test_wrong_licences_and_other_mistakes_come_at_once(window):
    whole = await form(window, NUMBER) | {"answers": ANSWERS | {"agent": "yes"}}
    answer = await window.post("applicant", "/applications", whole, key="key-00001")
    found = {error["field"] for error in answer.json()["errors"]}
    assert {"agent", "materials.0.licence", "materials.agent_letter"} <= found


async def test_licensing_is_not_asked_for_what_is_not_needed_or_shown_twice(window):
    whole = await form(window, "假证照1234")
    whole["materials"] += [{"material": each, "licence": NUMBER} for each in ("freight_licence", "business_licence")]
    answer = await window.post("applicant", "/applications", whole, key="key-00001")
    reasons = [error["reason"] for error in answer.json()["errors"]]
    assert len(reasons) == 2
    assert "不需要" in reasons[0]
    assert "写了两次" in reasons[1]
    assert window.licensing.asked == []
