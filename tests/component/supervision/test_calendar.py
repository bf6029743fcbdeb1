"""A notice of days over HTTP: previewed, published once, and followed until every clock is counted by it."""

import json
from collections import Counter

import httpx
import pytest

from services.supervision.app import create_app
from services.supervision.calendar.recounting import Recounting
from shared.testing.hall import MemoryHall
from tests.unit.supervision.notices import NOTICE_2027, written
from tests.unit.supervision.sample import APP, CASE, accepted, procedure_started, submitted
from tests.unit.supervision.test_recount import on

ACCEPTED = on("2026-12-20 10:00")
NOTICE = {"name": "2027.yaml", "text": NOTICE_2027}
DAY = {"name": "local", "text": written({on("2027-03-18 10:00").date(): False}, basis="样例：民族节日")}


@pytest.fixture
async def december(desk):
    """A case of 20 days, accepted when the next year is not announced."""
    desk.clock.move_to(ACCEPTED)
    await desk.hear(submitted(ACCEPTED, "scjg", "wjj"), accepted(ACCEPTED, days=(20, 30)))
    desk.clock.move_to(on("2026-12-21 10:00"))
    return desk


async def publish(desk, body=NOTICE, key=None, **more):
    return await desk.post("administrator", "/calendar/versions", {**body, **more}, key)


async def sweep(desk):
    counted = await desk.app.state.recounting.once()
    await desk.hall.pump()
    return counted


async def decision(desk, who="clerk"):
    clocks = (await desk.get(who, f"/applications/{APP}/clocks")).json()["clocks"]
    return next(each for each in clocks if each["clock"] == "decision")


def moved_of(desk, clock="decision"):
    """What was said of this clock; a repeat is the same event."""
    said = {json.dumps(each) for each in desk.said("ClockMoved") if each["clock"] == clock}
    return [json.loads(each) for each in said]


class TestFromProvisionalToCertain:
    async def test_the_date_is_provisional_until_the_notice_of_the_year_is_published(self, december):
        before = await decision(december)
        assert (before["due"], before["provisional"]) == ("2027-01-15T10:00:00Z", True)
        answer = await publish(december)
        assert (answer.status_code, answer.json()["number"]) == (201, 2)
        assert await sweep(december) == 1
        after = await decision(december)
        assert (after["due"], after["provisional"]) == ("2027-01-18T10:00:00Z", False)
        (moved,) = moved_of(december)
        assert (moved["due_before"], moved["due"]) == (before["due"], after["due"])
        assert (moved["number"], moved["at"]) == (2, "2026-12-21T02:00:00Z")

    async def test_it_is_told_in_the_timeline_and_the_chain_holds(self, december):
        await publish(december)
        await sweep(december)
        entries = (await december.get("clerk", f"/applications/{APP}/timeline")).json()["entries"]
        assert entries[-1]["event"] == "ClockMoved"
        assert entries[-1]["label"] == "日历更新，期限重算"
        assert (await december.get("supervisor", f"/audit/{APP}/verify")).json()["intact"] is True

    async def test_what_begins_afterwards_is_counted_by_it_at_once(self, december):
        await publish(december)
        await december.hear(accepted(ACCEPTED, f"{APP}-02", days=(20, 30)))
        clocks = (await december.get("clerk", f"/applications/{APP}/clocks")).json()["clocks"]
        dues = {each["subject"]: each["due"] for each in clocks if each["clock"] == "decision"}
        assert dues == {CASE: "2027-01-18T10:00:00Z", f"{APP}-02": "2027-01-18T10:00:00Z"}

    async def test_the_publication_itself_says_which_days_turn(self, december):
        await publish(december)
        first, said = december.said("CalendarPublished")
        assert (first["number"], first["by"], first["turned"]) == (1, "", [])
        assert (said["number"], said["certain_until"], len(said["turned"])) == (2, "2027-12-31", 18)
        assert said["by"]
        assert not december.store.index["calendar"], "no list may find the book"


