"""`make bench`: measure every program and every part, and say what was found.

`python -m tests.bench [--quick] [--json FILE] [--only PARTS] [--cases N] [--sizes A,B] [--save]`. Progress goes to
stderr; stdout ends with the table of targets. A part that fails is named in the results, and the others go on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from shared.steady import run_steadily
from tests.bench import programs
from tests.bench.deadlines import BURST, deadlines
from tests.bench.idle import idle
from tests.bench.machine import commit, machine
from tests.bench.matters import WIDTHS
from tests.bench.measure import Figures
from tests.bench.paint import paint
from tests.bench.plots import draw
from tests.bench.programs import FULL, QUICK, WIDTH, Length, Program, captured, measure
from tests.bench.report import page, table, targets
from tests.bench.stock import SIZES, with_stock

RESULTS = Path(__file__).with_name("results")
COMPARED = ("l0", "l1", "l2", "l2h", "l3")
STOCK = ("sizes", "spike")
PARTS = (*COMPARED, *STOCK, "deadlines", "idle", "paint")
IDLE_SECONDS = 60.0


class Bench:
    """One run: what is wanted, and what was found so far."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.wanted: tuple[str, ...] = given.only or (COMPARED if given.quick else PARTS)
        self.quick, self.sizes, self.burst, self.replicas = given.quick, given.sizes, given.burst, given.replicas
        self.length: Length = replace(QUICK if given.quick else FULL, cases=given.cases)
        if given.cases:
            self.length = replace(self.length, warm=min(self.length.warm, given.cases))
        self.results: Figures = {"failed": {}, "quick": given.quick}
        self._console = Console(stderr=True, highlight=False)
        self._began = time.monotonic()
        self._stack = AsyncExitStack()
        self._script: tuple[str, ...] | None = None

    def say(self, text: str) -> None:
        """One line of progress."""
        self._console.print(f"[dim]{time.monotonic() - self._began:6.0f} s[/dim]  {text}")

    async def run(self) -> Figures:
        """Every part that is wanted, one after another."""
        self.results |= {"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "commit": commit(), "machine": machine()}
        async with self._stack:
            for name, part in self._parts():
                await self._try(name, part)
        self.results["minutes"] = round((time.monotonic() - self._began) / 60, 1)
        return self.results

    def _parts(self) -> list[tuple[str, Callable[[], Awaitable[Figures]]]]:
        parts: dict[str, Callable[[], Awaitable[Figures]]] = {
            "l0": lambda: self._raw(programs.RAW),
            "l1": lambda: self._raw(programs.DECIDING),
            "l2": self._services,
            "l2h": lambda: self._one(programs.SERVICES_BY_HTTP),
            "l3": lambda: self._one(programs.NAIVE),
            "sizes": self._stock,
            "deadlines": self._deadlines,
            "idle": self._idle,
            "paint": lambda: paint(self.say),
        }
        wanted = {"sizes" if name in STOCK else name for name in self.wanted}
        return [(name, part) for name, part in parts.items() if name in wanted]

    async def _try(self, name: str, part: Callable[[], Awaitable[Figures]]) -> None:
        try:
            self.results |= await part()
        except Exception as error:  # whatever it is, the other parts are measured all the same
            self.results["failed"][name] = f"{type(error).__name__}: {error}"[:500]
            self.say(f"[red]{name} failed: {type(error).__name__}: {error}[/red]")
            if not self.quick:
                self._console.print_exception()

    async def _one(self, program: Program) -> Figures:
        return {program.key: await measure(program, WIDTH, self.length, self.say)}

    async def _raw(self, program: Program) -> Figures:
        if self._script is None:
            self._script = await self._stack.enter_async_context(captured(self.say))
        more = self._script + (("--decide",) if program is programs.DECIDING else ())
        return await self._one(replace(program, more=more))

    async def _services(self) -> Figures:
        if self.quick:
            return await self._one(programs.SERVICES_BY_TOPIC)
        widths = {str(n): await measure(programs.SERVICES_BY_TOPIC, n, self.length, self.say) for n in WIDTHS}
        return {"l2": {**widths[str(WIDTH)], "widths": widths}}

    async def _stock(self) -> Figures:
        return await with_stock([name for name in STOCK if name in self.wanted], self.sizes, self.length, self.say)

    async def _deadlines(self) -> Figures:
        return {"deadlines": await deadlines(self.burst, self.length, self.say, self.replicas)}

    async def _idle(self) -> Figures:
        return {"idle": await idle(self.length.seconds if self.quick else IDLE_SECONDS, self.length, self.say)}


def main() -> None:
    """The command line. Exit status 1 where a part failed."""
    given = _arguments()
    bench = Bench(given)
    results = run_steadily(bench.run())
    if given.json:
        given.json.write_text(json.dumps(results, indent=1, ensure_ascii=False))
    if given.save:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
        (RESULTS / "results.md").write_text(page(results))
        draw(results, RESULTS)
    Console(width=120).print(Markdown(_summary(results)))
    sys.exit(1 if results["failed"] else 0)


def _summary(results: Figures) -> str:
    rows = [
        (key, results[key]["cases_per_s"], results[key]["cpu_ms_per_case"], results[key]["p99_ms"])
        for key in COMPARED
        if key in results
    ]
    compared = table(("program (N = 3)", "cases/s", "CPU ms a case", "p99 ms at 80 %"), rows)
    failed = "".join(f"\n\n**{part} failed**: {why}" for part, why in results["failed"].items())
    return f"{compared}{failed}\n\n" + table(("target", "wanted", "measured", ""), targets(results))


def _arguments() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure onedoor.")
    arguments.add_argument("--quick", action="store_true", help="the five programs alone, in less than five minutes")
    arguments.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    arguments.add_argument("--only", type=_parts, metavar="PARTS", help=f"some of {','.join(PARTS)}")
    arguments.add_argument("--cases", type=int, default=0, metavar="N", help="cases of each run, instead of a time")
    arguments.add_argument("--sizes", type=_numbers, default=SIZES, metavar="A,B", help="open cases to store")
    arguments.add_argument("--burst", type=int, default=BURST, metavar="N", help="deadlines of one instant")
    arguments.add_argument("--replicas", type=int, default=1, metavar="N", help="of supervision, for deadlines")
    arguments.add_argument("--save", action="store_true", help=f"write table, JSON and plots to {RESULTS.name}/")
    return arguments.parse_args()


def _parts(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := set(names) - set(PARTS):
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return names


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(sorted(int(each) for each in text.split(",")))
    except ValueError:
        raise argparse.ArgumentTypeError("numbers joined by commas") from None


if __name__ == "__main__":
    main()
