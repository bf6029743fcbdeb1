"""The pages of 好差评: the public board, what people wrote, and the one rating of one's own case."""

import re

PAGE = {"Accept": "text/html"}
A, B, C = "AAAAAAAAAAAA1", "BBBBBBBBBBBB2", "CCCCCCCCCCCC3"


async def page(hall, path, person=None):
    signed = hall.headers(person) if person else {}
    return await hall.web.get(path, headers={**PAGE, **signed})


async def send(hall, path, person, **data):
    token = re.search(r'name="_token" value="([^"]+)"', (await page(hall, path, person)).text)[1]
    return await again(hall, path, person, token, **data)


async def again(hall, path, person, token, **data):
    answer = await hall.web.post(path, headers={**PAGE, **hall.headers(person)}, data={"_token": token, **data})
    await hall.memory.pump()
    return answer


class TestBoard:
    async def test_an_empty_board_says_what_will_come(self, hall):
        assert "还没有评价" in (await page(hall, "/")).text

    async def test_departments_and_what_people_wrote_are_public_without_case_or_person(self, hall):
        await hall.ended(A)
        await hall.give(f"{A}-01", {"level": 2, "tags": ["207"], "comment": "电话13800000000没人接<b>"})
        board = (await page(hall, "/")).text
        assert "/ratings/departments/xfdd" in board
        one = (await page(hall, "/departments/xfdd")).text
        assert "没有提供材料样本" in one
        assert "&lt;b&gt;" in one
        assert "13800000000" not in one
        assert A not in one
        assert "没有这样的评价" in (await page(hall, "/departments/xfdd?level=5")).text

    async def test_windows_are_rated_where_an_application_was_received_at_one(self, hall):
        await hall.ended(A)
        await hall.ended(B, desk="综合窗口3号")
        for case in (A, B):
            await hall.give(f"{case}-01", {"level": 5})
        board = (await page(hall, "/?by=desk")).text
        assert "综合窗口3号" in board
        assert board.count('scope="row"') == 1, "what came online belongs to no window"
        assert "非常满意" in (await page(hall, "/windows/综合窗口3号")).text

    async def test_the_spreadsheet_begins_as_spreadsheets_expect(self, hall):
        await hall.ended(A)
        await hall.give(f"{A}-01", {"level": 5})
        answer = await hall.web.get("/board.csv")
        assert answer.content.startswith("\ufeff位次,名称".encode())


class TestRating:
    async def test_a_case_is_rated_once_and_then_shown(self, hall):
        await hall.ended(A)
        assert f"/ratings/rate/{A}-01" in (await page(hall, "/mine", "applicant")).text
        path = f"/rate/{A}-01"
        token = re.search(r'name="_token" value="([^"]+)"', (await page(hall, path, "applicant")).text)[1]
        entries = {"level": "4", "tags": ["406", "413"], "comment": "  样例：很顺利 "}
        pressed = [await again(hall, path, "applicant", token, **entries) for _ in range(2)]
        assert [each.status_code for each in pressed] == [303, 303]
        assert hall.said().count("RatingGiven") == 1
        assert "谢谢您的评价" in (await page(hall, path, "applicant")).text

    async def test_nothing_chosen_and_tags_of_another_level_come_back_with_the_entries(self, hall):
        await hall.ended(A)
        empty = await send(hall, f"/rate/{A}-01", "applicant", comment="样例𠮷")
        assert empty.status_code == 422
        assert "还没有选满意程度" in empty.text
        assert "样例𠮷</textarea>" in empty.text
        wrong = await send(hall, f"/rate/{A}-01", "applicant", level="5", tags=["207"])
        assert wrong.status_code == 422
        assert re.search(r'value="5"[^>]* checked', wrong.text)
        assert "RatingGiven" not in hall.said()

    async def test_a_stale_form_rates_nothing_and_gives_the_entries_back(self, hall):
        await hall.ended(A)
        answer = await again(hall, f"/rate/{A}-01", "applicant", "0.1.x", level="5", comment="还在")
        assert answer.status_code == 403
        assert 'value="还在"' in answer.text
        assert "RatingGiven" not in hall.said()

    async def test_nobody_rates_or_sees_somebody_elses_case(self, hall):
        await hall.ended(A)
        await hall.ended(C, owner="sample:applicant2")
        assert (await page(hall, f"/rate/{C}-01", "applicant")).status_code == 404
        assert "样例事项" not in (await page(hall, f"/pages/applications/{C}", "applicant")).text
        assert "样例事项" in (await page(hall, f"/pages/applications/{C}", "officer-xfdd")).text
        assert "样例事项" not in (await page(hall, f"/pages/applications/{C}", "officer-wjj")).text

    async def test_a_department_learns_that_a_case_was_rated_and_never_how(self, hall):
        await hall.ended(A, departments=("xfdd", "wjj"))
        await send(hall, f"/rate/{A}-01", "applicant", level="2", tags=["207"], comment="样例：态度差，电话13900000001")
        path = f"/pages/applications/{A}"
        seen = (await page(hall, path, "head-xfdd")).text
        assert "已经评过" in seen
        assert "不满意" not in seen
        assert "态度差" not in seen
        assert (await page(hall, path, "head-wjj")).text.count("样例事项") == 1, "its own case alone"
        supervisor = (await page(hall, path, "supervisor")).text
        assert "态度差" in supervisor
        assert "13900000001" not in supervisor
        assert "13900000001" in (await page(hall, path, "applicant")).text

    async def test_an_address_does_not_name_a_window_that_there_is_not(self, hall):
        await hall.ended(A, desk="综合窗口3号?#")
        await hall.give(f"{A}-01", {"level": 5})
        board = (await page(hall, "/?by=desk")).text
        path = re.search(r'href="/ratings(/windows/[^"]+)"', board)[1]
        assert "综合窗口3号?#" in (await page(hall, path)).text
        for nothing in ("/windows/%E6%9C%AC%E5%A4%A7%E5%8E%85%E5%B7%B2%E5%85%B3%E9%97%AD", "/departments/nowhere"):
            answer = await page(hall, nothing)
            assert answer.status_code == 404
            assert "<h1>本大厅已关闭" not in answer.text
