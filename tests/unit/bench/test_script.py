"""What a service noted of one case is played for another: the same bytes, number apart, however records coalesce."""

from pathlib import Path
from typing import Any

import bson
import pytest
from bson.raw_bson import RawBSONDocument
from pymongo import InsertOne, UpdateOne

from tests.bench.player import Player
from tests.bench.script import Recorder, name_of, read_script

CAPTURED, OTHER = "0123456789ABC", "ZZZZZZZZZZZZZ"


def event(n: int) -> dict[str, Any]:
    """An outbox entry that is to be published."""
    headers = [["ce_source", f"intake/{CAPTURED}".encode()], ["ce_seq", str(n).encode()]]
    body = f'{{"application":"{CAPTURED}"}}'.encode()
    return {"n": n, "topic": "onedoor.intake.v1", "key": CAPTURED.encode(), "headers": headers, "body": body}


def row(n: int) -> dict[str, Any]:
    """An outbox entry that is a row of facts."""
    return {"n": n, "collection": "audit", "id": f"{CAPTURED}/{n:06d}", "row": {"application": CAPTURED, "n": n}}


@pytest.fixture
def captured(tmp_path: Path) -> Path:
    """Two records of one case, with an emptied outbox and another case's document between."""
    file = tmp_path / "intake.bson"
    recorder = Recorder(file)
    first = {"_id": CAPTURED, "version": 1, "state": {"of": CAPTURED}, "next_entry": 3, "outbox": [event(1), row(2)]}
    empty = {"q": {"_id": CAPTURED, "next_entry": 3}, "u": {"$set": {"outbox": []}, "$unset": {"outbox_since": ""}}}
    fields = {"version": 2, "state": {"of": CAPTURED, "more": 1}, "next_entry": 4, "outbox": [event(3)]}
    second = {"q": {"_id": CAPTURED, "version": 1}, "u": {"$set": fields, "$push": {"writers": {"$each": ["x"]}}}}
    recorder.note(kind="heard", type="Submit")
    recorder.note(kind="find", ids=[CAPTURED])
    recorder.note(kind="save", of="insert", operations=[{**first, "writers": ["x"]}])
    recorder.note(kind="save", of="update", operations=[empty])
    recorder.note(kind="save", of="insert", operations=[{**first, "_id": OTHER}])
    recorder.note(kind="heard", type="nobody.cares.v1")
    recorder.note(kind="heard", type="Accept")
    recorder.note(kind="save", of="update", operations=[second])
    return file


def plain(content: Any) -> dict[str, Any]:
    """A raw document with everything in it."""
    assert isinstance(content, RawBSONDocument)
    return bson.decode(content.raw)


@pytest.mark.parametrize(
    ("subject", "named"),
    [
        (b"0123456789ABC-01/decision", "onedoor.supervision.ClockStarted.v1 decision"),
        (b"0123456789ABC/acceptance", "onedoor.supervision.ClockStarted.v1 acceptance"),
        (b"0123456789ABC", "onedoor.supervision.ClockStarted.v1"),
        (None, "onedoor.supervision.ClockStarted.v1"),
    ],
)
def test_a_clock_is_told_from_the_other_clocks(subject: bytes | None, named: str) -> None:
    assert name_of([("ce_type", b"onedoor.supervision.ClockStarted.v1"), ("ce_subject", subject)]) == named


def test_what_is_still_on_its_way_at_the_next_save_is_said_once(captured: Path) -> None:
    recorder = Recorder(captured)
    recorder.note(kind="heard", type="ClockStarted")
    fields = {"version": 3, "state": {}, "next_entry": 5, "outbox": [event(3), event(4)]}
    third = {"q": {"_id": CAPTURED, "version": 2}, "u": {"$set": fields, "$push": {"writers": {"$each": ["x"]}}}}
    recorder.note(kind="save", of="update", operations=[third])
    script = read_script(captured, CAPTURED)
    assert [[entry["n"] for entry in step.entries] for step in script.steps] == [[1, 2], [3], [4]]


def test_a_script_has_a_step_for_each_record_that_was_saved(captured: Path) -> None:
    script = read_script(captured, CAPTURED)
    assert script.heard == {"Submit", "Accept"}
    assert [step.looked_for for step in script.steps] == [(CAPTURED,), ()]
    assert [len(step.entries) for step in script.steps] == [2, 1]


def test_one_record_after_the_other_is_an_insert_and_an_update(captured: Path) -> None:
    player = Player(read_script(captured, CAPTURED))
    first, second = player.take(0, 0), player.take(1, 1)
    inserted, updated = player.write(first, OTHER), player.write(second, OTHER)
    assert isinstance(inserted, InsertOne)
    assert plain(inserted._doc)["state"] == {"of": OTHER}
    assert isinstance(updated, UpdateOne)
    assert updated._filter == {"_id": OTHER, "version": 1}
    assert plain(updated._doc)["$set"]["state"] == {"of": OTHER, "more": 1}
    assert [name for name, _ in player.rows(first, OTHER)] == ["audit"]


def test_records_of_one_batch_are_one_write_that_says_everything(captured: Path) -> None:
    player = Player(read_script(captured, CAPTURED))
    both = player.take(0, 1)
    written = plain(player.write(both, OTHER)._doc)
    assert written["version"] == 2
    assert [entry["n"] for entry in written["outbox"]] == [1, 2, 3]
    said = player.records(both, OTHER)
    assert [each.key for each in said] == [OTHER.encode()] * 2
    assert CAPTURED.encode() not in bson.encode(written) + b"".join(each.value for each in said)
    assert both.next_entry == 4


def test_lines_that_are_saved_together_are_one_row(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "supervision.bson")
    for n in (1, 2):
        line = {"n": n, "collection": "audit", "id": f"{CAPTURED}/{n:06d}", "row": {"n": n, "lines": [f"line {n}"]}}
        saved = {"version": n, "next_entry": n + 1, "outbox": [line]}
        recorder.note(kind="heard", type="Heard")
        if n == 1:
            recorder.note(kind="save", of="insert", operations=[{"_id": CAPTURED, **saved}])
        else:
            update = {"q": {"_id": CAPTURED, "version": 1}, "u": {"$set": saved}}
            recorder.note(kind="save", of="update", operations=[update])
    player = Player(read_script(tmp_path / "supervision.bson", CAPTURED))
    [(collection, operation)] = player.rows(player.take(0, 1), OTHER)
    assert collection == "audit"
    assert plain(operation._doc) == {"_id": f"{OTHER}/000001", "n": 1, "lines": ["line 1", "line 2"]}


def test_a_save_of_an_unknown_kind_is_not_played(captured: Path) -> None:
    recorder = Recorder(captured)
    strange = {"q": {"_id": CAPTURED}, "u": {"$set": {"version": 3}, "$inc": {"n": 1}}}
    recorder.note(kind="save", of="update", operations=[strange])
    with pytest.raises(ValueError, match="inc"):
        read_script(captured, CAPTURED)
