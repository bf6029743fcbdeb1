"""Whoever edits supervision's database by hand is found, on a real MongoDB, and the first broken link is named."""

import base64
import hashlib
import json
import uuid
from datetime import UTC, date, datetime

import orjson
import pytest

from services.supervision.decide.audit import entry_id, link, opened
from services.supervision.decide.sealing import day_root, page_root, seal_hash
from services.supervision.store import INDEXES, SupervisionCodec
from shared.mongo import MongoStore, connect, disconnect
from tests.component.supervision.sealed_hall import SIGNER, SealedHall, pages_of
from tests.unit.supervision.sample import (
    APP,
    CASE,
    accepted,
    approved,
    asked_for_more,
    assigned,
    at,
    issued,
    submitted,
    supplemented,
)

OTHER, THIRD = "7ZQ0M3X5KD211", "7ZQ0M3X5KD212"
FIRST, SECOND = date(2026, 2, 12), date(2026, 2, 13)
FILED = at("02-12 09:00")


@pytest.fixture
async def hall(servers):
    """Three applications over two sealed days; APP has moved on since. Pages hold two leaves."""
    client = connect(servers.mongo_uri, "pymongo")
    store = MongoStore(client, f"tamper_{uuid.uuid4().hex[:8]}", SupervisionCodec(), INDEXES)
    with pages_of(2):
        async with SealedHall(store) as running:
            await running.hear(*(submitted(FILED, application=number) for number in (APP, OTHER, THIRD)))
            await running.hear(asked_for_more(at("02-12 10:00")))
            await running.seal(at("02-13 01:00"))
            await running.hear(supplemented(at("02-13 09:00")), accepted(at("02-13 10:00")))
            await running.hear(assigned(at("02-13 11:00")), accepted(at("02-13 10:00"), f"{OTHER}-01"))
            await running.seal(at("02-14 01:00"))
            await running.hear(approved(at("02-24 10:00")), issued(at("02-24 11:00")))
            await running.runtime._relay.clear()
            await running.sealer._runtime._relay.clear()
            yield running
    await client.drop_database(store.db.name)
    await disconnect(client)


async def entries(hall, application=APP) -> list[dict]:
    rows = await hall.store.db["audit"].find({"of": application}).sort("_id", 1).to_list(None)
    return [{**entry, "row": row["_id"]} for row in rows for entry in opened(row)]


async def put(hall, n: int, text: str, application=APP) -> str:
    """Write this line over the n-th of an application; returns the id of its row."""
    entry = (await entries(hall, application))[n - 1]
    row = await hall.store.db["audit"].find_one({"_id": entry["row"]})
    lines = [*row["lines"][: n - row["n"]], text, *row["lines"][n - row["n"] + 1 :]]
    await hall.store.db["audit"].update_one({"_id": entry["row"]}, {"$set": {"lines": lines}})
    return entry["row"]


def line(entry: dict, **changed) -> str:
    """An entry as its line, with the hash that fits."""
    content = {name: value for name, value in entry.items() if name not in ("hash", "row")} | changed
    return f"{link(content)} {orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()}"


async def rebuilt(hall, n: int, **changed) -> None:
    """Change the n-th entry of APP, and build every later one and the head anew, so that all hashes fit."""
    chain = await entries(hall)
    before = chain[n - 2]["hash"] if n > 1 else "0" * 64
    for number, entry in enumerate(chain[n - 1 :], start=n):
        text = line(entry, prev=before, **(changed if number == n else {}))
        before = text[:64]
        await put(hall, number, text)
    await document(hall, **{"state.head": before})


async def document(hall, name=APP, **fields) -> None:
    done = await hall.store.documents.update_one({"_id": name}, {"$set": fields})
    assert done.modified_count == 1


async def found(hall, *, log=False):
    """The first broken link of APP, which the proof of everything finds too."""
    report = await hall.case(APP, log=log)
    everything = await hall.everything(log=log)
    assert not everything.holds
    assert report.findings, "the case holds"
    assert (report.findings[0].reason, report.findings[0].application) in {
        (each.reason, each.application) for each in everything.findings
    }
    first = report.findings[0]
    return first.reason, first.n, first.row


async def test_what_nobody_touched_holds(hall):
    for log in (True, False):
        report = await hall.everything(log=log)
        assert report.holds, report.findings
        assert (report.applications, report.seals, report.waiting) == (3, 2, 0)
        assert report.compared == (report.entries if log else 0)
        assert report.published == (2 if log else 0)
        for day in (FIRST, SECOND):
            assert (await hall.day(day, log=log)).holds
        case = await hall.case(CASE, log=log)
        assert case.holds, case.findings
        assert (case.sealed_until, case.seals) == ("2026-02-13", 2)
        assert case.uncovered > 0


