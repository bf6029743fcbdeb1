"""The window finds an application again, corrects an entry with a record, and replaces what was brought better."""

import json
from datetime import timedelta

import pytest

from tests.component.intake.conftest import APPLICANT, COMPANY
from tests.unit.intake.sample import RESTAURANT

WRONG_PHONE = APPLICANT | {"phone": "13900000002"}


async def found(window, q: str, **more) -> list[str]:
    answer = await window.get("clerk", "/desk/search", q=q, **more)
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.json()["applications"]]


class TestSearch:
    async def test_by_number_name_or_phone_tail_however_they_are_typed(self, window):
        number = await window.submitted()
        other = await window.submitted("clerk", key="key-00002", applicant=COMPANY)
        typed = f" {number[:5].lower()}-{number[5:]} "
        for q in (typed, "样例申请人甲", "样例 申请人甲", "0001", "13900000001", "０００１"):
            assert await found(window, q) == [number], q
        assert await found(window, "样例餐饮有限公司") == [other]
        assert await found(window, "样例餐饮") == [], "half a name finds nobody"

    async def test_an_agent_at_the_counter_is_found_too(self, window):
        agent = APPLICANT | {"name": "样例经办人", "phone": "13900000009"}
        number = await window.submitted(answers=RESTAURANT | {"agent": "yes"}, agent=agent)
        assert await found(window, "样例经办人") == await found(window, "0009") == [number]

    async def test_the_newest_first_within_a_status_and_by_page(self, window):
        numbers = []
        for place in range(3):
            numbers.append(await window.submitted(key=f"key-0000{place}"))
            window.clock.advance(timedelta(hours=1))
        await window.post("clerk", f"/applications/{numbers[0]}/accept")
        assert await found(window, "0001", size=2) == [numbers[2], numbers[1]]
        assert await found(window, "0001", status="accepted") == [numbers[0]]

    async def test_what_is_almost_a_number_is_told_where_it_is_wrong_and_nothing_is_asked_for(self, window):
        number = await window.submitted()
        answer = await window.get("clerk", "/desk/search", q=number[:-1])
        assert (answer.status_code, answer.json()["code"]) == (422, "wrong_number")
        assert (await window.get("clerk", "/desk/search", q="  ")).json()["code"] == "nothing_sought"
        assert (await window.get("applicant", "/desk/search", q="0001")).status_code == 403

    async def test_who_looked_is_logged_and_whom_for_is_not(self, window, capsys):
        await window.submitted()
        await window.get("clerk", "/desk/search", q=APPLICANT["name"])
        log = capsys.readouterr().out
        assert "searched" in log
        assert "sample:clerk" in log
        assert APPLICANT["name"] not in log

    async def test_nothing_readable_is_indexed(self, window):
        number = await window.submitted()
        row = window.hall.backing("intake").documents.index[number]
        assert len(row["found_by"]) == 2
        for value in (APPLICANT["name"], APPLICANT["phone"], APPLICANT["code"]):
            assert value not in str(row)


class TestQueueFilters:
    async def test_by_matter_and_channel_with_the_counts_of_what_is_left(self, window):
        online = await window.submitted()
        at_window = await window.submitted("clerk", key="key-00002")
        for params, expected in (
            ({"channel": "window"}, [at_window]),
            ({"channel": "online"}, [online]),
            ({"matter": "restaurant"}, [online, at_window]),
            ({"matter": "newborn"}, []),
        ):
            page = (await window.get("clerk", "/desk/applications", **params)).json()
            assert [each["number"] for each in page["applications"]] == expected, params
            counts = (await window.get("clerk", "/desk/counts", **params)).json()
            assert counts["submitted"] == len(expected)
        assert (await window.get("clerk", "/desk/applications", channel="post")).status_code == 422

    async def test_whose_period_ends_first_comes_first_also_after_a_supplement(self, window):
        first = await window.submitted(key="key-00001")
        window.clock.advance(timedelta(hours=1))
        second = await window.submitted(key="key-00002")
        asked = [{"material": "id_card", "reason": "不清楚"}]
        form = await window.form()
        asked = [{"material": form["materials"][0]["material"], "reason": "不清楚"}]
        await window.post("clerk", f"/applications/{first}/supplement-request", {"materials": asked})
        window.clock.advance(timedelta(hours=1))
        file = (await window.upload("applicant")).json()["id"]
        brought = {"materials": [{"material": asked[0]["material"], "files": [file]}]}
        assert (await window.post("applicant", f"/applications/{first}/supplement", brought)).status_code == 200
        page = (await window.get("clerk", "/desk/applications")).json()
        assert [each["number"] for each in page["applications"]] == [second, first]


