"""The wall's figures and its stream: right against a recount, pushed as they change, and worked out once for all."""

import html
import json
import random
import re

import pytest

from services.supervision.decide.audit import instant
from services.supervision.decide.milestones import MILESTONES
from services.supervision.model import LIGHTS
from services.supervision.wall import fresh
from services.supervision.wall.satisfaction import DAYS
from shared.contracts.ratings import RatingDefaulted, RatingGiven, RectificationClosed
from shared.kernel import Fact
from shared.messaging import tail
from shared.messaging.document import Unavailable
from tests.streams import opened
from tests.unit.supervision.sample import APP, accepted, approved, at, closed, issued, refused, submitted

OTHER = "8ZQ0M3X5KD2WB"
CODES = ("scjg", "xfdd", "wjj", "cgj")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(fresh, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(tail, "SETTLE_SECONDS", (0.01, 0.02))
    monkeypatch.setattr(tail, "PAUSE_SECONDS", 0.05)


async def parts_of(desk, who="supervisor") -> dict[str, str]:
    return (await desk.get(who, "/wall/parts")).json()["parts"]


def drawn(part: str):
    """The values that the script draws."""
    return json.loads(html.unescape(re.search(r'data-drawn="([^"]*)"', part)[1]))


def rated(level: int, number: str = APP):
    return RatingGiven(application=number, case=f"{number}-01", department="scjg", level=level, at=at("02-12 10:00"))


def number(n: int) -> str:
    return f"{n:012d}X"


class TestSatisfaction:
    async def test_nobody_has_rated(self, desk):
        part = (await parts_of(desk))["satisfaction"]
        assert "近 30 天还没有人评价。" in part
        assert 'data-drawn="null"' in part

    async def test_levels_from_three_on_are_satisfied(self, desk):
        for n, level in enumerate((5, 5, 4, 3, 2, 1)):
            await desk.hear(rated(level, number(n)))
        part = (await parts_of(desk))["satisfaction"]
        assert "66.7<small>%" in part
        assert drawn(part) == {"levels": [2, 1, 1, 1, 1]}
        assert re.findall(r"<dd[^>]*>([\d,]+)</dd>", part)[:3] == ["6", "6", "2"]

    async def test_a_default_rating_is_never_counted(self, desk):
        await desk.hear(
            rated(1), RatingDefaulted(application=OTHER, case=f"{OTHER}-01", department="scjg", at=at("02-12 10:00"))
        )
        part = (await parts_of(desk))["satisfaction"]
        assert "0.0<small>%" in part
        assert drawn(part) == {"levels": [0, 0, 0, 0, 1]}

    async def test_today_and_the_last_thirty_days(self, desk):
        await desk.hear(rated(5))
        desk.clock.move_to(at("02-13 09:00"))
        await desk.hear(rated(4, OTHER))
        assert re.findall(r"<dd[^>]*>([\d,]+)</dd>", (await parts_of(desk))["satisfaction"])[:2] == ["2", "1"]
        desk.clock.move_to(at("03-14 09:00"))
        assert DAYS == 30
        assert drawn((await parts_of(desk))["satisfaction"]) == {"levels": [0, 1, 0, 0, 0]}, "the 12th is 31 days ago"

    async def test_a_bad_one_waits_until_it_was_dealt_with(self, desk):
        await desk.hear(rated(1), rated(2, OTHER))
        done = RectificationClosed(
            application=APP, case=f"{APP}-01", department="scjg", outcome="corrected", at=at("02-12 10:00")
        )
        await desk.hear(done)
        part = (await parts_of(desk))["satisfaction"]
        assert re.findall(r"<dd[^>]*>([\d,]+)</dd>", part)[2] == "1"
        desk.clock.move_to(at("04-20 09:00"))
        assert "更早的差评还有 1 个待整改。" in (await parts_of(desk))["satisfaction"]


class TestHours:
    async def test_today_beside_what_is_usual(self, desk):
        for n, when in enumerate(("02-12 10:05", "02-12 10:50", "02-13 10:10", "02-13 14:00")):
            desk.clock.move_to(at(when))
            await desk.hear(submitted(at(when), application=number(n)))
        shown = drawn((await parts_of(desk))["hours"])
        assert shown["hours"] == list(range(8, 18))
        assert shown["parts"][0]["today"] == [0, 0, 1, 0, 0, 0, 1, None, None, None], "the hours to come have no bar"
        assert shown["parts"][0]["usual"][2] == 0.1, "2 on one of twenty working days"

    async def test_what_is_heard_long_after_its_hour_is_counted_once_the_count_is_old(self, desk, monkeypatch):
        await desk.hear(submitted(at("02-12 10:00")))
        desk.clock.move_to(at("02-12 15:00"))
        assert drawn((await parts_of(desk))["hours"])["parts"][0]["today"][2] == 1
        late = Fact(MILESTONES, f"submitted/{OTHER}", {"kind": "submitted", "time": instant(at("02-12 10:30"))})
        await desk.store.put_facts([late])
        assert drawn((await parts_of(desk))["hours"])["parts"][0]["today"][2] == 1, "a settled hour is believed"
        monkeypatch.setattr("services.supervision.wall.hours.BELIEVED_SECONDS", {True: 0.0, False: 0.0})
        assert drawn((await parts_of(desk))["hours"])["parts"][0]["today"][2] == 2


async def test_every_number_is_that_of_a_recount(desk):
    """A month of made-up work, and every number of the wall counted again from what was said and what is stored."""
    dice, cases, said = random.Random(8), {}, []  # noqa: S311
    for day in ("02-12", "02-13", "02-24", "02-25", "03-02", "03-03"):
        for _ in range(6):
            when = at(f"{day} {dice.randint(9, 16):02d}:{dice.randint(0, 59):02d}")
            desk.clock.move_to(max(when, desk.clock()))
            fresh_one, codes = number(len(cases)), dice.sample(CODES, dice.randint(1, 2))
            events = [submitted(desk.clock(), *codes, application=fresh_one)]
            cases[f"{fresh_one}-01"] = "open"
            if len(codes) > 1:
                cases[f"{fresh_one}-02"] = "open"
            for case, status in list(cases.items()):
                step = dice.random()
                if status == "open" and step < 0.1:
                    cases[case] = "accepted"
                    events.append(accepted(desk.clock(), case, days=(dice.randint(2, 8), 20)))
                elif status == "accepted" and step < 0.05:
                    cases[case] = "approved"
                    events.append(approved(desk.clock(), case))
                elif status == "accepted" and step < 0.07:
                    cases[case] = "over"
                    events.append(refused(desk.clock(), case))
                elif status == "open" and step < 0.12:
                    cases[case] = "over"
                    events.append(closed(desk.clock(), case))
                elif status == "approved" and step < 0.5:
                    cases[case] = "over"
                    events += [
                        issued(desk.clock(), case),
                        rated(dice.randint(1, 5), case[:13]).model_copy(update={"case": case}),
                    ]
            said += [(desk.clock(), event) for event in events]
            await desk.hear(*events)
        await desk.scan_at(f"{day} 18:30")
    parts = await parts_of(desk)
    docs = (await desk.store.load(list({case[:13] for case in cases}))).values()
    lights = dict.fromkeys(LIGHTS, 0)
    for doc in docs:
        for case in doc.state.cases:
            if cases[case.case] != "over":
                unanswered = case.outcome is None and case.accepted_at is None
                timed = {(case.case, key) for key in ("decision", "issuance")}
                timed |= {(case.case[:13], "acceptance")} if unanswered else set()
                own = [
                    clock.light for clock in doc.state.clocks if (clock.subject, clock.key) in timed and clock.running
                ]
                lights[max(own, key=LIGHTS.index, default="green")] += 1
    figures = [int(each) for each in re.findall(r"<dd[^>]*>(\d+)</dd>", parts["counts"])]
    today = [type(event).__name__ for when, event in said if when >= at("03-03 00:00")]
    ended = ("CaseApproved", "CaseRefused", "CaseClosed")
    assert figures == [
        sum(status != "over" for status in cases.values()),
        today.count("ApplicationSubmitted"), today.count("CaseAccepted"), sum(today.count(name) for name in ended),
        lights["yellow"], lights["red"], lights["deep_red"], lights["paused"],
    ]  # fmt: skip
    assert min(lights["deep_red"], lights["green"]) > 0
    trend = drawn(parts["trend"])
    for day in ("02-12", "02-25", "03-02"):
        names = [type(event).__name__ for when, event in said if at(f"{day} 00:00") <= when <= at(f"{day} 23:59")]
        place = trend["days"].index(f"{int(day[:2])}/{int(day[3:])}")
        assert trend["lines"][0]["numbers"][place] == names.count("CaseAccepted") > 0
        assert trend["lines"][1]["numbers"][place] == sum(names.count(name) for name in ended)
    levels = [event.level for _, event in said if isinstance(event, RatingGiven)]
    assert drawn(parts["satisfaction"])["levels"] == [levels.count(level) for level in (5, 4, 3, 2, 1)]


class TestStream:
    def open(self, desk, who="supervisor"):
        headers = {"Cookie": f"onedoor_session={desk.issuer.mint(who)}"} if who else {}
        return opened(desk.app, "/wall/live", {"Accept": "text/event-stream", **headers}, {})

    async def test_everything_at_once_and_then_only_what_has_changed(self, desk):
        async with self.open(desk) as stream:
            first = json.loads((await stream.next())["data"])
            assert set(first["parts"]) == set(await parts_of(desk))
            while json.loads((await stream.next())["data"])["parts"]:
                pass  # what opening the feed has rung
            await desk.hear(submitted(at("02-12 10:00")))
            told = json.loads((await stream.until("parts"))["data"])
            assert "<dd>1</dd>" in told["parts"]["counts"]
            assert "satisfaction" not in told["parts"]
            assert "soon" not in told["parts"]

    @pytest.mark.parametrize(("who", "status"), [(None, 401), ("applicant", 403)])
    async def test_who_may_not_see_the_wall_gets_neither_stream_nor_parts(self, desk, who, status):
        async with self.open(desk, who) as stream:
            assert stream.status == status
        assert (await desk.get(who, "/wall/parts")).status_code == status
        assert desk.app.state.tail.listeners == 0

    async def test_numbers_that_cannot_be_had_are_late_and_come_again(self, desk, monkeypatch):
        async with self.open(desk) as stream:
            await stream.until("parts")
            tally = desk.store.tally

            async def away(*_):
                raise Unavailable

            desk.store.tally = away
            await desk.hear(submitted(at("02-12 10:00")))
            await stream.until("late")
            desk.store.tally = tally
            await desk.hear(accepted(at("02-12 10:00")))
            await stream.until("parts")


async def test_any_number_of_screens_are_one_count(desk, monkeypatch):
    monkeypatch.setattr(fresh, "FRESH_SECONDS", 60.0)
    counted, tally = [], desk.store.tally

    async def counting(*args):
        counted.append(args)
        return await tally(*args)

    desk.store.tally = counting
    for who in ("supervisor", "officer-xfdd", "supervisor"):
        assert (await desk.page(who, "/wall")).status_code == 200
        await parts_of(desk, who)
    assert len(counted) == 1
