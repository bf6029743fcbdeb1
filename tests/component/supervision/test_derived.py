"""Nothing legitimate differs from its records: urges, answers and signals by hand, the ladder, and new calendars."""

import asyncio
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.model import AnswerUrge, IssueUrge, RecordOutcome, Recount
from services.supervision.model.commands import CloseSignal, RaiseSignal
from services.supervision.rules import Rules
from shared.clock import shanghai
from shared.contracts.supervision import RUNGS
from tests.component.supervision.sealed_hall import SealedHall
from tests.unit.supervision.sample import APP, CASE, LADDERED, SECOND
from tests.unit.supervision.test_decide_interleavings import applications, interleaved
from tests.unit.supervision.test_recount_equality import calendars, cases, rules_of, versions


async def holds(hall: SealedHall) -> None:
    for log in (False, True):
        report = await hall.case(APP, log=log)
        assert report.holds, report.findings
        everything = await hall.everything(log=log)
        assert everything.holds, everything.findings


def commands():
    case, number = st.sampled_from([CASE, SECOND]), st.integers(1, 4)
    department = st.sampled_from(["scjg", "xfdd", "wjj"])
    return st.one_of(
        st.builds(IssueUrge, case=case, text=st.just("请尽快办理"), by=st.just("s1"), rung=st.sampled_from(RUNGS),
                  departments=st.just(())),
        st.builds(AnswerUrge, case=case, number=number, department=department, text=st.just("在办"), by=st.just("o1")),
        st.builds(RaiseSignal, case=case, code=st.just("charge"), text=st.just("样例投诉"), by=st.just("s1")),
        st.builds(CloseSignal, number=number, outcome=st.just("explained"),
                  text=st.just("已经核实"), by=st.just("s1")),
    )  # fmt: skip


async def lived(events, hours, asked) -> None:
    async with SealedHall(rules=LADDERED) as hall:
        for event, passed, command in zip(events, hours, asked, strict=True):
            await hall.hear(event)
            hall.now += timedelta(hours=passed or 0)
            if command is not None:
                await hall.ask(APP, command)
                recorded = RecordOutcome(case=CASE, number=1, outcome="heard", day=shanghai(hall.now).date(),
                                         text="已经约谈", by="s1")  # fmt: skip
                await hall.ask(APP, recorded)
            if passed is not None:
                await hall.scan(APP)
        await holds(hall)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_whatever_people_and_the_ladder_do(data):
    events = data.draw(interleaved(data.draw(applications())))
    each = {"min_size": len(events), "max_size": len(events)}
    hours = data.draw(st.lists(st.sampled_from([None, 0, 7, 40, 300]), **each))
    asyncio.run(lived(events, hours, data.draw(st.lists(st.one_of(st.none(), commands()), **each))))


async def recounted(events, known, swept) -> None:
    begins = known[0][0]
    async with SealedHall(begins=begins, rules=rules_of(known[:1])) as hall:
        acts = [(at_of(event), event) for event in events] + [(since, None) for since, _ in known[1:]]
        for at, event in sorted(acts, key=lambda act: act[0]):
            hall.now = max(hall.now, at)
            hall.rules = rules_of([each for each in known if each[0] <= hall.now])
            if event is not None:
                await hall.hear(event)
            elif swept:
                await hall.ask(APP, Recount())
            await hall.scan(APP)
        hall.now += timedelta(days=30)
        await hall.scan(APP)
        await hall.ask(APP, Recount())
        await holds(hall)


def at_of(event):
    return Rules(LADDERED.office).instant_of(event)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_whatever_calendars_come(data):
    events = data.draw(cases())
    known = calendars(data.draw(versions(at_of(events[0]))))
    asyncio.run(recounted(events, known, data.draw(st.booleans())))
