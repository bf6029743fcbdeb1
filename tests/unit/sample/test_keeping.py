"""When a sample is made: once, in an empty data directory, and never half of one."""

import json

import pytest
from rich.console import Console

from shared.local.data import AlreadyRunning, claim
from shared.local.sample.keeping import MARK, half_made, intended


@pytest.fixture
def console():
    return Console(record=True, width=200)


def filled(data, *names):
    for name in names:
        (data / name).mkdir(parents=True)
        (data / name / "file").write_text("x")


def test_a_new_directory_gets_a_sample_and_says_so_before_anything_starts(tmp_path, console):
    data = tmp_path / "new"
    assert intended(data, console, empty=False)
    assert half_made(data)
    assert console.export_text() == ""


def test_downloads_of_an_earlier_life_do_not_count_as_data(tmp_path, console):
    filled(tmp_path, "cache", "logs", "secrets")
    assert intended(tmp_path, console, empty=False)


@pytest.mark.parametrize("server", ["kafka", "mongo"])
def test_where_a_server_has_data_there_is_none(tmp_path, console, server):
    filled(tmp_path, server)
    assert not intended(tmp_path, console, empty=False)
    assert not (tmp_path / MARK).exists()


def test_whoever_wants_an_empty_hall_gets_one(tmp_path, console):
    assert not intended(tmp_path, console, empty=True)
    assert not (tmp_path / MARK).exists()


def test_a_whole_sample_is_left_alone(tmp_path, console):
    filled(tmp_path, "kafka", "mongo")
    (tmp_path / MARK).write_text(json.dumps({"state": "made"}))
    assert not intended(tmp_path, console, empty=False)
    assert (tmp_path / "kafka" / "file").exists()


@pytest.mark.parametrize("mark", ['{"state": "making"}', "", "{", "[]", "null"])
@pytest.mark.parametrize("empty", [False, True])
def test_half_of_one_is_deleted_whatever_comes_next(tmp_path, console, mark, empty):
    filled(tmp_path, "kafka", "mongo", "secrets", "cache")
    (tmp_path / MARK).write_text(mark)
    assert intended(tmp_path, console, empty=empty) is not empty
    assert "没有造完" in console.export_text()
    assert {path.name for path in tmp_path.iterdir()} == {"cache", "lock"} | (set() if empty else {MARK})


def test_beside_a_running_hall_nothing_is_deleted(tmp_path, console):
    filled(tmp_path, "kafka")
    (tmp_path / MARK).write_text('{"state": "making"}')
    with claim(tmp_path), pytest.raises(AlreadyRunning):
        intended(tmp_path, console, empty=False)
    assert (tmp_path / "kafka" / "file").exists()