class TestPreview:
    async def test_it_says_what_would_change_and_changes_nothing(self, december):
        found = (await december.post("administrator", "/calendar/preview", NOTICE)).json()
        assert (found["number"], found["certain_until_before"], found["certain_until"]) == (
            2, "2026-12-31", "2027-12-31",
        )  # fmt: skip
        assert {"day": "2027-01-30", "working": True, "name": "春节"} in found["turned"]
        assert (found["moving"], found["looked"], found["running"], found["bounded"]) == (1, 1, 1, False)
        (move,) = found["moves"]
        assert (move["due_before"], move["due"]) == ("2027-01-15T10:00:00Z", "2027-01-18T10:00:00Z")
        assert (move["application"], move["departments"]) == ("", ["scjg"]), "an administrator reads no application"
        assert [each["number"] for each in (await december.get("clerk", "/calendar/versions")).json()] == [1]
        assert not december.said("ClockMoved")

    async def test_what_it_says_is_what_happens(self, december):
        paused = procedure_started(ACCEPTED, "P1", f"{APP}-02")
        await december.hear(accepted(ACCEPTED, f"{APP}-02", days=(40, 60)), paused)
        found = (await december.post("administrator", "/calendar/preview", NOTICE)).json()["moves"]
        moves = {(move["clock"], move["due_before"], move["due"]) for move in found}
        await publish(december)
        await sweep(december)
        rows = (await december.get("supervisor", "/calendar/versions/2/moved")).json()
        assert {(row["clock"], row["due_before"], row["due"]) for row in rows} == moves
        assert len(moves) == 2, "a decision and its procedure; what is paused waits"

    async def test_what_the_version_before_is_still_moving_is_no_change_of_this_one(self, december):
        await publish(december)
        found = (await december.post("administrator", "/calendar/preview", DAY)).json()
        assert (found["number"], found["moving"], found["moves"]) == (3, 0, [])
        assert await sweep(december) == 1

    async def test_days_that_are_over_are_counted(self, december):
        past = {"name": "past", "text": written({on("2026-12-18 10:00").date(): False})}
        found = (await december.post("administrator", "/calendar/preview", past)).json()
        assert (found["past"], [each["day"] for each in found["turned"]]) == (1, ["2026-12-18"])


class TestPublication:
    async def test_the_same_press_is_one_version(self, december):
        for _ in range(2):
            answer = await publish(december, key="press-0001")
            assert (answer.status_code, answer.json()["number"]) == (201, 2)
        other = await publish(december, DAY, key="press-0001")
        assert (other.status_code, other.json()["code"]) == (409, "key_reused")
        assert len(december.said("CalendarPublished")) == 2

    async def test_what_was_previewed_against_another_version_is_not_published(self, december):
        await publish(december, after=1)
        answer = await publish(december, DAY, after=1)
        assert (answer.status_code, answer.json()["code"]) == (409, "calendar_moved_on")
        assert (await publish(december, DAY, after=2)).json()["number"] == 3

    async def test_the_same_text_again_changes_nothing(self, december):
        await publish(december)
        answer = await publish(december)
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_changes")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("basis: x\nannounces: 2028\ndays:\n  2028-01-01: rest\n", "2027 年还没有公布"),
            ("basis: x\ndays:\n  2027-02-30: rest\n", "n:3：没有 2027-02-30 这一天"),
            ("basis: x\ndays: {}\n", "没有 days"),
            ("basis: x\nday: 1\n", "不认识 'day'"),
            ("basis: x\ndays:\n  2027-01-01: holiday\n", "3：2027-01-01 写的是 'holiday'；"),
            (NOTICE_2027.replace("  2027-09-15: rest 中秋节\n", ""), "2027 年没有中秋节的放假日"),
        ],
    )
    async def test_a_notice_that_cannot_be_used_says_why_and_what_to_do(self, december, text, said):
        for path in ("/calendar/preview", "/calendar/versions"):
            answer = await december.post("administrator", path, {"name": "n", "text": text})
            assert (answer.status_code, answer.json()["code"]) == (422, "unfit_notice")
            assert said in answer.json()["detail"]
            assert "；" in answer.json()["detail"], "a remedy follows"
        assert len((await december.get("clerk", "/calendar/versions")).json()) == 1

    @pytest.mark.parametrize(
        ("who", "reads", "publishes"),
        [
            ("administrator", 200, 201), ("clerk", 200, 403), ("supervisor", 200, 403), ("officer-scjg", 200, 403),
            ("applicant", 403, 403), (None, 401, 401),
        ],
    )  # fmt: skip
    async def test_who_may_read_and_who_may_publish(self, december, who, reads, publishes):
        for path in ("/calendar/versions", "/calendar/versions/1", "/calendar/years/2026"):
            assert (await december.get(who, path)).status_code == reads
        assert (await december.post(who, "/calendar/versions", DAY)).status_code == publishes

    async def test_which_clocks_moved_is_for_those_whose_affair_it_is(self, december):
        await publish(december)
        await sweep(december)
        seen = {}
        for who in ("supervisor", "clerk", "officer-scjg", "officer-cgj", "administrator", "applicant"):
            answer = await december.get(who, "/calendar/versions/2/moved")
            seen[who] = [row["subject"] for row in answer.json()] if answer.status_code == 200 else answer.status_code
        assert seen == {
            "supervisor": [CASE], "clerk": [CASE], "officer-scjg": [CASE], "officer-cgj": [], "administrator": 403,
            "applicant": 403,
        }  # fmt: skip