class TestTheChain:
    async def test_an_edited_entry(self, hall):
        entry = (await entries(hall))[1]
        row = await put(hall, 2, line(entry, time="2026-02-11T01:00:00.000000+00:00").replace(line(entry)[:64], "x"))
        assert await found(hall) == ("not_following", 3, (await entries(hall))[2]["row"])
        content = line(entry).replace("02-12T", "02-11T")  # the hash is left as it was
        row = await put(hall, 2, content)
        assert await found(hall) == ("changed", 2, row)

    async def test_text_that_nobody_can_read(self, hall):
        row = await put(hall, 3, "something else")
        assert await found(hall) == ("changed", 3, row)

    async def test_a_deleted_row(self, hall):
        row = (await entries(hall))[2]["row"]
        n = next(number for number, entry in enumerate(await entries(hall), start=1) if entry["row"] == row)
        await hall.store.db["audit"].delete_one({"_id": row})
        assert (await found(hall))[:2] == ("missing", n)

    async def test_two_swapped_entries(self, hall):
        chain = await entries(hall)
        await put(hall, 2, line(chain[2]))
        await put(hall, 3, line(chain[1]))
        reason, n, _ = await found(hall)
        assert (reason, n) == ("missing", 2)
        assert (await hall.case(APP)).findings[0].detail == "entry 3 stands in its place"

    async def test_an_inserted_entry(self, hall):
        last = (await entries(hall))[-1]
        number = last["n"] + 1
        row = {"_id": entry_id(APP, number), "of": APP, "n": number, "lines": [line(last, n=number, prev=last["hash"])]}
        await hall.store.db["audit"].insert_one(row)
        assert await found(hall) == ("added", number, row["_id"])

    async def test_an_end_that_was_cut_off(self, hall):
        last = (await entries(hall))[-1]
        await hall.store.db["audit"].delete_one({"_id": last["row"]})
        assert (await found(hall))[0] == "missing"

    async def test_an_end_that_was_cut_off_with_all_traces_of_it(self, hall):
        """As far as the seals go: back behind the last sealed entry."""
        chain = await entries(hall)
        await hall.store.db["audit"].delete_many({"of": APP, "n": {"$gt": 3}})
        kept = await entries(hall)
        await document(hall, **{"state.entries": len(kept), "state.head": kept[-1]["hash"]})
        assert len(kept) < len(chain)
        assert await found(hall) == ("cut_off", len(kept) + 1, kept[-1]["row"])

    async def test_a_chain_that_was_built_anew(self, hall):
        await rebuilt(hall, 2, event="00000000-0000-5000-8000-000000000000")
        reason, n, _ = await found(hall)
        assert (reason, n) == ("sealed_head_differs", 1)  # all that the seal can say: one of the entries up to it
        detail = (await hall.case(APP, log=False)).findings[0].detail
        assert detail.startswith("one of the entries 1 to ")
        assert (await found(hall, log=True))[:2] == ("record_differs", 2)  # the log knows which

    async def test_a_chain_that_was_built_anew_behind_the_last_seal_is_told_by_the_log(self, hall):
        last = (await entries(hall))[-2]
        await rebuilt(hall, last["n"], event="00000000-0000-5000-8000-000000000000")
        assert (await hall.case(APP, log=False)).holds  # no seal has it yet
        assert (await found(hall, log=True))[:2] == ("record_differs", last["n"])

    async def test_an_entry_that_was_never_said(self, hall):
        last = (await entries(hall))[-1]
        await rebuilt(hall, last["n"], offset=10_000)
        assert (await found(hall, log=True))[:2] == ("record_missing", last["n"])


