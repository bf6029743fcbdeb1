"""Supervision as a whole over HTTP, on memory: timelines, clocks, lit cases, numbers, the audit chain and the scan."""

import asyncio

import pytest

from services.supervision import scan
from services.supervision.app import create_app
from shared import metrics
from shared.contracts.topics import SUPERVISION
from shared.local.issuer import sample_id_number
from shared.messaging.document import Unavailable
from shared.testing.hall import MemoryHall
from shared.web.commands import holder_ref
from tests.unit.supervision.sample import (
    APP,
    CASE,
    SECOND,
    accepted,
    approved,
    asked_for_more,
    at,
    closed,
    issued,
    rated,
    submitted,
)

OTHER = "8ZQ0M3X5KD2WB"
FILED = at("02-12 09:00")
BUNDLE = (
    submitted(FILED, "scjg", "wjj"),
    accepted(at("02-12 10:00"), joint=45, steps=("xfdd",)),
    accepted(at("02-12 10:00"), SECOND, joint=45, waits_for=(CASE,)),
)


class TestTimeline:
    async def test_every_event_stands_in_it_with_its_place_in_the_log_our_own_too(self, desk):
        await desk.hear(*BUNDLE)
        timeline = (await desk.get("clerk", f"/applications/{APP}/timeline")).json()
        labels = [(entry["event"], entry["label"]) for entry in timeline["entries"]]
        assert labels[:3] == [
            ("ApplicationSubmitted", "申请已提交"),
            ("CaseAccepted", "已受理"),
            ("CaseAccepted", "已受理"),
        ]
        assert [event for event, _ in labels[3:]] == ["ClockStarted"] * 3 + ["ClockStopped"]
        for entry in timeline["entries"]:
            log = desk.hall.bus.logs[entry["topic"], entry["partition"]]
            assert dict(log[entry["offset"]].headers)["ce_id"].decode() == entry["id"]
        assert [entry["n"] for entry in timeline["entries"]] == list(range(1, 8))
        own = timeline["entries"][-1]
        assert (own["topic"], own["source"]) == ("onedoor.supervision.v1", f"supervision/{APP}")

    async def test_cases_and_clocks_are_told_in_words(self, desk):
        await desk.hear(*BUNDLE)
        timeline = (await desk.get("clerk", f"/applications/{APP}/timeline")).json()
        first, second = timeline["cases"]
        assert (first["status"], first["light"], first["departments"]) == ("办理中", "green", ["scjg", "xfdd"])
        assert (second["status"], second["departments"]) == ("等待前序事项", ["scjg", "wjj"])
        clocks = {(clock["subject"], clock["clock"]): clock for clock in timeline["clocks"]}
        assert set(clocks) == {(APP, "acceptance"), (APP, "joint"), (CASE, "decision")}
        decision = clocks[CASE, "decision"]
        assert (decision["name"], decision["remaining"], decision["remaining_days"]) == ("办理", "还剩 5 个工作日", 5)
        assert (decision["due"], decision["provisional"]) == ("2026-02-26T10:00:00Z", False)
        assert clocks[APP, "acceptance"]["remaining"] == "按时办结"

    async def test_a_limit_in_calendar_days_says_so_and_an_acceptance_said_again_is_called_deemed(self, desk):
        days = {"days": (1, 3), "unit": "calendar_days"}
        desk.clock.move_to(at("04-02 11:00"))
        await desk.hear(submitted(FILED), accepted(at("04-02 10:00"), **days))
        clocks = (await desk.get("applicant", f"/applications/{APP}/clocks")).json()["clocks"]
        decision = next(each for each in clocks if each["clock"] == "decision")
        assert (decision["unit"], decision["remaining"], decision["due"]) == (
            "calendar_days", "还剩 1 天", "2026-04-03T10:00:00Z",
        )  # fmt: skip
        await desk.hear(accepted(FILED, deemed=True, **days))
        timeline = (await desk.get("clerk", f"/applications/{APP}/timeline")).json()
        labels = [entry["label"] for entry in timeline["entries"] if entry["event"] == "CaseAccepted"]
        assert labels == ["已受理", "视为受理"]
        assert timeline["cases"][0]["deemed"]
        numbers = (await desk.get(None, "/numbers")).json()
        assert numbers["today"]["accepted"] == 1, "one case, however often it is said"

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("applicant", 200), ("applicant2", 404), ("clerk", 200), ("supervisor", 200), ("officer-xfdd", 200),
            ("officer-wjj", 200), ("officer-cgj", 404), ("reviewer", 403), ("administrator", 403), (None, 401),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("what", ["timeline", "clocks"])
    async def test_the_owner_the_window_supervisors_and_departments_concerned_see_it(self, desk, who, status, what):
        await desk.hear(*BUNDLE)
        answer = await desk.get(who, f"/applications/{APP}/{what}")
        assert answer.status_code == status
        if status == 404:
            none = await desk.get(who, f"/applications/{OTHER}/{what}")
            assert {**answer.json(), "trace_id": 0} == {**none.json(), "trace_id": 0}

    async def test_what_a_clerk_handed_in_belongs_to_the_holder(self, desk):
        owner = f"holder:{holder_ref(desk.settings.holder_key, sample_id_number(2))}"
        await desk.hear(submitted(FILED, owner=owner))
        assert (await desk.get("applicant2", f"/applications/{APP}/timeline")).status_code == 200
        assert (await desk.get("applicant", f"/applications/{APP}/timeline")).status_code == 404

    async def test_an_entry_that_is_saved_but_not_yet_in_its_place_is_there(self, desk):
        await desk.hear(submitted(FILED))
        put_facts, rows = desk.store.put_facts, desk.store.facts["audit"]

        async def away(facts):
            raise Unavailable("database")

        desk.store.put_facts = away
        with pytest.raises(Unavailable):
            await desk.hear(asked_for_more(FILED))
        desk.store.put_facts = put_facts
        assert [(row["n"], len(row["lines"])) for row in rows.values()] == [(1, 1), (2, 1)]
        entries = (await desk.get("clerk", f"/applications/{APP}/timeline")).json()["entries"]
        assert [entry["event"] for entry in entries] == ["ApplicationSubmitted", "ClockStarted", "SupplementRequested"]
        assert (await desk.get("supervisor", f"/audit/{APP}/verify")).json()["intact"] is True

    async def test_a_broken_number_is_told_what_is_wrong_with_it(self, desk):
        answer = await desk.get("clerk", "/applications/abc/timeline")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


