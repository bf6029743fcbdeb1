"""What a process remembers of documents: it saves finds, and an answer never rests on a memory alone."""

import asyncio

import pytest

from shared.kernel import Refused
from shared.messaging.document import Document, Parked
from shared.messaging.recall import Recall
from shared.testing.echo import AT, POISON, Add, supplemented
from tests.component.messaging.test_runtime import A, B, World


@pytest.fixture
async def world():
    world = World()
    await world.runtime.start()
    yield world
    await world.runtime.stop()


def looked_at(world) -> list[str]:
    """The documents that were loaded from now on."""
    names, load = [], world.store.load

    async def loading(wanted):
        names.extend(wanted)
        return await load(wanted)

    world.store.load = loading
    return names


async def test_the_next_message_of_a_document_needs_no_find(world):
    await world.runtime.handle(world.said(supplemented(A, 1)))
    names = looked_at(world)
    await world.runtime.handle(world.said(supplemented(A, 2)))
    assert await world.runtime.ask(A, Add(application=A)) == {"count": 3}
    assert names == []


async def test_what_another_replica_saved_meanwhile_is_seen(world):
    await world.runtime.handle(world.said(supplemented(A, 1)))
    await world.replica().handle(world.said(supplemented(A, 2)))
    assert await world.runtime.ask(A, Add(application=A)) == {"count": 3}
    assert sorted(set(world.echoes(A))) == [f"{A}-01", f"{A}-02", f"{A}-03"]


async def test_a_refusal_is_given_only_after_a_fresh_look(world):
    await world.runtime.handle(world.said(supplemented(A, 1)))
    names = looked_at(world)
    assert await world.runtime.ask(A, Add(application=A, by=0)) == Refused("nothing_to_add")
    assert names == [A]


async def test_a_rule_that_raises_on_a_memory_is_asked_again_on_what_is_stored(world):
    await world.runtime.handle(world.said(supplemented(A, 1)))
    names = looked_at(world)
    await world.runtime.handle(world.said(supplemented(A, 2, POISON)))
    assert names[0] == A
    assert [doc.id for doc in await world.store.parked(10)] == [A]


async def test_a_lane_that_was_parked_by_another_replica_is_found_parked(world):
    await world.runtime.ask(A, Add(application=A))
    await world.replica().handle(world.said(supplemented(A, 1, POISON)))
    assert await world.runtime.ask(A, Add(application=A)) == Refused("parked")
    assert await world.runtime.ask(B, Add(application=B), lane=A) == Refused("parked")


async def test_a_save_whose_end_nobody_knows_is_forgotten(world):
    await world.runtime.handle(world.said(supplemented(A, 1)))
    save = world.store.save

    async def cut_off(changes):
        await save(changes)
        raise ConnectionError

    world.store.save = cut_off
    with pytest.raises(ConnectionError):
        await world.runtime.handle(world.said(supplemented(A, 2)))
    world.store.save, names = save, looked_at(world)
    assert await world.runtime.ask(A, Add(application=A)) == {"count": 3}
    assert names == [A]


async def test_only_so_many_documents_are_kept_and_only_for_so_long(monkeypatch):
    recall = Recall(documents=2)
    for name in ("a", "b", "c"):
        recall.keep(Document(name, version=1))
    assert set(recall.documents("abc")) == {"b", "c"}
    monkeypatch.setattr("shared.messaging.recall.SECONDS", 0.0)
    await asyncio.sleep(0.01)
    assert recall.documents("abc") == {}


async def test_neither_a_parked_nor_an_older_document_is_kept():
    recall = Recall()
    recall.keep(Document("a", version=2))
    recall.keep(Document("a", version=1))
    assert recall.documents("a")["a"].version == 2
    recall.keep(Document("b", version=1, parked=Parked("reason", "", AT, 1)))
    assert recall.documents("b") == {}
