"""好差评 as people meet it: invitations, the one rating, and what the public sees."""

import asyncio
from datetime import timedelta

import pytest

from shared.contracts.topics import LICENSING, RATINGS
from shared.identity import Person
from shared.permissions import Role
from shared.web.commands import holder_ref

A, B, C = "AAAAAAAAAAAA1", "BBBBBBBBBBBB2", "CCCCCCCCCCCC3"


class TestOwner:
    async def test_an_ended_case_is_invited_rated_once_and_then_closed(self, hall):
        await hall.issued(A)
        assert (await hall.get(f"/cases/{A}-01", "applicant")).status_code == 404, "intake was not heard yet"
        await hall.submitted(A)
        (open_one,) = (await hall.get("/invitations", "applicant")).json()["invitations"]
        assert (open_one["case"], open_one["department"], open_one["status"]) == (f"{A}-01", "xfdd", "invited")

        given = await hall.give(f"{A}-01", {"level": 4, "tags": ["413", "406"], "comment": "还不错"})
        assert given.status_code == 201
        assert given.json() == {"case": f"{A}-01", "level": 4, "tags": ["406", "413"], "at": "2026-03-02T02:00:00Z"}
        assert (await hall.get("/invitations", "applicant")).json() == {"invitations": []}
        mine = (await hall.get(f"/cases/{A}-01", "applicant")).json()
        assert (mine["status"], mine["rating"]["comment"], mine["ending"]["how"]) == ("rated", "还不错", "licence")
        assert hall.said() == ["RatingInvited", "RatingGiven"]
        assert all("还不错" not in each.value.decode() for each in hall.memory.bus.records(RATINGS.name))

    async def test_a_second_rating_is_told_so_and_changes_nothing(self, hall):
        await hall.ended(A)
        await hall.give(f"{A}-01", {"level": 1, "tags": ["115"]}, key="first-key")
        again = await hall.give(f"{A}-01", {"level": 5}, key="second-key")
        assert (again.status_code, again.json()["code"]) == (409, "already_rated")
        assert again.json()["title"] == "已经评价过了"
        assert (await hall.get(f"/cases/{A}-01", "applicant")).json()["rating"]["level"] == 1

    async def test_the_same_key_gives_the_first_answer_and_one_event(self, hall):
        await hall.ended(A, departments=("xfdd", "wjj"))
        first = await hall.give(f"{A}-01", {"level": 5, "tags": ["510"]}, key="retry-0001")
        hall.clock.advance(timedelta(minutes=5))
        repeat = await hall.give(f"{A}-01", {"level": 5, "tags": ["510"]}, key="retry-0001")
        assert (repeat.status_code, repeat.json()) == (201, first.json())
        for case, body in ((f"{A}-01", {"level": 4}), (f"{A}-02", {"level": 5, "tags": ["510"]})):
            reused = await hall.give(case, body, key="retry-0001")
            assert (reused.status_code, reused.json()["code"]) == (409, "key_reused")
        assert hall.said().count("RatingGiven") == 1

    async def test_of_many_submits_at_once_one_wins(self, hall):
        await hall.ended(A)
        answers = await asyncio.gather(*(hall.give(f"{A}-01", {"level": n % 5 + 1}) for n in range(10)))
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
        assert hall.said().count("RatingGiven") == 1

    async def test_a_case_not_ended_yet_is_shown_and_cannot_be_rated(self, hall):
        await hall.submitted(A)
        assert (await hall.get(f"/cases/{A}-01", "applicant")).json()["status"] == "open"
        refused = await hall.give(f"{A}-01", {"level": 5})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_invited")

    async def test_somebody_elses_case_and_no_case_answer_alike(self, hall):
        await hall.ended(A)
        for case in (f"{A}-01", f"{A}-02", f"{B}-01"):
            stranger = await hall.give(case, {"level": 1}, "applicant2")
            looked = await hall.get(f"/cases/{case}", "applicant2")
            assert (stranger.status_code, looked.status_code) == (404, 404)
            assert stranger.json()["code"] == looked.json()["code"] == "no_such_case"
        assert (await hall.get("/invitations", "applicant2")).json() == {"invitations": []}
        assert "RatingGiven" not in hall.said()

    async def test_who_was_handed_in_for_at_the_window_rates_by_identity_number_or_organisation(self, hall):
        people = hall.issuer.persons
        code = people["applicant"].id_number
        await hall.ended(A, f"holder:{holder_ref(hall.settings.holder_key, code)}")
        await hall.ended(B, f"holder:{holder_ref(hall.settings.holder_key, people['company'].org.uscc)}")
        assert (await hall.give(f"{A}-01", {"level": 5}, "company")).status_code == 404
        assert (await hall.give(f"{A}-01", {"level": 5}, "applicant")).status_code == 201
        assert (await hall.give(f"{B}-01", {"level": 5}, "company")).status_code == 201

    @pytest.mark.parametrize("staff", ["clerk", "officer-xfdd", "head-xfdd", "supervisor", "reviewer", "administrator"])
    async def test_staff_cannot_rate_for_anybody(self, hall, staff):
        await hall.ended(A)
        assert (await hall.give(f"{A}-01", {"level": 5}, staff)).status_code == 403

    async def test_an_officer_who_is_an_applicant_too_rates_only_what_is_theirs(self, hall):
        await hall.ended(A)
        both = Person("sample:both", "样例", frozenset({Role.APPLICANT, Role.OFFICER}), "xfdd")
        assert (await hall.give(f"{A}-01", {"level": 5}, both)).status_code == 404

    async def test_nobody_rates_without_signing_in(self, hall):
        assert (await hall.web.post(f"/cases/{A}-01/rating", json={"level": 5})).status_code == 401
        assert (await hall.get("/invitations")).status_code == 401
        assert (await hall.get(f"/cases/{A}-01")).status_code == 401


