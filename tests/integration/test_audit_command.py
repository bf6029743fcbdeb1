"""`onedoor audit verify` as it is typed: exit codes, the first broken link in words and as JSON, and bad input."""

import asyncio
import json
import os
import subprocess
import sys
import uuid

import pytest

from services.supervision.calendar.composing import of_deployment
from services.supervision.calendar.working_days import base_of
from services.supervision.model import BOOK
from services.supervision.store import INDEXES, SupervisionCodec
from shared.local.data import ROOT
from shared.mongo import MongoStore, connect, disconnect
from shared.settings import key_file
from shared.signing import pem
from tests.component.supervision.sealed_hall import SIGNER, SealedHall
from tests.unit.supervision.sample import APP, CASE, accepted, at, submitted

FILED = at("02-12 09:00")


@pytest.fixture
def hall(servers, tmp_path):
    """A sealed hall without a broker of its own, and what the environment of the command is."""
    prefix = f"c{uuid.uuid4().hex[:8]}"
    key = key_file(tmp_path, "audit_key").with_suffix(".public.pem")
    key.parent.mkdir(parents=True)
    key.write_text(pem(SIGNER.public))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONEDOOR_")}
    yield kept | {
        "ONEDOOR_MONGO_URI": servers.mongo_uri,
        "ONEDOOR_DATABASE_PREFIX": prefix,
        "ONEDOOR_DATA_DIR": str(tmp_path),
        "ONEDOOR_RETIRED_KEYS": str(key),
    }
    asyncio.run(on_store(servers, prefix, lambda store: store.db.client.drop_database(store.db.name)))


async def on_store(servers, prefix, act):
    client = connect(servers.mongo_uri, "pymongo")
    try:
        await act(MongoStore(client, f"{prefix}_supervision", SupervisionCodec(), INDEXES))
    finally:
        await disconnect(client)


async def filled(store) -> None:
    async with SealedHall(store) as hall:
        await hall.hear(submitted(FILED), accepted(FILED))
        await hall.seal(at("02-13 01:00"))
        await hall.runtime._relay.clear()


def verify(environment, *arguments):
    command = [sys.executable, "-m", "shared.cli", "audit", "verify", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_a_hall_that_nobody_touched_and_one_that_somebody_did(servers, hall):
    prefix = hall["ONEDOOR_DATABASE_PREFIX"]
    asyncio.run(on_store(servers, prefix, filled))
    for arguments in ((), ("--case", APP), ("--case", CASE.lower()), ("--day", "2026-02-12")):
        done = verify(hall, *arguments, "--json")
        assert (done.returncode, done.stderr) == (0, ""), arguments
        told = json.loads(done.stdout)
        assert (told["holds"], told["broken"], told["applications"], told["entries"]) == (True, None, 1, 5)
        assert told["not_compared"].startswith("no broker is named")
    assert "审计链完整" in verify(hall).stdout

    async def edit(store):
        row = await store.db["audit"].find_one({"of": APP, "n": 1})
        lines = [row["lines"][0].replace("02-12T", "02-11T"), *row["lines"][1:]]
        await store.db["audit"].update_one({"_id": row["_id"]}, {"$set": {"lines": lines}})

    asyncio.run(on_store(servers, prefix, edit))
    for arguments in ((), ("--case", APP), ("--day", "2026-02-12")):
        done = verify(hall, *arguments, "--json")
        broken = json.loads(done.stdout)["broken"]
        assert done.returncode == 1, arguments
        assert (broken["application"], broken["n"], broken["row"], broken["reason"]) == (
            APP, 1, f"{APP}/000001", "changed",
        )  # fmt: skip
    told = verify(hall, "--case", APP).stdout
    assert f"{APP}/000001" in told
    assert "这一条的内容被改过" in told


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--case", "12"), "不是申请编号"),
        (("--case", "7ZQ0M3X5KD2WB"), "请核对编号"),
        (("--case", f"{APP}-44"), "请核对编号"),
        (("--case", ""), "不是申请编号"),  # an empty variable of a script, which must not prove something else
        (("--day", ""), "不是日期"),
        (("--day", "26-02"), "不是日期"),
        (("--day", "9999-12-31"), "没有封签"),
        (("--day", "2026-02-13"), "没有封签"),
        (("--day", "2020-01-01"), "没有封签"),
        (("--day", "2026-02-12", "--case", APP), "只能给一个"),
    ],
)
def test_bad_input_says_what_to_do_and_is_no_broken_chain(servers, hall, arguments, says):
    asyncio.run(on_store(servers, hall["ONEDOOR_DATABASE_PREFIX"], filled))
    done = verify(hall, *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    as_data = verify(hall, *arguments, "--json")
    assert as_data.returncode == 2
    assert says in json.loads(as_data.stdout)["error"]


def test_where_nothing_is_kept_nothing_holds(servers, hall):
    done = verify(hall | {"ONEDOOR_DATABASE_PREFIX": "nobody"})
    assert (done.returncode, "没有申请，也没有封签" in done.stderr) == (2, True)


def test_a_calendar_that_somebody_has_edited_is_named(servers, hall):
    prefix = hall["ONEDOOR_DATABASE_PREFIX"]
    asyncio.run(on_store(servers, prefix, filled))

    async def edit(store):
        async with SealedHall(store) as running:
            await running.ask(BOOK, of_deployment(None, base_of()))
        text = (await store.documents.find_one({"_id": BOOK}))["state"]["bases"][0]["text"]
        assert "2026-10-01-" in text
        changed = text.replace("2026-10-01-", "2026-10-01+")
        await store.documents.update_one({"_id": BOOK}, {"$set": {"state.bases.0.text": changed}})

    asyncio.run(on_store(servers, prefix, edit))
    for arguments in ((), ("--case", APP), ("--day", "2026-02-12")):
        done = verify(hall, *arguments, "--json")
        assert (done.returncode, done.stderr) == (1, ""), arguments
        assert json.loads(done.stdout)["broken"]["reason"] == "calendar_differs"


def test_without_a_hall_or_a_key_it_says_what_is_missing(hall, tmp_path):
    away = {name: value for name, value in hall.items() if name != "ONEDOOR_MONGO_URI"}
    assert "没有正在运行的大厅" in verify(away).stderr
    silent = hall | {"ONEDOOR_MONGO_URI": "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300"}
    assert (verify(silent).returncode, "没有回答" in verify(silent).stderr) == (2, True)
    keyless = {name: value for name, value in hall.items() if name != "ONEDOOR_RETIRED_KEYS"}
    assert "ONEDOOR_AUDIT_KEY" in verify(keyless).stderr
    assert verify(hall, "--key", str(tmp_path / "none.pem")).returncode == 2
