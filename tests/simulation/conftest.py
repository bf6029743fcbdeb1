"""The seeds that every test run looks at: run once, in two processes, and judged by several tests."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.simulation.many import Order, outcomes, workers
from tests.simulation.run import Outcome

SEEDS = 300


@pytest.fixture(scope="session")
def pool() -> Iterator[ProcessPoolExecutor]:
    """Worker processes with a fixed hash seed."""
    with workers() as made:
        yield made


@pytest.fixture(scope="session")
def worlds(pool: ProcessPoolExecutor) -> list[Outcome]:
    """What became of each seed."""
    return list(outcomes(pool, [Order(seed) for seed in range(SEEDS)]))
