"""The bench measures what it says: a very small run gives every figure, of cases of which none was lost."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.topics import SERVICES
from tests.bench.durability import Void, judge
from tests.bench.report import page

ROOT = Path(__file__).parents[2]
CASES = 40


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("bench") / "results.json"
    arguments = ["--quick", "--only", "l1,l2,l2h", "--cases", str(CASES), "--json", str(file)]
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "L2 cases/s (N = 3)" in run.stdout
    found: dict[str, Any] = json.loads(file.read_text())
    return found


@pytest.mark.parametrize("program", ["l2", "l2h"])
def test_a_program_has_its_figures_and_lost_nothing(results: dict[str, Any], program: str) -> None:
    found = results[program]
    assert all(found[name] > 0 for name in ("cases_per_s", "cpu_ms_per_case", "p99_ms"))
    for run in (found["maximum"], *found["open_loop"].values()):
        assert set(run["counts"].values()) == {run["cases"]}
        assert run["errors"] == 0, run["problems"]
        assert run["kafka_per_case"]["records"] >= 15
        assert run["mongo_per_case"]["documents_updated"] > 1
        assert set(run["cpu_ms_by_part"]) == {*SERVICES, "kafka", "mongod", "client"}
    assert found["proved"]["audits"] >= CASES
    assert set(found["durability"]["producers"]) == set(SERVICES)


def test_a_page_can_be_made_of_it(results: dict[str, Any]) -> None:
    text = page(results)
    assert "| l2h | 3 | max |" in text
    assert "| 100,000 deadlines announced | ≤ 25 s | — | not measured |" in text


@pytest.mark.parametrize(
    ("part", "weak"),
    [
        ("producers", {"acks": 1, "idempotent": True}),
        ("producers", {"acks": -1, "idempotent": False}),
        ("write_concerns", [{"w": 1, "j": True, "writes": 3}]),
        ("write_concerns", [{"w": "majority", "j": False, "writes": 3}]),
        ("write_concerns", []),
    ],
)
def test_a_figure_with_less_durability_is_void(results: dict[str, Any], part: str, weak: Any) -> None:
    found = results["l2"]["durability"]
    judge(found)
    with pytest.raises(Void, match="ratings"):
        judge({**found, part: {**found[part], "ratings": weak}})