class TestTheApplication:
    async def test_a_deleted_one(self, hall):
        await hall.store.documents.delete_one({"_id": APP})
        await hall.store.db["audit"].delete_many({"of": APP})
        assert (await hall.case(APP)).findings[0].reason == "application_missing"
        report = await hall.day(FIRST)
        assert [(each.reason, each.application) for each in report.findings] == [("application_missing", APP)]

    async def test_a_due_date_that_was_moved(self, hall):
        state = (await hall.store.load([OTHER]))[OTHER].state
        place = next(i for i, clock in enumerate(state.clocks) if clock.key == "decision")
        assert state.clocks[place].due < at("03-20 18:00")
        clock = f"state.clocks.{place}"
        await document(hall, OTHER, **{f"{clock}.due": "2026-03-20T10:00:00Z"})
        (finding,) = (await hall.case(OTHER)).findings
        assert (finding.reason, finding.row.split("/")[0]) == ("state_differs", OTHER)
        assert finding.detail.startswith(f"due of decision of {OTHER}-01: the state has 2026-03-20T10:00:00")
        said = (await entries(hall, OTHER))[finding.n - 1]
        assert said["type"].split(".")[2] == "ClockStarted"
        assert said["details"]["due"] in finding.detail.replace(".000000+00:00", "Z")
        assert not (await hall.everything()).holds

    @pytest.mark.parametrize(
        ("field", "value", "says"),
        [
            ("light", "deep_red", "light of decision"),
            ("statutory_due", "2026-12-01T10:00:00Z", "statutory_due of decision"),
            ("ended", "2026-02-14T10:00:00Z", "ended of decision"),
            ("paused", True, "paused of decision"),
        ],
    )
    async def test_a_clock_that_was_changed(self, hall, field, value, says):
        state = (await hall.store.load([OTHER]))[OTHER].state
        place = next(i for i, clock in enumerate(state.clocks) if clock.key == "decision")
        await document(hall, OTHER, **{f"state.clocks.{place}.{field}": value})
        (finding,) = (await hall.case(OTHER)).findings
        assert finding.reason == "state_differs"
        assert finding.detail.startswith(says)

    async def test_a_clock_that_was_taken_away(self, hall):
        await document(hall, OTHER, **{"state.clocks": [], "state.next_change": None})
        assert "is not in the state" in (await hall.case(OTHER)).findings[0].detail

    async def test_an_outcome_that_was_changed(self, hall):
        await document(hall, **{"state.cases.0.outcome": "CaseRefused"})
        reason, n, _ = await found(hall)
        assert (reason, (await entries(hall))[n - 1]["type"]) == ("state_differs", "onedoor.approval.CaseApproved.v1")

    async def test_an_application_that_was_hidden_from_the_scan(self, hall):
        for fields in (
            {"idx.next_change": datetime(2030, 1, 1, tzinfo=UTC)},
            {"idx.shard": 99},
            {"idx.owner": "somebody else"},
            {"idx.application": "7ZQ0M3X5KD299"},
        ):
            before = await hall.store.documents.find_one({"_id": OTHER})
            await document(hall, OTHER, **fields)
            finding = (await hall.case(OTHER)).findings[0]
            assert finding.reason == "index_differs"
            assert finding.detail.startswith(next(iter(fields)).removeprefix("idx."))
            await hall.store.documents.replace_one({"_id": OTHER}, before)
        assert (await hall.case(OTHER)).holds
        await document(hall, OTHER, **{"state.next_change": "2030-01-01T00:00:00Z",
                                       "idx.next_change": datetime(2030, 1, 1, tzinfo=UTC)})  # fmt: skip
        assert (await hall.case(OTHER)).findings[0].detail.startswith("next_change")

    async def test_an_application_that_was_made_deaf(self, hall):
        doc = await hall.store.documents.find_one({"_id": OTHER})
        inbox = [{**mark, "seq": mark["seq"] + 100} if "intake" in mark["source"] else mark for mark in doc["inbox"]]
        await document(hall, OTHER, inbox=inbox)
        finding = (await hall.case(OTHER)).findings[0]
        assert (finding.reason, finding.detail) == (
            "heard_differs", f"intake/{OTHER}: the chain ends with 2, the mark is 102",
        )  # fmt: skip

    async def test_a_document_that_nobody_can_read(self, hall):
        await document(hall, **{"state.clocks": "none"})
        assert await found(hall) == ("unreadable", None, APP)