async def test_a_year_and_a_due_date_by_the_calendar_in_force(december):
    year = (await december.get("clerk", "/calendar/years/2027")).json()
    assert (year["provisional"], year["working_days"], year["days"]) == (True, 261, [])
    asked = {"start": "2026-12-20", "days": 20}
    before = (await december.get("clerk", "/calendar/due", **asked)).json()
    assert before == {"due": "2027-01-15", "provisional": True}
    await publish(december)
    year = (await december.get("clerk", "/calendar/years/2027")).json()
    assert (year["provisional"], year["number"], year["working_days"]) == (False, 2, 251)
    assert {"day": "2027-01-01", "working": False, "name": "元旦"} in year["days"]
    after = (await december.get("clerk", "/calendar/due", **asked)).json()
    assert after == {"due": "2027-01-18", "provisional": False}


class TestReplicas:
    async def test_another_replica_learns_of_it_and_counts_by_it(self, december):
        other = MemoryHall().backing("supervision")
        other.bus, other.documents = december.hall.bus, december.store
        replica = create_app(december.settings, december.clock, other)
        async with replica.router.lifespan_context(replica):
            await publish(december)
            transport = httpx.ASGITransport(replica)
            async with httpx.AsyncClient(transport=transport, base_url="http://hall") as http:
                headers = {"Authorization": f"Bearer {december.issuer.mint('clerk')}"}
                found = (await http.get("/calendar/versions", headers=headers)).json()
                assert [each["number"] for each in found] == [2, 1]
            assert await replica.state.recounting.once() == 1
            assert await sweep(december) == 0, "what one has counted the other finds done"
            await other.settle_down()
        assert len(moved_of(december)) == 1

    async def test_a_restart_with_the_same_days_makes_no_version(self, december):
        other = MemoryHall().backing("supervision")
        other.bus, other.documents = december.hall.bus, december.store
        replica = create_app(december.settings, december.clock, other)
        async with replica.router.lifespan_context(replica):
            pass
        assert len(december.said("CalendarPublished")) == 1


class Stopped(Exception):
    pass


class TestManyClocks:
    MANY, AT_ONCE = 600, 100

    async def test_a_recount_that_is_stopped_goes_on_where_it_was(self, desk):
        desk.clock.move_to(ACCEPTED)
        numbers = [f"7ZQ0M3X5K{n:04d}" for n in range(self.MANY)]
        await desk.hear(*(submitted(ACCEPTED, application=each) for each in numbers))
        await desk.hear(*(accepted(ACCEPTED, f"{each}-01", days=(20, 30)) for each in numbers))
        await publish(desk)
        assert await self.left(desk) == (self.MANY, self.MANY, 0)
        seen = []

        async def three_batches(_):
            seen.append(await self.left(desk))
            if len(seen) == 3:
                raise Stopped

        state = desk.app.state
        with pytest.raises(Stopped):
            await Recounting(state.runtime, self.in_force(desk), self.AT_ONCE, three_batches).once()
        assert seen == [(self.MANY - n * 100, self.MANY, n * 100) for n in (1, 2, 3)]
        other = MemoryHall().backing("supervision")
        other.bus, other.documents = desk.hall.bus, desk.store
        replica = create_app(desk.settings, desk.clock, other)
        async with replica.router.lifespan_context(replica):
            assert await replica.state.recounting.once() == self.MANY - 300
            await other.settle_down()
        assert await self.left(desk) == (0, self.MANY, self.MANY)
        moved = Counter(each["subject"] for each in moved_of(desk))
        assert (len(moved), set(moved.values())) == (self.MANY, {1})

    @staticmethod
    async def left(desk):
        progress = (await desk.get("clerk", "/calendar/versions/2")).json()["progress"]
        return progress["left"], progress["of"], progress["moved"]

    @staticmethod
    def in_force(desk):
        return desk.app.state.recounting._in_force


async def test_a_parked_application_holds_up_no_other(december):
    other = "8ZQ0M3X5KD2WB"
    await december.hear(submitted(ACCEPTED, application=other), accepted(ACCEPTED, f"{other}-01", days=(20, 30)))
    await december.poison(APP)
    await publish(december)
    await sweep(december)
    assert [each["application"] for each in moved_of(december)] == [other]
