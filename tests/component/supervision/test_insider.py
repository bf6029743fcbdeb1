"""Somebody with the whole database at hand: what was changed, deleted, added or moved is found, and named."""

import base64
import copy
import json
from dataclasses import replace
from datetime import date

import pytest

from services.supervision.calendar.composing import of_deployment
from services.supervision.calendar.working_days import base_of
from services.supervision.decide.sealing import ROWS, day_root, seal_hash
from services.supervision.model import BOOK, AnswerUrge, IssueUrge
from services.supervision.model.commands import CloseSignal, RaiseSignal
from shared import signing
from tests.component.supervision.sealed_hall import SIGNER, SealedHall, pages_of
from tests.unit.supervision.sample import (
    APP,
    CASE,
    accepted,
    approved,
    asked_for_more,
    assigned,
    at,
    invited,
    issued,
    rated,
    submitted,
    supplemented,
)

OTHER, THIRD = "7ZQ0M3X5KD211", "7ZQ0M3X5KD212"
OPEN = f"{OTHER}-01"
FILED = at("02-12 09:00")
LAST = "2026-02-13"


@pytest.fixture
async def hall():
    """Three applications over two sealed days. APP is approved and rated; OTHER's case is open, was urged and had a
    signal."""
    with pages_of(2):
        async with SealedHall() as running:
            await running.hear(*(submitted(FILED, application=number) for number in (APP, OTHER, THIRD)))
            await running.hear(asked_for_more(at("02-12 10:00")))
            await running.seal(at("02-13 01:00"))
            await running.hear(supplemented(at("02-13 09:00")), accepted(at("02-13 10:00")))
            await running.hear(assigned(at("02-13 11:00")), accepted(at("02-13 10:00"), OPEN))
            await running.seal(at("02-14 01:00"))
            running.now = at("02-24 12:00")
            await running.hear(approved(at("02-24 10:00")), issued(at("02-24 11:00")), invited(at("02-24 12:00")))
            await running.hear(rated(at("02-24 12:00")), assigned(at("02-24 10:00"), case=OPEN))
            urge = IssueUrge(case=OPEN, text="请尽快办理", by="s1", departments=("scjg",), reply_by=date(2026, 3, 2))
            await running.ask(OTHER, urge)
            await running.ask(OTHER, AnswerUrge(case=OPEN, number=1, department="scjg", text="正在办理", by="o1"))
            await running.ask(OTHER, RaiseSignal(case=OPEN, code="charge", text="样例投诉", by="s1"))
            await running.ask(OTHER, CloseSignal(number=1, outcome="explained", text="已核实", by="s1"))
            await running.ask(BOOK, of_deployment(None, base_of()))
            for runtime in (running.runtime, running.sealer._runtime):
                await runtime._relay.clear()
            running.store.index = {name: dict(fields) for name, fields in running.store.index.items()}
            yield running


def edit(hall, name, change) -> None:
    """Change a state, and everything by which it is found."""
    edit_raw(hall, name, change)
    state = hall.store.rows[name].state
    hall.store.index[name] = dict(hall.store.codec.index(hall.store.codec.load(state)))


def edit_raw(hall, name, change) -> None:
    """Change a state alone."""
    row = hall.store.rows[name]
    state = copy.deepcopy(dict(row.state))
    change(state)
    hall.store.rows[name] = replace(row, state=state)


def clock(state, key):
    return next(each for each in state["clocks"] if each["key"] == key)


def of_clock(key, application=OTHER, **fields):
    return lambda hall: edit(hall, application, lambda state: clock(state, key).update(fields))


def of_case(application=OTHER, **fields):
    return lambda hall: edit(hall, application, lambda state: state["cases"][0].update(fields))


def of_state(**fields):
    return lambda hall: edit(hall, OTHER, lambda state: state.update(fields))


def searched(**fields):
    return lambda hall: hall.store.index[OTHER].update(fields)


def row(collection, name, **fields):
    """Change a row; without fields, take it away."""

    def act(hall):
        rows = hall.store.facts[collection]
        rows[name] = {**rows[name], **fields}
        if not fields:
            del rows[name]

    return act


def put(collection, name, **fields):
    return lambda hall: hall.store.facts[collection].update({name: fields})


def moved_deadline(state):
    """A clock that only counts down, with all that its dates are made of: four weeks more."""
    clock(state, "step").update(promised_days=20, due="2026-03-24T10:00:00Z", yellow_at="2026-03-18T10:00:00Z")
    state["next_change"] = "2026-02-26T10:00:00Z"


