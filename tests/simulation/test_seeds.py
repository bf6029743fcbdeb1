"""Three hundred worlds: nothing is lost in any of them, nothing happens twice, and every disturbance really happens."""

from __future__ import annotations

import pytest

from tests.simulation.__main__ import command
from tests.simulation.many import Order
from tests.simulation.run import Outcome

HAPPENED = {
    "crash_before": "killed before a request took effect",
    "crash_after": "killed after a request took effect and before its answer",
    "crash_awaiting_request": "killed while a request was under way",
    "crash_awaiting_elsewhere": "killed at an await that is no request: a lock, a sleep, a future",
    "refused": "the database or the broker did not answer, and nothing happened",
    "lost_answer": "it took effect, and the answer was lost",
    "late_effect": "it took effect long after the caller was told that it failed",
    "stale_read": "a document was read as it was before its last save",
    "slow": "an answer took seconds",
    "outage": "a database or the broker was away for seconds",
    "stall": "a process stood still and went on",
    "evicted_alive": "a process stood still for so long that its partitions were given away",
    "rebalanced_in_mid_batch": "partitions moved away from under a batch",
    "commit_not_taken": "a commit came from an earlier generation",
    "commit_again": "a commit had to be made again",
    "delivered_again": "records were delivered again",
    "said_again": "events were published again",
    "away_for_three_days": "all of supervision was away for three days of the calendar",
    "crash_catching_up": "a replica of it was killed as it caught up",
    "scale": "there was a replica more or less",
    "asked_again_Gone": "a client's replica died or stood still under its request",
    "said_DeadlinePassed": "a limit passed",
    "said_LightChanged": "a light changed",
    "deemed": "silence was acceptance",
    "said_SupplementRequested": "a supplement was asked for",
    "said_ApplicationSupplemented": "a supplement was handed in",
    "said_MaterialReplaced": "a better copy came before acceptance",
    "said_EntryCorrected": "a mistyped entry was corrected",
    "said_CaseNotRequired": "a case needed no licence",
    "said_CaseReferred": "a case was referred to another body",
    "said_ProcedureStarted": "a procedure stopped the clock",
    "said_ProcedureEnded": "a procedure was over",
    "said_LimitExtended": "a limit was extended",
    "said_JointLimitExtended": "a joint limit was extended",
    "said_CaseRefused": "a department disagreed",
    "said_CaseWithdrawn": "a case was withdrawn after its acceptance",
    "said_CaseClosed": "a case was closed",
    "waits_for": "a case waited for another",
    "said_CaseReady": "what a case waited for ended well",
    "said_LicenceIssued": "a licence was issued",
    "said_ResultDelivered": "a result was delivered",
    "said_RatingGiven": "a case was rated",
    "said_UrgeIssued": "a case was urged",
    "said_UrgeAnswered": "an urge was answered",
    "refused_command": "a command was refused",
    "department_repeats": "a department's software said its opinion twice",
    "hostile_broken": "a department's topic held rubbish",
    "hostile_foreign": "a department spoke about another's task",
    "hostile_wrong_key": "a department's record had the key of another application",
    "poison": "a service's topic held a record that nobody can read",
    "parked": "a lane was parked",
    "answered_parked": "a command met a parked lane",
    "replayed": "an operator's replay handled records that had waited",
    "discarded": "an operator gave a record up",
    "lane_opened": "a replay opened a lane",
    "operator_again": "an operator's replica died, or its database was away",
}
"""What a simulation that never does it proves nothing about."""


def test_nothing_is_lost_and_nothing_happens_twice(worlds: list[Outcome]) -> None:
    failed = [world for world in worlds if world.violations]
    for world in failed[:5]:
        print(f"seed {world.seed}: {'; '.join(map(str, world.violations[:3]))}")
        print(*world.trace[-40:], f"again: {command(Order(world.seed))}", sep="\n")
    assert [command(Order(world.seed)) for world in failed] == []


@pytest.mark.parametrize("kind", HAPPENED)
def test_it_really_happened(worlds: list[Outcome], kind: str) -> None:
    assert sum(world.counts[kind] > 0 for world in worlds) >= 3, HAPPENED[kind]


def test_every_world_has_work_to_do(worlds: list[Outcome]) -> None:
    assert all(world.counts["said_ApplicationSubmitted"] >= 2 for world in worlds)
    assert all(world.counts["records"] >= 10 for world in worlds)


def test_a_seed_costs_less_than_a_second(worlds: list[Outcome]) -> None:
    assert sum(world.cpu for world in worlds) / len(worlds) < 1.0
