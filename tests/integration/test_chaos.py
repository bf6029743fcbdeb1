"""A short real run of chaos: a broker and a service are killed and the database is restarted, under load."""

import json
import subprocess
import sys

from tests.chaos.__main__ import split
from tests.chaos.servers import PROFILES

SEED = "1"
"""Its first three rounds hit the broker, a service and the database."""


def test_a_hurt_hall_loses_nothing_and_does_nothing_twice(tmp_path):
    result = tmp_path / "chaos.json"
    command = [sys.executable, "-m", "tests.chaos", "--rounds", "3", "--profile", "one", "--seed", SEED]
    done = subprocess.run([*command, "--json", str(result)], capture_output=True, text=True, timeout=550)
    assert done.returncode == 0, done.stderr + done.stdout
    told = json.loads(done.stdout.splitlines()[-1])
    assert told == json.loads(result.read_text())
    assert {name: told[name] for name in ("rounds", "lost", "doubled", "violations")} == {
        "rounds": 3,
        "lost": 0,
        "doubled": 0,
        "violations": 0,
    }
    one = told["profiles"]["one"]
    assert sum(one["hits"].values()) >= 3
    assert {name.split()[-1] for name in one["hits"]} == {"broker", "service", "database"}
    assert one["applications"] == one["complete"] > 20
    assert one["records"] > 20 * one["applications"] / 2


def test_rounds_are_split_among_the_profiles():
    assert set(split(100, "all")) == set(PROFILES)
    assert sum(split(100, "all").values()) == 100
    assert min(split(1, "all").values()) == 2
    assert split(7, "three") == {"three": 7}
