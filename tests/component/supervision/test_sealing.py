"""Days are sealed in order, each once, with all chains that grew; what one replica began another ends."""

import asyncio
import base64
import json

import pytest

from services.supervision.decide import sealing as decide_sealing
from services.supervision.decide.sealing import day_root, page_root, seal_hash
from services.supervision.model import NOTHING_HEARD, SEALS
from services.supervision.sealing import sealed, sealer
from services.supervision.sealing.sealer import Sealer
from shared import metrics, signing
from shared.messaging.document import Unavailable
from tests.contracts.golden import FOLDER, golden
from tests.unit.supervision.sample import APP, accepted, asked_for_more, at, submitted

FILED = at("02-12 09:00")
OTHERS = [f"7ZQ0M3X5KD2{n:02d}" for n in range(10, 19)]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch):
    for module in (sealer, decide_sealing):
        monkeypatch.setattr(module, "PAGE", 4)
    monkeypatch.setattr(sealed, "AT_ONCE", 3)


async def seal_at(desk, text: str) -> int:
    desk.clock.move_to(at(text))
    done = await desk.app.state.sealer.once()
    await desk.hall.pump()
    return done


async def leaves(desk, day: str) -> dict[str, int]:
    """Application → entries, as the seal of this day has them."""
    rows = sorted(desk.store.facts["leaves"].items())
    return {
        text.split()[0]: int(text.split()[1]) for name, row in rows if name.startswith(day) for text in row["leaves"]
    }


async def seal(desk, day: str):
    (found,) = [each async for each in sealed.seals_in_order(desk.store) if each.day.isoformat() == day]
    return found


async def test_a_day_is_sealed_after_midnight_and_once(desk):
    await desk.hear(submitted(FILED), accepted(FILED))
    assert await seal_at(desk, "02-13 00:29") == 1  # the very first seal does not wait for a day to begin with
    assert await leaves(desk, "2026-02-11") == {APP: 5}
    assert await seal_at(desk, "02-13 00:30") == 1
    assert await seal_at(desk, "02-13 23:00") == 0
    assert list(desk.store.facts["seals"]) == ["2026-02-11", "2026-02-12"]


async def test_a_seal_is_signed_follows_the_one_before_and_vouches_for_every_leaf(desk):
    for number in (APP, *OTHERS):
        await desk.hear(submitted(FILED, application=number))
    await seal_at(desk, "02-13 01:00")
    await desk.hear(accepted(FILED))
    await seal_at(desk, "02-14 01:00")
    first, second = await seal(desk, "2026-02-12"), await seal(desk, "2026-02-13")
    assert (first.facts["before"], second.facts["before"]) == (NOTHING_HEARD, seal_hash(first.signed))
    assert first.count == 10
    pages = [row["leaves"] for name, row in sorted(desk.store.facts["leaves"].items()) if name < "2026-02-13"]
    assert [len(page) for page in pages] == [4, 4, 2]
    assert day_root([page_root(page) for page in pages]) == first.facts["root"]
    key = signing.load(desk.settings.audit_key)
    assert first.fact("key_id") == key.key_id
    assert key.public.verify(first.signed.encode(), base64.b64decode(first.signature))
    assert json.loads(first.signed)["kind"] == "audit_day"


async def test_an_application_that_is_quiet_is_sealed_twice_and_then_left(desk):
    await desk.hear(submitted(FILED))
    for day in ("02-13", "02-14", "02-15"):
        await seal_at(desk, f"{day} 01:00")
    assert [len(await leaves(desk, f"2026-02-{n}")) for n in (12, 13, 14)] == [1, 1, 0]
    assert (await seal(desk, "2026-02-14")).count == 0


async def test_days_that_were_missed_are_sealed_in_order(desk):
    await seal_at(desk, "02-12 10:00")
    await desk.hear(submitted(FILED))
    assert await seal_at(desk, "02-15 10:00") == 3
    assert metrics.SEALS_DUE.labels("supervision")._value.get() == 0
    assert [each.day.day async for each in sealed.seals_in_order(desk.store)] == [11, 12, 13, 14]
    assert await leaves(desk, "2026-02-12") == {APP: 2}
    assert await leaves(desk, "2026-02-13") == {}


async def test_the_day_is_told_to_everyone_and_gets_a_place_in_the_log(desk):
    await desk.hear(submitted(FILED))
    await seal_at(desk, "02-13 01:00")
    (said,) = desk.said("DaySealed")
    stored = await seal(desk, "2026-02-12")
    assert (said["day"], said["signed"], said["signature"]) == ("2026-02-12", stored.signed, stored.signature)
    topic, partition, offset = await sealed.place_of(desk.store, stored.day)
    (record,) = [each for each in desk.hall.bus.records(topic) if (each.partition, each.offset) == (partition, offset)]
    assert json.loads(record.value) == said
    assert await desk.store.count({"application": SEALS}) == 0  # it is no application, and makes none
    assert (await desk.store.load(["seals"]))["seals"].parked is None


async def test_a_crash_in_the_middle_is_taken_up_where_it_was(desk, monkeypatch):
    for number in (APP, *OTHERS):
        await desk.hear(submitted(FILED, application=number))
    runtime, asked = desk.app.state.sealer._runtime, []

    async def ask(doc, command, **more):
        asked.append(command)
        if len(asked) == 2:
            raise Unavailable("the database is away")
        return await type(runtime).ask(runtime, doc, command, **more)

    monkeypatch.setattr(runtime, "ask", ask)
    desk.clock.move_to(at("02-13 01:00"))
    with pytest.raises(Unavailable):
        await desk.app.state.sealer.once()
    await desk.hear(asked_for_more(FILED, OTHERS[-1]))  # it moves on in order of the day, and is still found
    assert await desk.app.state.sealer.once() == 1
    assert [command.number for command in asked[:4]] == [0, 1, 1, 2]
    assert len(await leaves(desk, "2026-02-12")) == 10


async def test_two_replicas_at_once_seal_a_day_once(desk):
    for number in (APP, *OTHERS):
        await desk.hear(submitted(FILED, application=number))
    desk.clock.move_to(at("02-13 01:00"))
    mine = desk.app.state.sealer
    other = Sealer(mine._runtime, mine._signer)
    await asyncio.gather(mine.once(), other.once())
    await desk.hall.pump()
    assert len(desk.said("DaySealed")) == 1
    assert sum(len(row["leaves"]) for row in desk.store.facts["leaves"].values()) == 10


async def test_a_parked_document_does_not_turn_the_sealing_round_and_round(desk):
    await desk.hear(submitted(FILED))
    sample = golden(FOLDER / "DaySealed.v1.json").record()
    desk.hall.bus.append(sample.topic, sample.key, b"{", sample.headers)
    await desk.hall.pump()
    assert (await desk.store.load([SEALS]))[SEALS].parked is not None
    assert await asyncio.wait_for(seal_at(desk, "02-13 01:00"), 5) == 0
    assert metrics.SEALS_DUE.labels("supervision")._value.get() == 1