def without_clock(key):
    def change(state):
        state["clocks"] = [clock for clock in state["clocks"] if clock["key"] != key]

    return change


async def found(hall, reason, row="", detail="", *, log=False):
    """The proof of everything finds this; so does that of the application, where it is about one."""
    if log:
        assert (await hall.everything(log=False)).holds, "no log is needed for this"
    everything = (await hall.everything(log=log)).findings
    assert everything, "nothing was found"
    assert any(each.reason == reason and row in each.row and detail in each.detail for each in everything), everything
    named = {each.application for each in everything} & {APP, OTHER, THIRD}
    for application in named:
        assert any(each.reason == reason for each in (await hall.case(application, log=log)).findings)


async def test_what_nobody_touched_holds(hall):
    for log in (True, False):
        report = await hall.everything(log=log)
        assert report.holds, report.findings
        for application in (APP, OTHER, THIRD):
            assert (await hall.case(application, log=log)).holds


@pytest.mark.parametrize(
    ("act", "detail"),
    [
        (of_clock("step", promised_days=99), "promised_days of step"),
        (of_clock("step", due="2026-03-24T10:00:00Z"), "due of step"),
        (lambda hall: edit(hall, OTHER, moved_deadline), "promised_days of step"),
        (of_clock("rating", APP, started="2026-02-20T02:00:00Z"), "started of rating"),
        (of_clock("decision", near={"days": 4}), "near of decision"),
        (of_clock("decision", generation=7), "generation of decision"),
        (of_clock("decision", pauses=[["2026-02-13T03:00:00Z", "2026-02-13T04:00:00Z"]]), "pauses of decision"),
        (of_clock("decision", holds=["P9"]), "holds of decision"),
        (of_clock("decision", stops=[{"case": OPEN, "at": "2026-02-13T04:00:00Z"}]), "stops of decision"),
        (of_clock("acceptance", on_time=False), "on_time of acceptance"),
        (of_clock("reply", promised_days=90), "promised_days of reply"),
        (lambda hall: edit(hall, OTHER, without_clock("reply")), "reply of"),
        (of_state(owner="somebody else"), "owner"),
        (of_state(submitted_at="2026-02-11T01:00:00Z"), "submitted_at"),
        (of_case(accepted_at="2026-02-12T08:00:00Z"), "accepted_at"),
        (of_case(departments=["xfdd"]), "departments"),
        (of_case(APP, issued=False), "issued"),
        (lambda hall: edit(hall, OTHER, lambda s: s["urges"][0].update(text="另一句话")), "另一句话"),
        (lambda hall: edit(hall, OTHER, lambda s: s["urges"][0].update(by="s2")), "urge"),
        (lambda hall: edit(hall, OTHER, lambda s: s["urges"][0]["answers"][0].update(text="已经办好")), "answer"),
        (lambda hall: edit(hall, OTHER, lambda s: s["signals"][0].update(text="没有投诉")), "signal"),
        (lambda hall: edit(hall, OTHER, lambda s: s["signals"][0]["closing"].update(text="查无此事")), "closing"),
    ],
)
async def test_a_state_that_its_records_do_not_give(hall, act, detail):
    act(hall)
    await found(hall, "state_not_said", OTHER[:11], detail, log=True)


