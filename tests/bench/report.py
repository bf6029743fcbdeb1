"""The results as a page: each target beside what was measured, then one table for each part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.contracts.topics import SERVICES
from tests.bench.measure import CLIENT, Figures

PROGRAMS = ("l0", "l1", "l2", "l2h", "l3")
PARTS = (*SERVICES, "kafka", "mongod", CLIENT)


@dataclass(frozen=True)
class Target:
    """What the project wants to reach: `value` finds it in the results, `met` judges it."""

    name: str
    wanted: str
    value: Callable[[Figures], float]
    met: Callable[[float], bool]
    unit: str = ""


def _lost(results: Figures) -> float:
    by_size = {int(size): each["cases_per_s"] for size, each in results["sizes"].items()}
    return round(100 * (1 - by_size[1_000_000] / by_size[10_000]), 1)


def _last(results: Figures) -> float:
    """A smaller burst says nothing about the target."""
    return float({results["deadlines"]["deadlines"]: results["deadlines"]["last_after_s"]}[100_000])


def _spiked(results: Figures) -> Figures:
    """Nor does a spike on fewer open cases."""
    found: Figures = {results["spike"]["open_cases"]: results["spike"]}[1_000_000]
    return found


def _ratio(results: Figures, what: str, above: str, below: str) -> float:
    return round(results[above][what] / results[below][what], 2)


def _slowest_paint(results: Figures) -> float:
    return float(max(page["median_ms"] for page in results["paint"]["pages"].values()))


TARGETS = (
    Target("L2 cases/s (N = 3)", "≥ 300", lambda r: r["l2"]["cases_per_s"], lambda v: v >= 300),
    Target("L2 CPU a case", "≤ 6.5", lambda r: r["l2"]["cpu_ms_per_case"], lambda v: v <= 6.5, "ms"),
    Target("L2 of L0", "≥ 0.5", lambda r: _ratio(r, "cases_per_s", "l2", "l0"), lambda v: v >= 0.5, "×"),
    Target("L2h cases/s (N = 3)", "≥ 150", lambda r: r["l2h"]["cases_per_s"], lambda v: v >= 150),
    Target("L3 CPU a case over L2's", "≥ 5", lambda r: _ratio(r, "cpu_ms_per_case", "l3", "l2"), lambda v: v >= 5, "×"),
    Target("lost from 10⁴ to 10⁶ open cases", "≤ 10", _lost, lambda v: v <= 10, "%"),
    Target("100,000 deadlines announced", "≤ 25", _last, lambda v: v <= 25, "s"),
    Target("errors in the spike", "0", lambda r: _spiked(r)["errors"], lambda v: v == 0),
    Target("p99 in the spike", "< 1000", lambda r: _spiked(r)["p99_ms"], lambda v: v < 1000, "ms"),
    Target("idle hall, of one core", "< 5", lambda r: r["idle"]["percent_of_a_core"], lambda v: v < 5, "%"),
    Target("first contentful paint, slowest page", "≤ 300", _slowest_paint, lambda v: v <= 300, "ms"),
)


def targets(results: Figures) -> list[list[str]]:
    """One row for each target: name, wanted, measured, met or missed."""
    rows = []
    for target in TARGETS:
        try:
            value = target.value(results)
        except KeyError:
            rows.append([target.name, f"{target.wanted} {target.unit}".strip(), "—", "not measured"])
            continue
        wanted, measured = (f"{each} {target.unit}".strip() for each in (target.wanted, value))
        rows.append([target.name, wanted, measured, "met" if target.met(value) else "missed"])
    return rows


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = [list(head), ["---"] * len(head), *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page(results: Figures) -> str:
    """The whole page."""
    about = results["machine"]
    versions = ", ".join(f"{name} {about[name]}" for name in about if name not in ("cores", "cpu", "memory_gb"))
    parts = [
        "# Results of `make bench`",
        f"{results['at']}, commit `{results['commit'][:12]}{'+' * results['commit'].endswith('+')}`, "
        f"{'quick run' if results['quick'] else 'full run'}, {results['minutes']} minutes. "
        f"{about['cores']} cores ({about['cpu']}), {about['memory_gb']} GB, every part on this machine. {versions}.",
        "What each program and each figure is: `tests/bench/README.md`.",
        "## Targets\n\n" + table(("target", "wanted", "measured", ""), targets(results)),
        *(found for section in SECTIONS if (found := section(results))),
    ]
    return "\n\n".join(parts) + "\n"


def _failed(results: Figures) -> str:
    rows = [(part, f"{why}".replace("|", "/").replace("\n", " ")) for part, why in results["failed"].items()]
    return "## Parts that failed: their figures are void\n\n" + table(("part", "why"), rows) if rows else ""


def _durability(results: Figures) -> str:
    rows = []
    for key in PROGRAMS:
        if found := results.get(key, {}).get("durability"):
            acks = {f"acks={each['acks']}, idempotent={each['idempotent']}" for each in found["producers"].values()}
            concerns = {f"w={e.get('w')} j={e.get('j')}" for each in found["write_concerns"].values() for e in each}
            rows.append((key, ", ".join(sorted(acks)), ", ".join(sorted(concerns)), found["mongod_journal"]))
    head = ("program", "producers (acks -1: all)", "write concerns that mongod got", "journal")
    return "## Durability in force\n\n" + table(head, rows) if rows else ""


def _programs(results: Figures) -> str:
    rows = []
    for key in PROGRAMS:
        for width, found in _widths(results.get(key)):
            for load, run in (("max", found["maximum"]), *found["open_loop"].items()):
                cost = run["mongo_per_case"]
                writes = round(cost["documents_inserted"] + cost["documents_updated"], 1)
                rows.append((
                    key, width, load if load == "max" else f"{load} %", run["cases_per_s"], run["p50_ms"],
                    run["p99_ms"], run["p999_ms"], run["cpu_ms_per_case"], run["services_ms"], writes,
                    round(cost["journal_bytes"] / 1000, 1), round(cost["file_bytes"] / 1000, 1),
                    run["kafka_per_case"]["records"], round(run["kafka_per_case"]["log_bytes"] / 1000, 1),
                    run["errors"], run["cases"],
                ))  # fmt: skip
    head = (
        "program", "N", "load", "cases/s", "p50 ms", "p99 ms", "p99.9 ms", "CPU ms", "of it services", "writes",
        "journal kB", "file kB", "records", "log kB", "errors", "cases",
    )  # fmt: skip
    return "## Programs (CPU, writes, bytes and records are per case)\n\n" + table(head, rows) if rows else ""


def _cpu(results: Figures) -> str:
    rows = []
    for key in PROGRAMS:
        for width, found in _widths(results.get(key)):
            by_part = found["maximum"]["cpu_ms_by_part"]
            rows.append((key, width, *(round(by_part.get(part, 0), 2) for part in PARTS)))
    return "## CPU ms a case, by part, at the maximum\n\n" + table(("program", "N", *PARTS), rows) if rows else ""


def _widths(found: Figures | None) -> list[tuple[str, Figures]]:
    if not found:
        return []
    return list(found["widths"].items()) if "widths" in found else [(str(found["n"]), found)]


def _sizes(results: Figures) -> str:
    rows = [
        (size, each["cases_per_s"], each["p99_ms"], each["cpu_ms_per_case"], each["disk_gb"])
        for size, each in results.get("sizes", {}).items()
    ]
    head = ("open cases", "cases/s", "p99 ms at 80 %", "CPU ms a case", "database GB")
    return "## L2 (N = 3) on many open cases\n\n" + table(head, rows) if rows else ""


def _deadlines(results: Figures) -> str:
    found = results.get("deadlines")
    if not found:
        return ""
    names = ("deadlines", "median_after_s", "last_after_s", "audit_drained_after_s", "repeated_records")
    rows = [(name, found[name]) for name in names]
    rows += [(f"CPU s, {part}", used) for part, used in found["cpu_s_by_part"].items()]
    return "## Deadlines of one instant\n\n" + table(("", ""), rows)


def _spike(results: Figures) -> str:
    found = results.get("spike")
    if not found:
        return ""
    rows = [(s["rate"], s["cases"], s.get("p50_ms"), s.get("p99_ms"), s.get("p999_ms")) for s in found["stages"]]
    said = f"{found['open_cases']} open cases stored, {found['errors']} errors."
    return f"## Spike over HTTP\n\n{said}\n\n" + table(("cases/s", "cases", "p50 ms", "p99 ms", "p99.9 ms"), rows)


def _idle(results: Figures) -> str:
    found = results.get("idle")
    if not found:
        return ""
    memory = found["memory"]
    loaded = (results.get("l2") or {}).get("memory", {}).get("after", {})
    rows = [
        (
            part,
            percent,
            *(round(where.get(part, 0) / 1e6) or "—" for where in (memory["idle"], memory["after"], loaded)),
        )
        for part, percent in found["percent_by_part"].items()
    ]
    head = ("part", "% of a core at rest", "MB fresh", "MB after the warm-up", "MB after L2")
    return "## A hall at rest, and memory\n\n" + table(head, rows)


def _paint(results: Figures) -> str:
    found = results.get("paint")
    if not found:
        return ""
    rows = [(name, page["path"], page["median_ms"], page["worst_ms"]) for name, page in found["pages"].items()]
    said = f"Chromium {found['browser']}, empty cache, {found['loads']} loads of each page."
    return f"## First contentful paint\n\n{said}\n\n" + table(("page", "path", "median ms", "worst ms"), rows)


SECTIONS: tuple[Callable[[Figures], str], ...] = (
    _failed, _programs, _cpu, _durability, _sizes, _deadlines, _spike, _idle, _paint,
)  # fmt: skip
