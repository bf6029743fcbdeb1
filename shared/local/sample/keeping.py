"""When a sample is made: once, in an empty data directory, on servers of our own; and never half of one.

The mark in the data directory says `making` from before the first server starts, and `made` when all is stored. Where
a start finds `making`, the hall was never shown to anybody: its data go, and everything begins again.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from shared.clock import shanghai
from shared.local.data import PlatformError, claim, start_over
from shared.local.sample.making import Made, make_sample
from shared.local.sample.plan import COUNT, SEED
from shared.local.sample.stage import Told
from shared.settings import Settings

MARK = "sample.json"
SERVERS = ("kafka", "mongo")
"""Where our own servers keep their data."""


def intended(data: Path, console: Console, *, empty: bool) -> bool:
    """Whether this start makes a sample. Half of one is deleted first. Raises AlreadyRunning."""
    if half_made(data):
        console.print(
            "上次的样例没有造完，已清空，从头开始。 [dim]the last sample was not finished: starting over[/dim]",
            soft_wrap=True,
        )
        with claim(data):
            for name in SERVERS:  # before the mark: what is left of a half-made hall must never look whole
                shutil.rmtree(data / name, ignore_errors=True)
        start_over(data)
    if empty or any((data / name).exists() for name in SERVERS):
        return False
    with claim(data):
        _mark(data, state="making")
    return True


def half_made(data: Path) -> bool:
    """Whether a sample was begun here and never finished."""
    try:
        return bool(json.loads((data / MARK).read_text())["state"] == "making")
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError):
        return True


async def fill(data: Path, settings: Settings, console: Console, count: int = COUNT) -> Made:
    """Make the sample and mark it as made. Raises PlatformError, with what to do."""
    try:
        with _shown(console, count) as told:
            made = await make_sample(settings, told, count=count)
    except Exception as error:
        raise PlatformError(
            f"样例没有造完({type(error).__name__}: {error})。再次启动会从头再来;不要样例请用 make run ARGS=--empty。"
        ) from error
    _mark(data, state="made", seed=SEED, applications=made.applications, cases=made.cases, refused=dict(made.refused))
    return made


def _mark(data: Path, **facts: Any) -> None:
    """Replaced in one step: it says the one or the other, whenever it is read."""
    fresh = data / f"{MARK}.new"
    fresh.write_text(json.dumps(facts, indent=1))
    fresh.replace(data / MARK)


@contextmanager
def _shown(console: Console, count: int) -> Iterator[Told]:
    """A bar with the day that it is in the sample; nothing where nobody looks."""
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[day]}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("样例申请", total=count, day="")

        def told(at: datetime, begun: int) -> None:
            day = shanghai(at)
            bar.update(task, completed=begun, day=f"{day.month}月{day.day}日")

        yield told