@pytest.mark.parametrize(
    ("act", "reason", "place"),
    [
        (of_clock("decision", announced=["promised", "statutory"]), "state_differs", OTHER),  # so nobody would say it
        (of_clock("decision", calendar=99), "state_differs", OTHER),  # so no calendar would ever move it
        (of_state(heard_on="2026-02-01"), "state_differs", OTHER),  # so no seal would take it in
        (lambda hall: edit(hall, OTHER, lambda state: state.pop("heard_on")), "state_differs", OTHER),
        (lambda hall: edit(hall, OTHER, lambda state: state.update(urges=[])), "row_added", "weekly/"),
        (searched(departments=["zrj"]), "index_differs", OTHER),
        (searched(heard_on="2020-01-01"), "index_differs", OTHER),
        (searched(lit=[]), "index_differs", OTHER),
        (searched(lights="green:zrj"), "index_differs", OTHER),
        (searched(calendar=99), "index_differs", OTHER),
        (searched(lit=5), "index_differs", OTHER),
        (searched(lit=["green:decision", "urged"]), "index_differs", OTHER),
        (lambda hall: edit_raw(hall, OTHER, lambda s: s.update(application=THIRD)), "state_differs", OTHER),
        (of_clock("decision", promised_days=50), "row_differs", f"cases/{OPEN}"),
        (row("cases", CASE, timely=0), "row_differs", f"cases/{CASE}"),
        (row("cases", CASE), "row_missing", f"cases/{CASE}"),
        (put("cases", "7ZQ0M3X5KD299-01", timely=1), "row_added", "cases/7ZQ0M3X5KD299-01"),
        (put("cases", "nothing of ours", timely=1), "row_added", "cases/nothing of ours"),
        (put("cases", f"{CASE[:-1]}9", timely=1), "row_added", f"cases/{CASE[:-1]}9"),
        (row("milestones", f"ended/{CASE}"), "row_missing", f"milestones/ended/{CASE}"),
        (row("milestones", f"ended/{CASE}", time="2026-02-20T02:00:00.000000+00:00"), "row_differs", "milestones/"),
        (put("milestones", f"ended/{OPEN}", kind="ended", time="2026-02-20T02:00:00.000000+00:00"), "row_added", OPEN),
        (row("satisfaction", f"rated/{CASE}", level=1), "row_differs", f"satisfaction/rated/{CASE}"),
        (row("satisfaction", f"rated/{CASE}"), "row_missing", f"satisfaction/rated/{CASE}"),
        (put("satisfaction", f"rated/{OPEN}", level=5, time=""), "row_added", f"satisfaction/rated/{OPEN}"),
        (row("weekly", f"urged/{OPEN}/1", week="2026-W01"), "row_differs", "weekly/urged/"),
        (row("weekly", f"answered/{OPEN}/1/scjg"), "row_missing", "weekly/answered/"),
        (put("weekly", f"late/{OPEN}/1/scjg", week="2026-W09", department="scjg"), "row_added", "weekly/late/"),
        (row("signals", f"{OTHER}/001", open=True), "row_differs", f"signals/{OTHER}/001"),
        (row("signals", f"{OTHER}/001"), "row_missing", f"signals/{OTHER}/001"),
    ],
)
async def test_what_the_database_alone_gives_away(hall, act, reason, place):
    act(hall)
    await found(hall, reason, place)


@pytest.mark.parametrize("number", [None, "0"])
async def test_an_application_that_nobody_comes_by(hall, number):
    """The proof of everything goes through them by their numbers."""
    hall.store.index[OTHER]["application"] = number
    assert "index_differs" in {each.reason for each in (await hall.everything()).findings}


@pytest.mark.parametrize("key", ["", "nothing"])
async def test_what_no_rule_can_read_is_named(hall, key):
    edit_raw(hall, OTHER, lambda state: clock(state, "decision").update(key=key))
    assert {each.reason for each in (await hall.everything()).findings} & {"unreadable", "state_differs"}
    assert (await hall.case(OTHER)).findings


@pytest.mark.parametrize("part", ["bases", "versions"])
async def test_a_day_that_was_turned_in_the_calendar(hall, part):
    def change(book):
        texts = {"bases": ("text", "2026-10-01-", "2026-10-01+"), "versions": ("calendar", "cn-", "my-")}
        name, old, new = texts[part]
        assert old in book[part][0][name]
        book[part][0][name] = book[part][0][name].replace(old, new)

    edit(hall, BOOK, change)
    await found(hall, "calendar_differs", "calendar/1")
    assert (await hall.day(at("02-13 12:00").date())).findings[-1].reason == "calendar_differs"


async def test_two_applications_that_changed_places(hall):
    rows, chains = hall.store.rows, hall.store.facts["audit"]
    rows[OTHER], rows[THIRD] = replace(rows[THIRD], id=OTHER), replace(rows[OTHER], id=THIRD)
    swapped = {OTHER: THIRD, THIRD: OTHER}
    for name in [name for name in chains if name[:13] in swapped]:
        hall.store.facts["kept"] = hall.store.facts.get("kept", {}) | {name: chains.pop(name)}
    for name, each in hall.store.facts.pop("kept").items():
        chains[f"{swapped[name[:13]]}{name[13:]}"] = {**each, "of": swapped[name[:13]]}
    report = await hall.everything(log=False)
    assert {(each.reason, each.application) for each in report.findings} >= {
        ("sealed_head_differs", OTHER), ("sealed_head_differs", THIRD),
    }  # fmt: skip