class TestCorrection:
    async def correct(self, window, number: str, who="clerk", key=None, **body):
        return await window.post(who, f"/applications/{number}/corrections", {"reason": "录入有误"} | body, key=key)

    async def test_a_mistyped_phone_is_put_right_and_found_and_the_record_names_no_value(self, window):
        number = await window.submitted("clerk", applicant=WRONG_PHONE)
        answer = await self.correct(window, number, applicant={"phone": " 13900000001 "})
        assert answer.status_code == 200, answer.text
        assert await found(window, "0001") == [number]
        assert await found(window, "0002") == []
        seen = (await window.get("clerk", f"/applications/{number}")).json()
        assert seen["applicant"]["phone"] == "13900000001"
        (record,) = seen["corrections"]
        assert (record["fields"], record["reason"], record["by"]) == (["applicant.phone"], "录入有误", "sample:clerk")
        right = await window.post(None, "/progress", {"number": number, "phone_tail": "0001"})
        assert right.status_code == 200
        said = [body for event, body in await window.said() if event == "EntryCorrected"]
        assert [each["fields"] for each in said] == [["applicant.phone"]]
        assert "139000" not in json.dumps(said)

    async def test_a_corrected_code_gives_the_application_to_its_true_holder(self, window):
        number = await window.submitted("clerk", applicant=COMPANY | {"code": "91110000600037341L"})
        assert (await window.get("company", "/applications")).json()["total"] == 0
        answer = await self.correct(window, number, applicant={"code": COMPANY["code"]})
        assert answer.status_code == 200, answer.text
        mine = (await window.get("company", "/applications")).json()
        assert [each["number"] for each in mine["applications"]] == [number]

    async def test_mistakes_are_told_at_their_fields_and_what_is_not_touched_is_not_judged(self, window):
        number = await window.submitted("agent", applicant=COMPANY, answers=RESTAURANT | {"agent": "yes"})
        wrong = {"name": " ", "code": "123", "phone": "12"}
        answer = await self.correct(window, number, applicant=wrong)
        assert [each["field"] for each in answer.json()["errors"]] == [f"applicant.{each}" for each in wrong]
        answer = await self.correct(window, number, agent={"name": "样例代办人丁改"})
        assert answer.status_code == 200, "a signed-in agent has no phone, and nobody asks for one now"

    async def test_no_agent_no_reason_no_change(self, window):
        number = await window.submitted("clerk")
        answer = await self.correct(window, number, agent={"phone": "13900000001"})
        assert answer.json()["errors"][0]["field"] == "agent"
        answer = await self.correct(window, number, applicant={"phone": APPLICANT["phone"]})
        assert answer.json()["code"] == "nothing_to_correct"
        answer = await self.correct(window, number, reason="把 13900000001 改对", applicant={"phone": "13900000009"})
        assert answer.status_code == 422, "a reason is public: no number stands in it"

    async def test_only_a_clerk_corrects_and_the_same_key_corrects_once(self, window):
        number = await window.submitted("clerk", applicant=WRONG_PHONE)
        for who in ("applicant", "officer-scjg", "supervisor"):
            assert (await self.correct(window, number, who, applicant={"phone": "13900000001"})).status_code == 403
        first = await self.correct(window, number, key="key-00009", applicant={"phone": "13900000001"})
        again = await self.correct(window, number, key="key-00009", applicant={"phone": "13900000001"})
        assert (first.status_code, again.json()) == (200, first.json())
        assert len((await window.get("clerk", f"/applications/{number}")).json()["corrections"]) == 1

    async def test_after_acceptance_the_name_stands(self, window):
        number = await window.accepted(who="clerk")
        answer = await self.correct(window, number, applicant={"name": "样例申请人乙"})
        assert (answer.status_code, answer.json()["code"]) == (409, "identity_settled")


