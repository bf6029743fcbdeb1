"""`python -m tests.simulation`: runs seeds, shows what fails with a minimal trace, and ends with one JSON line."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from shared.testing.simulation.weather import KINDS
from tests.simulation.faults import FAULTS
from tests.simulation.many import JOBS, Order, carry_out, outcomes, smaller, workers
from tests.simulation.run import Outcome

SHOWN = 5
"""Failing seeds that are made smaller and shown with a trace; of the others only the number is said."""
COUNTED = {
    "crashes": ("crash_before", "crash_after", "crash_anywhere"),
    "crashes_elsewhere": ("crash_awaiting_elsewhere",),
    "lost_answers": ("lost_answer", "late_effect"),
    "stalls": ("stall",),
    "rebalances": ("rebalanced",),
    "rebalances_in_mid_batch": ("rebalanced_in_mid_batch",),
    "delivered_again": ("delivered_again",),
    "said_again": ("said_again",),
    "parked": ("parked",),
    "replayed": ("replayed",),
    "deadlines": ("said_DeadlinePassed",),
    "steps": ("steps",),
    "records": ("records",),
}


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 1 where anything is broken."""
    asked = _arguments().parse_args(argv)
    seeds = [asked.seed] if asked.seed is not None else range(asked.first, asked.first + asked.seeds)
    orders = [Order(seed, tuple(asked.off), None, asked.fault) for seed in seeds]
    began, done, total, cpu = time.monotonic(), Counter[str](), Counter[str](), 0.0
    failed: list[Outcome] = []
    with workers(min(asked.jobs, len(orders))) as pool:
        for number, outcome in enumerate(outcomes(pool, orders), start=1):
            total.update(outcome.counts)
            done.update(each.kind for each in outcome.violations)
            cpu += outcome.cpu
            if outcome.violations:
                failed.append(outcome)
                print(f"seed {outcome.seed}: {outcome.violations[0]}", flush=True)
            if number % 100 == 0:
                took = time.monotonic() - began
                print(f"{number}/{len(orders)} seeds, {len(failed)} failed, {took:.0f} s", file=sys.stderr, flush=True)
        for outcome in failed[:SHOWN]:
            _show(pool, Order(outcome.seed, tuple(asked.off), None, asked.fault), outcome)
    counted = {name: sum(total[each] for each in kinds) for name, kinds in COUNTED.items()}
    told = {"seeds": len(orders), "lost": done["lost"], "doubled": done["doubled"], "violations": done.total()}
    more = {"failed_seeds": [each.seed for each in failed[:50]], "cpu_s_per_seed": round(cpu / len(orders), 3)}
    print(json.dumps({**told, **more, **counted, "fault": asked.fault}), flush=True)
    return 1 if failed else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=_at_least_one, default=300, help="how many seeds (300)")
    parser.add_argument("--first", type=int, default=0, help="the first of them (0)")
    parser.add_argument("--seed", type=int, help="this seed alone, with its whole story where nothing fails")
    parser.add_argument("--fault", choices=sorted(FAULTS), help="plant this fault")
    parser.add_argument("--off", nargs="*", default=(), choices=(*KINDS, "sick", "poison"), help="leave out")
    parser.add_argument("--jobs", type=_at_least_one, default=JOBS, help=f"processes ({JOBS})")
    return parser


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _show(pool: ProcessPoolExecutor, order: Order, outcome: Outcome) -> None:
    """A failing seed as small as it gets, with the last lines that concern what is broken."""
    small = smaller(pool, order, {each.rule for each in outcome.violations})
    again = pool.submit(carry_out, small).result()
    print(f"\n== seed {order.seed}, applications: {small.applications or 'all'}, without: {' '.join(small.off) or '–'}")
    print(f"   again: {command(order)}")
    for violation in again.violations[:10]:
        print(f"   {violation}")
    for line in again.trace:
        print(f"   {line[:200]}")


def command(order: Order) -> str:
    """How to run it again."""
    fault = f" --fault {order.fault}" if order.fault else ""
    off = f" --off {' '.join(order.off)}" if order.off else ""
    return f"python -m tests.simulation --seed {order.seed}{fault}{off}"


if __name__ == "__main__":
    sys.exit(main())
