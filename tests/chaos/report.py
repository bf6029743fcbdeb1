"""What a run of chaos came to: a table, each violation, JSON and Markdown."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.chaos.run import Outcome

RESULTS = Path(__file__).resolve().parents[1] / "bench" / "results"
KAFKA = "4.3.1"
SHOWN = 40


def show(outcomes: Sequence[Outcome], console: Console) -> None:
    """The table, and each violation."""
    table = Table(title="chaos")
    table.add_column("")
    for outcome in outcomes:
        table.add_column(outcome.profile, justify="right")
    for name, *values in rows(outcomes):
        table.add_row(name, *values)
    console.print(table)
    for outcome in outcomes:
        for violation in outcome.violations[:SHOWN]:
            console.print(f"[red]✗[/red] {outcome.profile}: {violation}", markup=True, soft_wrap=True)
        if len(outcome.violations) > SHOWN:
            console.print(f"… and {len(outcome.violations) - SHOWN} more")


def rows(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """(what, one value for each profile)."""
    hits = sorted({name for outcome in outcomes for name in outcome.hits})
    ends = sorted({name for outcome in outcomes for name in outcome.restarted})
    named: list[tuple[str, Any]] = [
        ("rounds", lambda each: each.rounds),
        *((f"  {name}", lambda each, name=name: each.hits.get(name, 0)) for name in hits),
        *((f"started again: {name}", lambda each, name=name: each.restarted.get(name, 0)) for name in ends),
        ("applications told", lambda each: each.applications),
        ("  of them ended", lambda each: each.complete),
        ("commands told", lambda each: each.told),
        ("records read", lambda each: each.records),
        ("repeats on topics (legal)", lambda each: each.repeats),
        ("answers 503", lambda each: each.statuses.get("503", 0)),
        ("longest silence, s", lambda each: f"{each.silence_seconds:.1f}"),
        ("drained in, s", lambda each: f"{each.drain_seconds:.1f}"),
        ("whole run, s", lambda each: f"{each.seconds:.0f}"),
        ("lost", lambda each: each.count("lost")),
        ("doubled", lambda each: each.count("doubled")),
        ("violations", lambda each: len(each.violations)),
    ]
    return [(name, *(str(value(each)) for each in outcomes)) for name, value in named]


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The result as JSON values; `lost` and `doubled` are among the `violations`."""
    return {
        "rounds": sum(each.rounds for each in outcomes),
        "lost": sum(each.count("lost") for each in outcomes),
        "doubled": sum(each.count("doubled") for each in outcomes),
        "violations": sum(len(each.violations) for each in outcomes),
        "profiles": {each.profile: _details(each) for each in outcomes},
        "cores": os.cpu_count(),
        "versions": {
            "python": platform.python_version(),
            "kafka": KAFKA,
            "mongod": outcomes[0].mongod if outcomes else "",
        },
    }


def save(outcomes: Sequence[Outcome]) -> None:
    """Write chaos.json and chaos.md among the project's results."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    told = summary(outcomes)
    (RESULTS / "chaos.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    names = " | ".join(each.profile for each in outcomes)
    lines = ["# Chaos", "", f"| | {names} |", "|---|" + "---:|" * len(outcomes)]
    lines += [f"| {' | '.join(row)} |" for row in rows(outcomes)]
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    lines += ["", f"{told['cores']} cores; {versions}. Seeds: {', '.join(str(each.seed) for each in outcomes)}.", ""]
    lines += [f"- {each.profile}: {violation}" for each in outcomes for violation in each.violations]
    (RESULTS / "chaos.md").write_text("\n".join(lines).rstrip() + "\n")


def _details(outcome: Outcome) -> dict[str, Any]:
    return {
        **{name: value for name, value in vars(outcome).items() if name not in ("violations", "profile")},
        "lost": outcome.count("lost"),
        "doubled": outcome.count("doubled"),
        "violations": [str(each) for each in outcome.violations],
    }
