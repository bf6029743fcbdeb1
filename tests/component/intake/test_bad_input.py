"""Each kind of bad input gets a clear answer: what, where, and what to do; nothing is kept of it."""

import io
import zipfile

import pytest

from services.intake import app as intake
from services.intake.catalogue import DEFAULT, CatalogueBroken
from services.intake.uploads import MAX_UNPACKED
from shared.contracts.topics import APPROVAL, INTAKE
from shared.local.issuer import sample_id_number
from shared.testing.hall import MemoryHall
from tests.component.intake.conftest import APPLICANT, COMPANY, PDF, office
from tests.unit.intake.sample import RESTAURANT


def fields(answer) -> dict[str, str]:
    """Field -> reason of a 422 answer, each with something to do about it."""
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert all(error["fix"] for error in errors)
    return {error["field"]: error["reason"] for error in errors}


async def submit(window, who="applicant", key="key-00001", **changed):
    return await window.post(who, "/applications", await window.form(who) | changed, key=key)


class TestApplication:
    async def test_an_unknown_item(self, window):
        found = fields(await submit(window, matter="moon_landing"))
        assert "moon_landing" in found["matter"]

    async def test_questions_not_answered_or_answered_wrong_and_a_wrong_person_come_at_once(self, window):
        answers = {key: value for key, value in RESTAURANT.items() if key != "area"} | {"premises": "castle"}
        found = fields(await submit(window, answers=answers, applicant=APPLICANT | {"phone": "12"}))
        assert {"answers.area", "answers.premises", "applicant.phone"} <= set(found)

    async def test_an_item_that_was_not_offered(self, window):
        found = fields(await submit(window, opted_in=["tobacco_retail"]))
        assert "烟草" in found["opted_in"]

    async def test_missing_and_unrelated_materials_and_a_strange_file_come_at_once(self, window):
        form = await window.form()
        form["materials"] = form["materials"][1:]
        form["materials"][0] = form["materials"][0] | {"files": ["0" * 32]}
        form["materials"].append({"material": "family_tree", "pledge": True})
        found = fields(await window.post("applicant", "/applications", form, key="key-00001"))
        assert found["materials.enterprise_form"] == "缺少“企业登记（备案）申请书”"
        assert "没有这个文件" in found["materials.0.files.0"]
        assert "family_tree" in found[f"materials.{len(form['materials']) - 1}.material"]

    async def test_somebody_elses_file(self, window):
        theirs = (await window.upload("applicant2")).json()["id"]
        form = await window.form()
        form["materials"][0]["files"] = [theirs]
        found = fields(await window.post("applicant", "/applications", form, key="key-00001"))
        assert set(found) == {"materials.0.files.0"}

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"code": APPLICANT["code"][:-1] + "0"}, "applicant.code"),
            ({"code": sample_id_number(2)}, "applicant.code"),
            ({"name": ""}, "applicant.name"),
            (COMPANY | {"code": COMPANY["code"][:-1] + "0"}, "applicant.code"),
        ],
    )
    async def test_a_wrong_identity_number_or_credit_code(self, window, changed, field):
        assert field in fields(await submit(window, applicant=APPLICANT | changed))

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"code": "١١" + APPLICANT["code"][2:]}, "agent.code"),
            ({"code": APPLICANT["code"].replace("9900", "99\u201300")}, "agent.code"),
            ({"phone": "139٠٠٠٠٠٠٠١"}, "agent.phone"),
            ({"phone": "13900000001\x00"}, "agent.phone"),
            ({"name": "样例\x00甲"}, "agent.name"),
            ({"name": "样例\u202e甲"}, "agent.name"),
            ({"name": "\u200b"}, "agent.name"),
            ({"name": "样例\n甲"}, "agent.name"),
        ],
    )
    async def test_signs_that_only_look_like_a_number_or_a_name(self, window, changed, field):
        form = await window.form(answers=RESTAURANT | {"agent": "yes"}, agent=APPLICANT | changed)
        assert set(fields(await window.post("applicant", "/applications", form, key="key-00001"))) == {field}

    async def test_full_width_digits_of_a_chinese_keyboard_are_understood(self, window):
        wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
        typed = {"code": APPLICANT["code"].translate(wide), "phone": "0571-88880000".translate(wide)}
        number = (await submit(window, applicant=APPLICANT | typed)).json()["number"]
        seen = (await window.get("clerk", f"/applications/{number}")).json()["applicant"]
        assert (seen["code"], seen["phone"]) == (APPLICANT["code"], "0571-88880000")

    async def test_answers_and_choices_far_too_long(self, window):
        form = {"answers": {"x" * 1000: "a", "area": "y" * 1000}, "opted_in": ["z" * 1000]}
        answer = await submit(window, **form)
        assert len(fields(answer)) == 3
        assert len(answer.content) < 2000
        answer = await window.post(None, "/guides/restaurant/notice", form)
        assert len(fields(answer)) == 3

    @pytest.mark.parametrize(
        ("way", "field", "reason"),
        [
            ({"pledge": True}, "materials.0.pledge", "不能用告知承诺代替"),
            ({"licence": "样例123456"}, "materials.0.licence", "没有对应的电子证照"),
            ({}, "materials.0", "没有内容"),
            ({"pledge": True, "licence": "样例123456"}, "materials.0", "不止一种"),
        ],
    )
    async def test_a_material_in_a_way_that_does_not_serve(self, window, way, field, reason):
        form = await window.form()
        form["materials"][0] = {"material": "enterprise_form", **way}
        found = fields(await window.post("applicant", "/applications", form, key="key-00001"))
        assert reason in found[field]

    async def test_a_wrong_identity_number_is_told_once(self, window):
        form = await window.form() | {"applicant": APPLICANT | {"code": APPLICANT["code"][:-1] + "0"}}
        answer = await window.post("applicant", "/applications", form, key="key-00001")
        (error,) = answer.json()["errors"]
        assert (error["field"], "校验位" in error["reason"]) == ("applicant.code", True)

    @pytest.mark.parametrize(("answer", "agent"), [("yes", None), ("no", APPLICANT)])
    async def test_an_agent_who_is_not_named_and_one_who_is_denied(self, window, answer, agent):
        form = await window.form(answers=RESTAURANT | {"agent": answer}, agent=agent)
        found = fields(await window.post("applicant", "/applications", form, key="key-00001"))
        assert set(found) == {"agent"}

    async def test_a_person_cannot_apply_for_what_only_organisations_may(self, window):
        answers = {"dereg_mode": "simple", "tax_state": "none", "agent": "no"}
        form = await window.form(matter="enterprise_deregistration", answers=answers)
        found = fields(await window.post("applicant", "/applications", form, key="key-00001"))
        assert found == {"applicant.kind": "“企业注销登记”由单位申请，不面向个人"}
        form = await window.form("company", "enterprise_deregistration", answers, applicant=COMPANY)
        answer = await window.post("company", "/applications", form, key="key-00001")
        assert answer.status_code == 201, answer.text

    async def test_a_letter_of_attorney_and_articles_cannot_be_pledged(self, window):
        form = await window.form(answers=RESTAURANT | {"agent": "yes"}, agent=APPLICANT)
        pledged = ["agent_letter", "articles", "appointment_docs", "food_rules"]
        form["materials"] = [
            {"material": each["material"], "pledge": True} if each["material"] in pledged else each
            for each in form["materials"]
        ]
        found = fields(await window.post("applicant", "/applications", form, key="key-00001"))
        assert len(found) == len(pledged)
        assert all("不能用告知承诺代替" in reason for reason in found.values())
        notice = (await window.post(None, "/guides/restaurant/notice", {"answers": form["answers"]})).json()
        assert [each["key"] for each in notice["materials"] if "pledge" in each["ways"]] == []

    async def test_a_listed_proof_can_be_pledged_and_the_notice_says_so(self, window):
        notice = (await window.post(None, "/guides/mi_account_withdraw/notice", {"answers": {}})).json()
        ways = {each["key"]: each["ways"] for each in notice["materials"]}
        assert "pledge" in ways["kin_pledge"]
        form = await window.form(matter="mi_account_withdraw", answers={})
        form["materials"] = [
            {"material": "kin_pledge", "pledge": True} if each["material"] == "kin_pledge" else each
            for each in form["materials"]
        ]
        answer = await window.post("applicant", "/applications", form, key="key-00001")
        assert answer.status_code == 201, answer.text

    @pytest.mark.parametrize(("last", "right"), [("0", True), ("1", False)])
    async def test_an_e_licence_is_checked_by_its_check_character(self, window, last, right):
        form = await window.form()
        number = f"1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.{last}"
        form["materials"][1] = {"material": "applicant_id", "licence": number}
        answer = await window.post("applicant", "/applications", form, key="key-00001")
        assert answer.status_code == (201 if right else 422), answer.text

    async def test_nothing_is_kept_of_a_refused_application(self, window):
        await submit(window, matter="moon_landing")
        assert (await window.get("applicant", "/applications")).json()["total"] == 0
        assert await window.said(INTAKE) == []
        assert (await submit(window)).status_code == 201, "its key is still free"