class TestScan:
    @pytest.mark.usefixtures("by_hand")
    async def test_what_comes_due_is_said_and_heard_in_the_timeline(self, desk):
        await desk.hear(*BUNDLE)
        assert await desk.scan_at("02-25 17:59") == 0
        assert await desk.scan_at("02-26 18:30") == 1
        assert [(each["kind"], each["subject"]) for each in desk.said("DeadlinePassed")] == [("promised", CASE)]
        assert desk.said("DeadlinePassed")[0]["due"] == "2026-02-26T10:00:00Z"
        assert await desk.scan_at("02-26 18:31") == 0
        timeline = (await desk.get("applicant", f"/applications/{APP}/timeline")).json()
        assert [entry["event"] for entry in timeline["entries"][-3:]] == [
            "LightChanged", "LightChanged", "DeadlinePassed",
        ]  # fmt: skip
        assert timeline["entries"][-1]["cause"] == "scan"
        assert timeline["cases"][0]["light"] == "red"
        clock = next(each for each in timeline["clocks"] if each["clock"] == "decision")
        assert (clock["light_name"], clock["remaining"]) == ("超承诺期限", "已超期，不足 1 个工作日")

    async def test_a_parked_application_keeps_nobody_waiting(self, desk):
        desk.app.state.scanner._at_once = 1
        await desk.hear(submitted(FILED), submitted(at("02-13 09:00"), application=OTHER))
        await desk.poison(APP)
        assert await desk.scan_at("03-30 09:00") == 1
        assert {each["application"] for each in desk.said("DeadlinePassed")} == {OTHER}
        assert b'onedoor_clocks_scan_lag_seconds{service="supervision"} 0.0' in metrics.exposition("supervision")

    async def test_more_than_one_batch_comes_due_at_the_same_instant(self, desk):
        desk.app.state.scanner._at_once = 3
        names = [f"{number:012d}X" for number in range(10)]
        await desk.hear(*(submitted(FILED, application=name) for name in names))
        assert await desk.scan_at("02-26 18:00") == 10
        assert sorted(each["application"] for each in desk.said("DeadlinePassed")) == names

    async def test_nobody_is_asked_how_far_it_has_heard_while_nothing_is_due(self, desk):
        asked = []

        async def heard_until():
            asked.append(desk.clock())

        await desk.hear(submitted(FILED))
        assert await self._one_pass(desk, heard_until, "LightChanged") == 0
        assert asked == []

    @pytest.mark.usefixtures("by_hand")
    async def test_two_replicas_that_scan_at_once_say_it_once(self, desk):
        await desk.hear(*BUNDLE)
        hall = desk.hall
        other = MemoryHall().backing("supervision")
        other.bus, other.documents = hall.bus, desk.store
        replica = create_app(desk.settings, desk.clock, other)
        desk.clock.move_to(at("05-01 00:00"))
        async with replica.router.lifespan_context(replica):
            await asyncio.gather(desk.app.state.scanner.once(), replica.state.scanner.once())
            await other.settle_down()
        await hall.pump()
        ids = [dict(record.headers)["ce_id"] for record in hall.bus.records(SUPERVISION.name)]
        assert len(set(ids)) == 1 + 4 + 5 + 3, "the calendar, four when it began, five lights, three limits"
        kinds = {(each["subject"], each["kind"], each["generation"]) for each in desk.said("DeadlinePassed")}
        assert kinds == {(CASE, "promised", 1), (CASE, "statutory", 1), (APP, "joint", 1)}

    async def test_nothing_is_announced_beyond_what_was_heard(self, desk):
        await desk.hear(submitted(FILED))
        desk.clock.move_to(at("02-27 09:00"))
        heard = at("02-26 17:00")

        async def heard_until():
            return heard

        assert await self._one_pass(desk, heard_until, "LightChanged") == 1
        assert desk.said("DeadlinePassed") == []
        heard = desk.clock()
        assert await self._one_pass(desk, heard_until, "DeadlinePassed") == 1

    async def _one_pass(self, desk, heard_until, name) -> int:
        """Run another replica, with its scan in the background, until something was said."""
        app = create_app(desk.settings, desk.clock, desk.hall.backing("supervision"), heard_until)
        async with app.router.lifespan_context(app):
            for _ in range(100):
                await asyncio.sleep(0.01)
                await desk.hall.backing("supervision").settle_down()
                if desk.said(name):
                    break
        return len(desk.said(name))

    async def test_the_scan_outlives_a_broker_that_is_away(self, desk, monkeypatch):
        await desk.hear(submitted(FILED))
        desk.clock.move_to(at("02-27 09:00"))
        answers = iter([Unavailable("broker"), RuntimeError("ours")])

        async def heard_until():
            error = next(answers, None)
            if error:
                raise error
            return desk.clock()

        monkeypatch.setattr(scan, "EVERY_SECONDS", 0)
        assert await self._one_pass(desk, heard_until, "DeadlinePassed") == 1