class TestTheSealing:
    def forged(self, hall, day: str, before: str, signer=SIGNER) -> None:
        facts = {"day": day, "count": 0, "root": day_root([]), "before": before, "algorithm": "Ed25519",
                 "key_id": signer.key_id, "sealed_at": "2026-02-15T00:31:00+00:00"}  # fmt: skip
        text = signing.payload("audit_day", facts)
        signature = base64.b64encode(signer.sign(text)).decode()
        hall.store.facts["seals"][day] = {"signed": text.decode(), "signature": signature, "pages": []}

    def cut(self, hall, day: str) -> None:
        del hall.store.facts["seals"][day]
        leaves = hall.store.facts["leaves"]
        for name in [name for name in leaves if name.startswith(day)]:
            del leaves[name]

    async def test_a_seal_of_a_day_to_come_by_somebody_who_has_the_key(self, hall):
        last = hall.store.facts["seals"][LAST]["signed"]
        self.forged(hall, "2026-02-14", seal_hash(last))
        await found(hall, "seal_head_differs", "seals", "it names 2026-02-13")

    async def test_a_seal_of_a_day_far_away(self, hall):
        self.forged(hall, "2026-03-01", "0" * 64)
        await found(hall, "seal_missing", "2026-02-14")

    async def test_the_first_day_taken_away(self, hall):
        self.cut(hall, "2026-02-12")
        await found(hall, "seal_missing", LAST)

    async def test_the_sealing_set_back_a_day(self, hall):
        first = json.loads(hall.store.facts["seals"][LAST]["signed"])["facts"]["before"]
        edit(hall, "seals", lambda state: state.update(day="2026-02-12", sealed=1, hash=first))
        await found(hall, "seal_head_differs", "seals")

    async def test_the_last_day_cut_off_with_all_traces_of_it(self, hall):
        await self.test_cut(hall, [LAST])
        (named,) = (await hall.day(at("02-13 12:00").date())).findings
        assert (named.reason, named.day) == ("seal_missing", LAST)
        assert named.detail.startswith("published at onedoor.supervision.v1/")

    async def test_the_sealing_told_to_look_at_nothing_that_was_heard_before_next_year(self, hall):
        edit(hall, "seals", lambda state: state.update(began="2027-01-01T00:00:00Z"))
        await found(hall, "seal_head_differs", "seals", "began")

    async def test_a_page_that_its_applications_do_not_find(self, hall):
        hall.store.facts["leaves"]["2026-02-12/00000"]["of"] = []
        await found(hall, "leaf_changed", "2026-02-12/00000", "(of)")

    async def test_every_seal_taken_away(self, hall):
        await self.test_cut(hall, ["2026-02-12", LAST])

    @pytest.mark.parametrize("days", [[LAST], ["2026-02-12", LAST]])
    async def test_cut(self, hall, days):
        """The event log alone has them still."""
        first = json.loads(hall.store.facts["seals"][LAST]["signed"])["facts"]["before"]
        for day in days:
            self.cut(hall, day)
            del hall.store.facts["seal_places"][day]
        if len(days) > 1:
            del hall.store.rows["seals"], hall.store.index["seals"]
        else:
            edit(hall, "seals", lambda state: state.update(day="2026-02-12", sealed=1, hash=first))
        await found(hall, "seal_missing", days[0], "published at", log=True)

    async def test_a_page_beyond_those_of_the_seal(self, hall):
        leaves = hall.store.facts["leaves"]
        leaves["2026-02-12/00007"] = {"day": "2026-02-12", "of": [], "leaves": [f"{APP} 1 {'1' * 64}"]}
        await found(hall, "page_added", "2026-02-12/00007")

    async def test_the_place_of_a_seal_in_the_log_taken_away_or_moved(self, hall):
        places = hall.store.facts["seal_places"]
        kept = places.pop(LAST)
        await found(hall, "place_missing", LAST)
        places[LAST] = {**kept, "offset": 99_999}
        await found(hall, "published_differs", LAST, log=True)


async def test_rows_of_nobody_hide_no_seal(hall):
    for name in (*(f"!{n:03d}" for n in range(250)), "2026-02-11x", "2026-02-11/00001", "20260211"):
        hall.store.facts[ROWS][name] = {"day": name}
    report = await hall.everything(log=False)
    assert (report.seals, report.holds) == (2, True)