class TestDesk:
    @pytest.mark.parametrize("case", ["nonsense", "", "x" * 21, "8888888888888-1", "8888888888888-01\n"])
    async def test_a_case_number_that_cannot_be_one(self, window, case):
        number = await window.submitted()
        answer = await window.post(
            "clerk", f"/applications/{number}/accept", {"cases": [{"case": case, "outcome": "accept"}]}
        )
        assert set(fields(answer)) == {"body.cases.0.case"}
        answer = await window.post("applicant", f"/applications/{number}/withdrawal", {"cases": [case]})
        assert set(fields(answer)) == {"body.cases.0"}

    @pytest.mark.parametrize("reason", [" \n ", "\u200b", "见\x00图", "电139-0000-0001", "电１３９０００００００１"])
    async def test_a_reason_that_cannot_be_read_or_that_names_a_person(self, window, reason):
        number = await window.submitted()
        outcome = {"case": f"{number}-01", "outcome": "not_required", "reason": reason}
        answer = await window.post("clerk", f"/applications/{number}/accept", {"cases": [outcome]})
        assert set(fields(answer)) == {"body.cases.0.reason"}
        asked = {"materials": [{"material": "enterprise_form", "reason": reason}]}
        answer = await window.post("clerk", f"/applications/{number}/supplement-request", asked)
        assert "body.materials.0.reason" in fields(answer)

    async def test_a_window_whose_name_cannot_be_printed(self, window):
        number = await window.submitted()
        answer = await window.post("clerk", f"/applications/{number}/accept", {"desk": "窗口\u202e3"})
        assert set(fields(answer)) == {"body.desk"}


