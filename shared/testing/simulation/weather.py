"""Which disturbances a seed has, and how often: every seed has its own weather, and each kind can be switched off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random

REQUEST_KINDS: Mapping[str, tuple[float, float]] = {
    "crash_before": (0.0003, 0.0025),
    "crash_after": (0.0003, 0.0025),
    "refused": (0.002, 0.02),
    "lost_answer": (0.002, 0.02),
    "late_effect": (0.0005, 0.006),
    "slow": (0.005, 0.05),
}
"""Per request to the database or the broker, from a quiet to a stormy seed. `crash_before`: the process is killed and
the request never arrives; `crash_after`: it takes effect, wholly or in part, and the process is killed before the
answer; `refused`: Unavailable, nothing happened; `lost_answer`: Unavailable, though it took effect wholly or in part;
`late_effect`: Unavailable, and it takes effect after all, later; `slow`: it takes seconds."""

EVENT_KINDS: Mapping[str, tuple[float, float]] = {
    "crash_anywhere": (0.02, 0.25),
    "stall": (0.02, 0.2),
    "rebalance": (0.05, 0.6),
    "scale": (0.01, 0.1),
    "outage": (0.01, 0.08),
    "rewind": (0.05, 0.6),
}
"""Per virtual second. `crash_anywhere`: kill -9 at any instant, also at awaits that are no requests; `stall`: SIGSTOP
for a while; `rebalance`: partitions move though nobody came or went; `scale`: a replica more or less; `outage`: a
database or the broker is away for seconds; `rewind`: a partition's records are delivered again."""

READ_KINDS: Mapping[str, tuple[float, float]] = {"stale_read": (0.002, 0.04)}
"""Per document loaded. `stale_read`: as a majority had it a moment ago, before the last saves."""

ALL_KINDS: Mapping[str, tuple[float, float]] = {**REQUEST_KINDS, **EVENT_KINDS, **READ_KINDS}
KINDS = tuple(ALL_KINDS)


@dataclass
class Weather:
    """The rates of one seed. `off`: kinds that never happen."""

    rates: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, draw: Random, off: Collection[str] = ()) -> Weather:
        """A seed's weather: each kind is there three times in four, between its quiet and its stormy rate."""
        rates = {}
        for kind, (quiet, stormy) in ALL_KINDS.items():
            there, rate = draw.random() < 0.75, quiet * (stormy / quiet) ** draw.random()
            rates[kind] = rate if there and kind not in off else 0.0
        return cls(rates)

    def calm(self) -> None:
        """From now on nothing goes wrong any more."""
        self.rates = dict.fromkeys(self.rates, 0.0)

    def of_request(self, draw: Random) -> str:
        """What happens to one request: a kind, or "fine"."""
        left = draw.random()
        for kind in REQUEST_KINDS:
            left -= self.rates[kind]
            if left < 0:
                return kind
        return "fine"
