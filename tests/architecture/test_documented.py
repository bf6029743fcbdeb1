"""Every metric has its comment and its use, and every topic its line in the documentation."""

import ast
import re

import pytest

from shared import metrics
from shared.contracts.topics import TOPICS
from tests.architecture.source import CODE, ROOT, sources

LIST = ROOT / "shared" / "metrics.py"
METRICS = sorted(
    name for name in vars(metrics) if re.fullmatch(r"[A-Z_]+", name) and hasattr(vars(metrics)[name], "labels")
)


def paragraph_of(name: str) -> list[str]:
    """The lines that stand together with a metric's definition, down to the definition itself."""
    block = next(block for block in LIST.read_text("utf-8").split("\n\n") if re.search(rf"^{name} = ", block, re.M))
    lines = block.splitlines()
    return lines[: next(number for number, line in enumerate(lines) if line.startswith(f"{name} = "))]


def uses() -> set[str]:
    """Names that the code takes from `shared.metrics`."""
    return {
        node.attr
        for source in sources(*CODE)
        if source.path != LIST
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "metrics"
    }


def test_the_list_of_metrics_is_found() -> None:
    assert len(METRICS) > 10


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_has_a_comment(name: str) -> None:
    assert any(line.startswith("# ") for line in paragraph_of(name))


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_measured_somewhere(name: str) -> None:
    assert name in uses()


@pytest.mark.parametrize("row", TOPICS, ids=lambda row: row.name)
def test_a_topic_is_explained(row) -> None:
    page = (ROOT / "shared" / "contracts" / "README.md").read_text("utf-8")
    assert f"| `{row.name}` |" in page


def test_every_event_says_what_it_means() -> None:
    assert [event.__name__ for row in TOPICS for event in row.events if not event.__dict__.get("__doc__")] == []