class TestLitCases:
    async def late(self, desk):
        """OTHER is over its promise since 02-26, APP since 03-02; OTHER concerns wjj too."""
        await desk.hear(submitted(FILED, "scjg"), accepted(at("02-25 10:00"), days=(3, 30)))
        await desk.hear(
            submitted(FILED, "scjg", "wjj", application=OTHER),
            accepted(at("02-12 10:00"), f"{OTHER}-01", days=(5, 30), steps=("xfdd",)),
            closed(at("02-12 10:00"), f"{OTHER}-02"),
        )
        await desk.scan_at("03-05 10:00")

    async def test_the_longest_overdue_comes_first_page_by_page(self, desk):
        await self.late(desk)
        page = (await desk.get("supervisor", "/cases", light="red")).json()
        assert [each["application"] for each in page["applications"]] == [OTHER, APP]
        assert page["total"] == 2
        (clock,) = page["applications"][0]["clocks"]
        assert (clock["subject"], clock["light"], clock["remaining"]) == (f"{OTHER}-01", "red", "已超期 5 个工作日")
        second = (await desk.get("supervisor", "/cases", light="red", page=2, size=1)).json()
        assert [each["application"] for each in second["applications"]] == [APP]

    async def test_a_department_sees_what_concerns_it_and_nothing_else(self, desk):
        await self.late(desk)
        for who, asked, seen in (
            ("officer-xfdd", None, [OTHER]),
            ("officer-wjj", None, []),
            ("officer-scjg", None, [OTHER, APP]),
            ("officer-xfdd", "scjg", []),
            ("clerk", "xfdd", [OTHER]),
        ):
            params = {"light": "red"} | ({"department": asked} if asked else {})
            page = (await desk.get(who, "/cases", **params)).json()
            assert ([each["application"] for each in page["applications"]], page["total"]) == (seen, len(seen))

    async def test_a_list_of_one_kind_of_clock(self, desk):
        await desk.hear(*BUNDLE)
        await desk.scan_at("02-12 11:00")
        for kind, keys in ((None, {"joint", "decision"}), ("joint", {"joint"}), ("issuance", set())):
            params = {"light": "green"} | ({"clock": kind} if kind else {})
            page = (await desk.get("supervisor", "/cases", **params)).json()
            assert {clock["clock"] for each in page["applications"] for clock in each["clocks"]} == keys
            assert page["total"] == bool(keys)
        # the decision clock of the first case does not concern the department of the second
        joint = (await desk.get("supervisor", "/cases", light="green", clock="decision", department="wjj")).json()
        assert joint["total"] == 0

    async def test_what_was_saved_before_marks_had_a_clock_is_listed_and_counted_still(self, desk):
        await desk.hear(*BUNDLE)
        row = desk.store.index[APP]
        desk.store.index[APP] = {**row, "lit": ["green", "green/scjg"], "lights": "2.0.0.0.0"}
        for params in ({}, {"department": "scjg"}):
            assert (await desk.get("clerk", "/cases", light="green", **params)).json()["total"] == 1
        assert (await desk.get(None, "/numbers")).json()["open_by_light"]["green"] == 2

    async def test_the_lists_are_for_staff(self, desk):
        assert (await desk.get("applicant", "/cases")).status_code == 403
        assert (await desk.get("clerk", "/cases", light="purple")).status_code == 422