class TestRepeats:
    async def test_a_submission_without_a_key(self, window):
        answer = await submit(window, key=None)
        assert (answer.status_code, answer.json()["code"]) == (400, "key_required")

    async def test_a_repeated_submission_is_the_same_application_even_after_its_file_is_gone(self, window):
        form = await window.form()
        first = await window.post("applicant", "/applications", form, key="key-00001")
        window.hall.backing("intake").kept.held.clear()
        second = await window.post("applicant", "/applications", form, key="key-00001")
        assert (second.status_code, second.json()) == (201, first.json())
        assert [name for name, _ in await window.said(INTAKE)] == ["ApplicationSubmitted"]

    async def test_the_same_key_with_another_body(self, window):
        form = await window.form()
        await window.post("applicant", "/applications", form, key="key-00001")
        answer = await window.post(
            "applicant", "/applications", form | {"applicant": APPLICANT | {"phone": "13900000009"}}, key="key-00001"
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")

    async def test_the_same_key_of_another_person_is_another_application(self, window):
        mine = await window.submitted()
        form = await window.form("company", applicant=COMPANY)
        theirs = (await window.post("company", "/applications", form, key="key-00001")).json()["number"]
        assert mine != theirs


class TestFiles:
    async def test_an_oversized_file(self, window):
        answer = await window.upload("applicant", PDF + bytes(200_000))
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert "MB" in answer.json()["detail"]

    async def test_a_mistyped_file_is_told_by_its_content(self, window):
        answer = await window.upload("applicant", b"MZ" + bytes(200), "章程.pdf")
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_file_type")
        assert "PDF" in answer.json()["errors"][0]["fix"]
        macros = office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
        assert (await window.upload("applicant", macros, "章程.docx")).status_code == 415

    async def test_a_small_document_that_unpacks_to_a_flood(self, window):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", bytes(MAX_UNPACKED + 1))
        answer = await window.upload("applicant", content.getvalue(), "章程.docx")
        assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_file_type")
        assert "解压" in answer.json()["errors"][0]["fix"]

    async def test_a_name_with_a_path(self, window):
        answer = await window.upload("applicant", PDF, "..\\章程.pdf")
        assert "路径" in fields(answer)["file.name"]

    async def test_a_missing_file(self, window):
        answer = await window.post("applicant", "/files")
        assert answer.status_code == 422


class TestRecords:
    async def test_rubbish_on_a_topic_is_a_dead_letter_and_other_applications_go_on(self, window):
        number = await window.accepted()
        good = dict(window.hall.bus.records(INTAKE.name)[0].headers)
        headers = [(name, value) for name, value in good.items() if name != "ce_type"]
        approved = ("ce_type", b"onedoor.approval.CaseApproved.v1")
        bad = "8" * 13
        for value, more in [
            (b"{", [approved]),
            (b"x" * 10_000_000, [approved]),
            (b"{}", [("ce_type", b"onedoor.approval.CaseApproved.v9")]),
            (b"{}", [("ce_type", b"\xff\xfe")]),
            (b"{}", [("ce_type", b"onedoor.approval.SomethingNew.v1")]),
        ]:
            window.hall.bus.append(APPROVAL.name, bad.encode(), value, [*headers, *more])
        await window.hall.pump()
        letters = window.hall.bus.records("onedoor.intake.dlq")
        assert dict(letters[0].headers)["onedoor_reason"] == b"broken_body"
        assert set((await window.status(number)).values()) == {"accepted", "waiting"}


async def test_a_broken_catalogue_stops_the_start_and_names_the_place(settings, tmp_path):
    import shutil

    shutil.copytree(DEFAULT, tmp_path / "catalogue")
    broken = tmp_path / "catalogue" / "items" / "scjg" / "food_operation.yaml"
    broken.write_text(broken.read_text().replace("promised: {days: 7, local: true}", "promised: {days: many}"))
    with pytest.raises(CatalogueBroken, match=r"items/scjg/food_operation\.yaml:\d+: limits\.promised") as caught:
        intake.create_app(settings, backing=MemoryHall().backing("intake"), catalogue=tmp_path / "catalogue")
    assert "nothing was loaded" in str(caught.value)
