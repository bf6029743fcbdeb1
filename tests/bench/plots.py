"""The results as pictures."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot

from tests.bench.measure import CLIENT, Figures
from tests.bench.report import PARTS, PROGRAMS


def draw(results: Figures, folder: Path) -> list[Path]:
    """One picture for each part that was measured."""
    pictures = (
        ("latency", _latency, any("open_loop" in results.get(key, {}) for key in PROGRAMS)),
        ("cpu", _cpu, any(key in results for key in PROGRAMS)),
        ("sizes", _sizes, "sizes" in results),
        ("deadlines", _deadlines, "deadlines" in results),
    )
    made = []
    for name, fill, measured in pictures:
        if measured:
            figure, axes = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
            fill(axes, results)
            made.append(folder / f"{name}.png")
            figure.savefig(made[-1], dpi=110)
            pyplot.close(figure)
    return made


def _latency(axes: pyplot.Axes, results: Figures) -> None:
    for key in PROGRAMS:
        runs = sorted(results.get(key, {}).get("open_loop", {}).values(), key=lambda run: run["cases_per_s"])
        if runs:
            rates = [run["cases_per_s"] for run in runs]
            (line,) = axes.plot(rates, [run["p99_ms"] for run in runs], marker="o", label=f"{key} p99")
            axes.plot(rates, [run["p50_ms"] for run in runs], marker=".", ls=":", color=line.get_color())
    axes.set(title="Latency at 50, 80 and 95 % of the maximum (dotted: p50), N = 3", xlabel="cases/s", ylabel="ms")
    axes.set_yscale("log")
    axes.legend()


def _cpu(axes: pyplot.Axes, results: Figures) -> None:
    keys = [key for key in PROGRAMS if key in results]
    below = [0.0] * len(keys)
    for part in (part for part in PARTS if part != CLIENT):
        used = [results[key]["maximum"]["cpu_ms_by_part"].get(part, 0.0) for key in keys]
        axes.bar(keys, used, bottom=below, label=part)
        below = [base + more for base, more in zip(below, used, strict=True)]
    axes.set(title="CPU a case by part, at the maximum, N = 3 (the client is left out)", ylabel="ms")
    axes.legend()


def _sizes(axes: pyplot.Axes, results: Figures) -> None:
    sizes = [int(size) for size in results["sizes"]]
    axes.plot(sizes, [each["cases_per_s"] for each in results["sizes"].values()], marker="o")
    axes.set(title="L2 on many open cases, N = 3", xlabel="open cases stored", ylabel="cases/s", xscale="log")
    axes.set_ylim(bottom=0)


def _deadlines(axes: pyplot.Axes, results: Figures) -> None:
    seconds, counts = zip(*results["deadlines"]["curve"], strict=True)
    axes.plot(seconds, counts)
    axes.set(title="Deadlines of one instant", xlabel="seconds after the instant", ylabel="announced")
    axes.set_ylim(bottom=0)