class TestNumbers:
    async def test_open_cases_by_light_and_what_happened_today(self, desk):
        desk.clock.move_to(at("02-25 23:00"))
        await desk.hear(submitted(FILED, application=OTHER))
        desk.clock.move_to(at("02-26 09:00"))
        await desk.hear(*BUNDLE)
        await desk.scan_at("02-26 18:00")
        numbers = (await desk.get(None, "/numbers")).json()
        assert numbers["open_by_light"] == {"green": 1, "paused": 0, "yellow": 0, "red": 1, "deep_red": 1}
        assert numbers["open_cases"] == 3
        assert numbers["today"] == {"day": "2026-02-26", "submitted": 1, "accepted": 2, "ended": 0}

    async def test_a_case_that_is_ended_is_not_open_any_more(self, desk):
        decided = at("02-24 10:00")
        desk.clock.move_to(decided)
        await desk.hear(submitted(FILED), accepted(FILED), approved(decided), issued(decided), rated(decided))
        numbers = (await desk.get(None, "/numbers")).json()
        assert (numbers["open_cases"], numbers["today"]["ended"]) == (0, 1)
        timeline = (await desk.get("applicant", f"/applications/{APP}/timeline")).json()
        assert timeline["cases"][0]["status"] == "已办结"
        assert {clock["remaining"] for clock in timeline["clocks"]} == {"按时办结"}


