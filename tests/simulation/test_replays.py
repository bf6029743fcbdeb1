"""A seed determines everything: the same one tells the same story to the last line, in any process."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.simulation.many import Order, carry_out, workers


@pytest.mark.parametrize("seed", [3, 11])
def test_the_same_seed_tells_the_same_story_in_two_processes(pool: ProcessPoolExecutor, seed: int) -> None:
    one = pool.submit(carry_out, Order(seed, traced=True)).result()
    with workers(1) as others:
        list(others.map(carry_out, [Order(seed + 1)]))  # what ran before in a process must not matter
        other = others.submit(carry_out, Order(seed, traced=True)).result()
    assert len(one.trace) > 500
    assert one.trace == other.trace
    assert (one.digest, one.counts) == (other.digest, other.counts)


def test_another_seed_tells_another_story(pool: ProcessPoolExecutor) -> None:
    digests = {pool.submit(carry_out, Order(seed, traced=True)).result().digest for seed in range(4)}
    assert len(digests) == 4


def test_what_is_switched_off_does_not_happen(pool: ProcessPoolExecutor) -> None:
    off = ("crash_before", "crash_after", "crash_anywhere", "absence", "poison", "sick")
    found = [pool.submit(carry_out, Order(seed, off)).result() for seed in range(4)]
    assert not any(each.counts["crash_awaiting_request"] + each.counts["poison"] for each in found)
    assert [each.violations for each in found] == [[]] * 4