class TestTheSeals:
    async def changed(self, hall, reason: str, day: date = FIRST):
        """The proof of everything and that of the day begin with this; returns what the day's proof found."""
        assert (await hall.everything()).findings[0].reason == reason
        report = await hall.day(day)
        assert report.findings[0].reason == reason
        return report.findings[0]

    async def test_an_edited_leaf_is_named(self, hall):
        page = await hall.store.db["leaves"].find_one({"_id": "2026-02-12/00000"})
        mine = next(index for index, text in enumerate(page["leaves"]) if text.startswith(OTHER))
        page["leaves"][mine] = f"{page['leaves'][mine][:-64]}{'0' * 64}"
        await hall.store.db["leaves"].replace_one({"_id": page["_id"]}, page)
        finding = await self.changed(hall, "leaf_changed")
        assert (finding.application, finding.row) == (OTHER, page["_id"])

    async def test_a_leaf_that_was_taken_away(self, hall):
        await hall.store.db["leaves"].update_one({"_id": "2026-02-12/00000"}, {"$pop": {"leaves": 1, "of": 1}})
        assert (await self.changed(hall, "leaf_changed")).row == "2026-02-12/00000"

    async def test_a_page_that_was_taken_away(self, hall):
        await hall.store.db["leaves"].delete_one({"_id": "2026-02-12/00001"})
        assert (await self.changed(hall, "page_missing")).row == "2026-02-12/00001"

    async def test_an_edited_seal(self, hall):
        seal = await hall.store.db["seals"].find_one({"_id": "2026-02-12"})
        text = seal["signed"].replace('"count":3', '"count":2')
        await hall.store.db["seals"].update_one({"_id": "2026-02-12"}, {"$set": {"signed": text}})
        await self.changed(hall, "signature")
        assert (await hall.day(SECOND)).findings[0].reason == "seal_not_following"

    async def test_an_edited_signature(self, hall):
        await hall.store.db["seals"].update_one({"_id": "2026-02-13"}, {"$set": {"signature": "bm8="}})
        finding = (await hall.day(SECOND)).findings[0]
        assert (finding.reason, finding.row) == ("signature", "2026-02-13")
        assert (await found(hall))[0] == "signature"

    async def test_a_seal_that_is_no_text(self, hall):
        await hall.store.db["seals"].replace_one({"_id": "2026-02-12"}, {"_id": "2026-02-12", "signed": 5})
        await self.changed(hall, "seal_unreadable")

    @pytest.mark.parametrize("day", ["2026-02-12", "2026-02-13"])
    async def test_a_deleted_seal(self, hall, day):
        await hall.store.db["seals"].delete_one({"_id": day})
        report = await hall.everything()
        assert ("seal_missing", day) in {(each.reason, each.day) for each in report.findings}
        assert (await hall.day(date.fromisoformat(day))).findings[0].reason == "seal_missing"

    async def test_pages_of_another_tree(self, hall):
        await hall.store.db["seals"].update_one({"_id": "2026-02-12"}, {"$set": {"pages.0": "0" * 64}})
        await self.changed(hall, "root_differs")

    async def test_a_seal_by_another_key(self, hall):
        cases = hall.cases()
        cases.seals._keys = {}
        assert (await cases.proof(APP)).findings[0].reason == "unknown_key"

    async def test_whoever_has_the_key_too_is_told_by_the_copy_in_the_log(self, hall):
        """Chain, leaf, page, both seals and the document that seals: everything built anew and signed with the key."""
        await rebuilt(hall, 2, time="2026-02-11T01:00:00.000000+00:00")
        chain, before = await entries(hall), "0" * 64
        for day in ("2026-02-12", "2026-02-13"):
            before = await self._sealed_anew(hall, day, chain, before)
        await document(hall, "seals", **{"state.hash": before})
        assert (await hall.everything(log=False)).holds
        assert (await hall.everything(log=True)).findings[0].reason == "published_differs"
        assert (await hall.case(APP, log=True)).findings[0].reason == "record_differs"

    async def _sealed_anew(self, hall, day, chain, before) -> str:
        roots = []
        async for page in hall.store.db["leaves"].find({"day": day}).sort("_id", 1):
            for index, text in enumerate(page["leaves"]):
                application, n, _ = text.split()
                if application == APP:
                    page["leaves"][index] = f"{APP} {n} {chain[int(n) - 1]['hash']}"
            await hall.store.db["leaves"].replace_one({"_id": page["_id"]}, page)
            roots.append(page_root(page["leaves"]))
        seal = await hall.store.db["seals"].find_one({"_id": day})
        text = json.loads(seal["signed"])
        text["facts"] |= {"root": day_root(roots), "before": before}
        signed = json.dumps(text, separators=(",", ":"), sort_keys=True)
        signature = base64.b64encode(SIGNER.sign(signed.encode())).decode()
        await hall.store.db["seals"].update_one(
            {"_id": day}, {"$set": {"signed": signed, "signature": signature, "pages": roots}}
        )
        assert hashlib.sha256(signed.encode()).hexdigest() == seal_hash(signed)
        return seal_hash(signed)
