"""`python -m tests.chaos`: hurt a loaded hall by seed, drain it, and count what is left. Exit 1 for any violation."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.chaos.report import save, show, summary
from tests.chaos.run import Outcome, run
from tests.chaos.servers import PROFILES

SHARES = {"one": 0.6, "three": 0.2, "proxy": 0.2}


def split(rounds: int, profile: str) -> dict[str, int]:
    """Rounds for each profile; at least two where all are run."""
    if profile != "all":
        return {profile: rounds}
    return {name: max(2, round(rounds * share)) for name, share in SHARES.items()}


async def carry(given: argparse.Namespace, console: Console) -> list[Outcome]:
    """Run what was asked for, one profile after the other; the data of a run without violation are removed."""
    outcomes = []
    for profile, rounds in split(given.rounds, given.profile).items():
        data = Path(tempfile.mkdtemp(prefix=f"onedoor-chaos-{profile}-"))
        console.print(f"{profile}: {rounds} rounds, seed {given.seed}, data {data}", soft_wrap=True)
        kept = True
        try:
            outcome = await run(profile, rounds, given.seed, data, lambda text: console.print(text, markup=False))
            kept = bool(outcome.violations)
        finally:
            if kept:
                console.print(f"the data stay in {data}", soft_wrap=True)
            else:
                shutil.rmtree(data, ignore_errors=True)
        outcomes.append(outcome)
    return outcomes


def main() -> int:
    """Parse, run, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--profile", choices=[*PROFILES, "all"], default="all")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))  # noqa: S311
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the result here")
    parser.add_argument("--save", action="store_true", help="write the result to tests/bench/results")
    given = parser.parse_args()
    if given.rounds < 1:
        parser.error("--rounds must be at least 1")
    console = Console(stderr=True, highlight=False)
    logging.getLogger("aiokafka").setLevel(
        logging.CRITICAL
    )  # a client of a broker that is being killed has much to say
    outcomes = asyncio.run(carry(given, console))
    show(outcomes, console)
    told = summary(outcomes)
    if given.save:
        save(outcomes)
    if given.json:
        given.json.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps(told, ensure_ascii=False))
    return 1 if told["violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