class TestBadInput:
    async def test_wrong_and_repeated_tags_are_named(self, hall):
        await hall.ended(A)
        wrong = await hall.give(f"{A}-01", {"level": 5, "tags": ["510", "110", "501"]})
        assert (wrong.status_code, wrong.json()["code"], wrong.json()["codes"]) == (422, "wrong_tag", ["110", "501"])
        twice = await hall.give(f"{A}-01", {"level": 5, "tags": ["510", "510"]})
        assert (twice.json()["code"], twice.json()["codes"]) == ("repeated_tag", ["510"])

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"level": 6}, "body.level"),
            ({"level": 0}, "body.level"),
            ({"level": True}, "body.level"),
            ({"level": "5"}, "body.level"),
            ({}, "body.level"),
            ({"level": 5, "tags": ["<b>"]}, "body.tags.0"),
            ({"level": 5, "tags": ["510"] * 9}, "body.tags"),
            ({"level": 5, "comment": "长" * 151}, "body.comment"),
            ({"level": 5, "comment": "长" * 100_000}, "body.comment"),
            ({"level": 5, "comment": {"$ne": ""}}, "body.comment"),
            ({"level": 5, "channel": "hotline"}, "body.channel"),
            ({"level": 5, "staff": "x"}, "body.staff"),
        ],
    )
    async def test_each_wrong_field_is_named(self, hall, body, field):
        await hall.ended(A)
        answer = await hall.give(f"{A}-01", body)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json()["errors"]] == [field]

    async def test_150_characters_are_welcome_whatever_invisible_ones_came_with_them(self, hall):
        await hall.ended(A)
        assert (await hall.give(f"{A}-01", {"level": 5, "comment": "好" * 150 + "\u200b\n"})).status_code == 201

    async def test_a_hostile_comment_is_only_text_and_its_numbers_stay_with_its_author(self, hall):
        await hall.ended(A)
        raw = '{"level": 1, "comment": "<img src=x onerror=alert(1)> \\u202e\\u0000{\\"$gt\\":1} 138 0000 1234"}'
        headers = hall.headers("applicant") | {"Content-Type": "application/json"}
        assert (await hall.web.post(f"/cases/{A}-01/rating", content=raw, headers=headers)).status_code == 201
        await hall.memory.pump()
        cleaned = '<img src=x onerror=alert(1)> {"$gt":1} '
        mine = (await hall.get(f"/cases/{A}-01", "applicant")).json()
        assert mine["rating"]["comment"] == cleaned + "138 0000 1234"
        public = await hall.get("/ratings")
        assert public.headers["content-type"] == "application/json"
        assert public.headers["x-content-type-options"] == "nosniff"
        assert public.json()["ratings"][0]["comment"] == cleaned + "＊＊＊"

    async def test_half_a_character_in_a_comment_is_named_and_nothing_is_kept(self, hall):
        await hall.ended(A)
        headers = hall.headers("applicant") | {"Content-Type": "application/json"}
        raw = '{"level": 1, "comment": "\\ud800"}'
        answer = await hall.web.post(f"/cases/{A}-01/rating", content=raw, headers=headers)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "body.comment"
        assert (await hall.get(f"/cases/{A}-01", "applicant")).json()["rating"] is None

    async def test_wrong_questions_to_the_lists_are_refused(self, hall):
        for path in ("/ratings?level=6", "/ratings?department=$ne", "/ratings?limit=101", "/board?month=2026-13"):
            assert (await hall.web.get(path)).status_code == 422
        assert (await hall.get("/cases/nonsense", "applicant")).status_code == 422

    async def test_a_poisoned_application_is_told_to_wait_and_others_go_on(self, hall):
        await hall.ended(A)
        await hall.ended(B)
        hall.memory.bus.append(LICENSING.name, A.encode(), b"{", [("ce_type", b"onedoor.licensing.ResultIssued.v1")])
        await hall.memory.pump()
        assert (await hall.give(f"{A}-01", {"level": 5})).status_code == 423
        assert (await hall.give(f"{B}-01", {"level": 5})).status_code == 201