class TestAudit:
    async def test_the_chain_holds_and_is_for_supervisors(self, desk):
        await desk.hear(*BUNDLE)
        verified = (await desk.get("supervisor", f"/audit/{APP}/verify")).json()
        assert (verified["intact"], verified["entries"], verified["broken"]) == (True, 7, None)
        assert (await desk.get("clerk", f"/audit/{APP}/verify")).status_code == 403
        assert (await desk.get("supervisor", f"/audit/{OTHER}/verify")).status_code == 404

    @pytest.mark.parametrize("number", [2, 7])
    @pytest.mark.parametrize(
        "edit", [lambda line: line.replace("2026", "2025", 1), lambda line: line[:70], lambda _: ""]
    )
    async def test_an_edited_entry_is_named(self, desk, number, edit):
        await desk.hear(*BUNDLE)
        rows, before = desk.store.facts["audit"], 0
        for name, row in rows.items():
            at = number - row["n"]
            if 0 <= at < len(row["lines"]):
                lines = list(row["lines"])
                lines[at], before = edit(lines[at]), before + 1
                rows[name] = {**row, "lines": lines}
        assert before == 1
        verified = (await desk.get("supervisor", f"/audit/{APP}/verify")).json()
        broken = {"n": number, "id": f"{APP}/{number:06d}", "reason": "changed", "detail": ""}
        assert (verified["intact"], verified["broken"]) == (False, broken)

    async def test_a_deleted_entry_is_named(self, desk):
        await desk.hear(*BUNDLE)
        rows = desk.store.facts["audit"]
        last = max(rows)
        rows[last] = {**rows[last], "lines": rows[last]["lines"][:-1]}
        verified = (await desk.get("supervisor", f"/audit/{APP}/verify")).json()
        assert verified["broken"] == {"n": 7, "id": f"{APP}/000007", "reason": "missing", "detail": ""}

    async def test_what_is_saved_together_is_one_row(self, desk):
        await desk.hear(*BUNDLE)
        rows = desk.store.facts["audit"]
        assert sum(len(row["lines"]) for row in rows.values()) == 7
        assert len(rows) < 7


async def test_the_documentation_reads_in_chinese(desk):
    paths = (await desk.get(None, "/openapi.json")).json()["paths"]
    assert {path for path in paths if not path.startswith(("/ops", "/healthz", "/metrics"))} == {
        "/applications/{application}/timeline", "/applications/{application}/clocks", "/cases", "/numbers",
        "/audit/{application}/verify", "/cases/{case}/urges", "/cases/{case}/urges/{number}/answer",
        "/cases/{case}/urges/{number}/outcomes", "/cases/{case}/waiting", "/statistics",
        "/applications/{application}/signals", "/cases/{case}/signals",
        "/applications/{application}/signals/{number}/closing",
        "/seals", "/seals/{day}", "/seals/{day}/proof/{application}", "/seals/keys/{key_id}.pem",
        "/.well-known/onedoor-audit-keys.json",
        "/calendar/versions", "/calendar/versions/{number}", "/calendar/versions/{number}/moved",
        "/calendar/years/{year}", "/calendar/due", "/calendar/preview",
    }  # fmt: skip