class TestReplacement:
    async def replace(self, window, number: str, who="applicant", material=None, **body):
        if not body:
            body = {"files": [(await window.upload(who)).json()["id"]]}
        material = material or (await window.form())["materials"][0]["material"]
        return await window.post(who, f"/applications/{number}/materials/{material}", body)

    @pytest.mark.parametrize("who", ["applicant", "clerk"])
    async def test_owner_and_window_replace_a_file(self, window, who):
        number = await window.submitted()
        before = (await window.get("clerk", f"/applications/{number}")).json()
        assert (await self.replace(window, number, who)).status_code == 200
        after = (await window.get("clerk", f"/applications/{number}")).json()
        assert before["materials"][0]["files"] != after["materials"][0]["files"]
        assert [each["material"] for each in after["replacements"]] == [after["materials"][0]["key"]]
        for file in (before["materials"][0]["files"][0], after["materials"][0]["files"][0]):
            assert (await window.get("clerk", f"/files/{file}")).status_code == 200
        assert "MaterialReplaced" in [event for event, _ in await window.said()]

    async def test_it_is_checked_like_what_is_handed_in(self, window):
        number = await window.submitted()
        strange = await self.replace(window, number, files=["0" * 32])
        assert [each["field"] for each in strange.json()["errors"]] == ["files.0"]
        nothing = await self.replace(window, number, files=[])
        assert "没有内容" in nothing.json()["errors"][0]["reason"]
        foreign = (await window.upload("applicant2")).json()["id"]
        assert (await self.replace(window, number, files=[foreign])).status_code == 422

    async def test_nobody_else_and_not_what_nobody_asked_for_and_not_after_acceptance(self, window):
        number = await window.submitted()
        assert (await self.replace(window, number, "applicant2")).status_code == 404
        assert (await self.replace(window, number, "officer-scjg", files=["0" * 32])).status_code == 403
        answer = await self.replace(window, number, material="family_tree")
        assert (answer.status_code, answer.json()["code"]) == (422, "nothing_to_replace")
        await window.post("clerk", f"/applications/{number}/accept")
        assert (await self.replace(window, number)).json()["code"] == "already_received"


class TestInbox:
    async def test_newest_first_over_all_applications_until_they_are_read(self, window):
        first = await window.accepted(key="key-00001")
        window.clock.advance(timedelta(hours=1))
        second = await window.accepted(key="key-00002")
        inbox = (await window.get("applicant", "/mine/messages")).json()
        assert [each["number"] for each in inbox["messages"]] == [second, first]
        assert (inbox["unread"], inbox["more"], inbox["messages"][0]["unread"]) == (2, False, True)
        page = (await window.get("applicant", "/mine/messages", size=1)).json()
        assert ([each["number"] for each in page["messages"]], page["more"]) == ([second], True)
        page = (await window.get("applicant", "/mine/messages", size=1, page=2)).json()
        assert ([each["number"] for each in page["messages"]], page["more"]) == ([first], False)

    async def test_read_up_to_an_instant_and_only_ones_own(self, window):
        await window.accepted(key="key-00001")
        window.clock.advance(timedelta(hours=1))
        await window.accepted(key="key-00002")
        old = (await window.get("applicant", "/mine/messages")).json()["messages"][1]["at"]
        assert (await window.post("applicant2", "/mine/messages/read", {"upto": old})).json()["messages"] == []
        inbox = (await window.post("applicant", "/mine/messages/read", {"upto": old})).json()
        assert [each["unread"] for each in inbox["messages"]] == [True, False]
        assert inbox["unread"] == 1
        future = {"upto": "2030-01-01T00:00:00Z"}
        assert (await window.post("applicant", "/mine/messages/read", future)).json()["unread"] == 0
        assert (await window.post("clerk", "/mine/messages/read", future)).status_code == 403

    async def test_what_happens_later_is_unread_whatever_was_marked_before(self, window):
        number = await window.submitted()
        await window.post("applicant", "/mine/messages/read", {"upto": "2030-01-01T00:00:00Z"})
        window.clock.advance(timedelta(hours=1))
        await window.post("clerk", f"/applications/{number}/accept")
        assert (await window.get("applicant", "/mine/messages")).json()["unread"] == 1

    async def test_the_messages_of_one_application_name_what_to_do_and_where(self, window):
        number, form = await window.submitted(), await window.form()
        asked = {"materials": [{"material": form["materials"][0]["material"], "reason": "缺少签名"}]}
        await window.post("clerk", f"/applications/{number}/supplement-request", asked)
        (message,) = (await window.get("applicant", f"/applications/{number}/messages")).json()
        assert message["title"] == "请补正 1 份材料"
        assert "缺少签名" in message["text"]
        assert message["link"] == {"service": "intake", "path": f"/pages/applications/{number}/supplement"}
        assert (await window.get("applicant2", f"/applications/{number}/messages")).status_code == 404
