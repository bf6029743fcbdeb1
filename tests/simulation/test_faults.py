"""The simulation bites: each of seven known faults is planted, and caught by a rule that it breaks."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.simulation.faults import FAULTS
from tests.simulation.many import Order, outcomes

CAUGHT_BY = {
    "skip_the_inbox_mark": {"unheard", "chain_incomplete"},
    "clear_before_publish": {"gap_at_once", "lost_event"},
    "commit_before_save": {"unheard", "chain_incomplete"},
    "ignore_the_version": {"mark_lost", "gap_at_once", "two_answers"},
    "publish_only_new_events": {"gap_at_once", "lost_event"},
    "announce_before_hearing": {"announced_in_vain"},
    "mark_seen_outside_the_write": {"chain_incomplete", "ends_disagree", "result_missing"},
}
"""Fault -> rules of which one at least must speak."""
AT_ONCE, MOST = 6, 60


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_caught(pool: ProcessPoolExecutor, fault: str) -> None:
    rules: set[str] = set()
    for first in range(0, MOST, AT_ONCE):
        orders = [Order(seed, fault=fault) for seed in range(first, first + AT_ONCE)]
        rules |= {each.rule for outcome in outcomes(pool, orders) for each in outcome.violations}
        if rules & CAUGHT_BY[fault]:
            return
    pytest.fail(f"{fault} was not caught by {sorted(CAUGHT_BY[fault])} within {MOST} seeds; found {sorted(rules)}")
