"""Many seeds in processes of their own: hashes of strings are fixed there, so that a seed replays exactly anywhere."""

from __future__ import annotations

import logging
import multiprocessing
import os
import traceback
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import structlog

from shared.testing.simulation.weather import KINDS
from tests.proof.evidence import Violation
from tests.simulation.faults import FAULTS
from tests.simulation.run import Outcome, run

JOBS = 2


@dataclass(frozen=True)
class Order:
    """One seed to run. `off`: kinds of disturbance that never happen; `fault`: planted, see faults.py."""

    seed: int
    off: tuple[str, ...] = ()
    applications: int | None = None
    fault: str | None = None
    traced: bool = False


@contextmanager
def workers(jobs: int = JOBS) -> Iterator[ProcessPoolExecutor]:
    """Fresh interpreters, which take the fixed hash seed from the environment as they start."""
    before = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = "0"
    try:
        with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _quiet) as pool:
            yield pool
    finally:
        if before is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = before


def outcomes(pool: ProcessPoolExecutor, orders: Iterable[Order]) -> Iterator[Outcome]:
    """What became of each, in their order."""
    return pool.map(carry_out, orders, chunksize=4)


def carry_out(order: Order) -> Outcome:
    """One seed, in this process. Whatever the world itself raises is a violation too."""
    planted = FAULTS[order.fault]() if order.fault else nullcontext()
    try:
        with planted:
            return run(order.seed, order.off, order.applications, traced=order.traced)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        detail = f"{error!r} at {where.filename.rpartition('/')[2]}:{where.lineno}"
        trace = traceback.format_exc().splitlines()
        return Outcome(order.seed, [Violation("broken", "raised", "world", detail)], trace=trace)


def smaller(pool: ProcessPoolExecutor, order: Order, rules: Collection[str]) -> Order:
    """The same seed with as few applications and kinds of disturbance as still break one of these rules."""

    def still_breaks(tried: Order) -> bool:
        found = pool.submit(carry_out, tried).result()
        return any(each.rule in rules for each in found.violations)

    for many in (1, 2, 3):
        tried = Order(order.seed, order.off, many, order.fault)
        if still_breaks(tried):
            order = tried
            break
    for kind in (*KINDS, "sick", "poison"):
        tried = Order(order.seed, (*order.off, kind), order.applications, order.fault)
        if still_breaks(tried):
            order = tried
    return order


def _quiet() -> None:
    """Log lines are formatted for nobody here."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