class TestPublic:
    async def test_the_board_counts_each_department(self, hall):
        for application, levels in ((A, (5, 2)), (B, (3, 1)), (C, (4, 4))):
            await hall.ended(application, departments=("xfdd", "wjj"))
            for number, level in enumerate(levels, 1):
                await hall.give(f"{application}-{number:02d}", {"level": level})
        board = (await hall.get("/board")).json()
        assert board["departments"]["xfdd"] == {
            "count": 3, "average": 4.0, "satisfied": 1.0, "bad": 0,
            "by_level": {"5": 1, "4": 1, "3": 1, "2": 0, "1": 0},
        }  # fmt: skip
        wjj = board["departments"]["wjj"]
        assert (wjj["count"], wjj["average"], wjj["satisfied"], wjj["bad"]) == (3, 2.33, 0.3333, 2)
        assert (board["hall"]["count"], board["hall"]["satisfied"], board["hall"]["bad"]) == (6, 0.6667, 2)
        assert (await hall.get("/board", month="2026-03")).json()["hall"] == board["hall"]
        empty = (await hall.get("/board", month="2026-02")).json()
        assert (empty["departments"], empty["hall"]["count"], empty["hall"]["average"]) == ({}, 0, None)

    async def test_what_nobody_gave_is_not_counted(self, hall):
        await hall.ended(A)
        await hall.give(f"{A}-01", {"level": 1})
        rows = hall.memory.backing("ratings").documents.facts["ratings"]
        rows[f"{B}-01"] = {**rows[f"{A}-01"], "level": 3, "default": True}
        assert (await hall.get("/board")).json()["hall"]["count"] == 1
        assert len((await hall.get("/ratings")).json()["ratings"]) == 1

    async def test_the_list_is_newest_first_filtered_and_paged_and_names_no_case(self, hall):
        for application, department, level in ((A, "xfdd", 5), (B, "wjj", 1), (C, "xfdd", 1)):
            await hall.ended(application, departments=(department,))
            hall.clock.advance(timedelta(hours=1))
            await hall.give(f"{application}-01", {"level": level, "comment": f"样例{department}{level}"})
        page = await hall.get("/ratings", limit=2)
        assert [each["comment"] for each in page.json()["ratings"]] == ["样例xfdd1", "样例wjj1"]
        rest = (await hall.get("/ratings", limit=2, before=page.json()["next"])).json()
        assert [each["comment"] for each in rest["ratings"]] == ["样例xfdd5"]
        assert rest["next"] is None
        assert all(number not in page.text for number in (A, B, C, "sample:"))
        picked = (await hall.get("/ratings", department="xfdd", level=1)).json()["ratings"]
        assert [each["comment"] for each in picked] == ["样例xfdd1"]

    async def test_the_tags_are_listed_by_level(self, hall):
        tags = (await hall.get("/tags")).json()
        assert tags["version"] == 2
        assert [(level["level"], len(level["tags"])) for level in tags["levels"]] == [(n, 8) for n in (5, 4, 3, 2, 1)]

    async def test_the_api_describes_itself(self, hall):
        paths = (await hall.get("/openapi.json")).json()["paths"]
        assert {"/invitations", "/cases/{case}", "/cases/{case}/rating", "/tags", "/board", "/ratings"} <= set(paths)
