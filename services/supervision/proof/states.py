"""Whether the state of an application is what its chain says: clocks, lights, outcomes, what counts as heard.

A hand that changes the state in the database leaves the chain as it was. What every clock that shows a light says of
itself comes back over the topic and is an entry; so its dates, its light and its ending can be held against the last
that was said. While something that was said is not heard yet, nothing is compared: the report counts it as waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, get_args

from services.supervision.decide.coming import indexed
from services.supervision.model import Clock, Outcome, Rules, Supervised
from services.supervision.proof.chains import Chain, Entry
from services.supervision.proof.findings import Finding

DATES = ("due", "statutory_due")
SAYS: Mapping[str, Mapping[str, str]] = {
    **{event: {name: name for name in DATES} for event in ("ClockStarted", "ClockResumed", "ClockMoved")},
    "ClockPaused": {},
    "LightChanged": {"light": "light"},
    "ClockStopped": {"light": "light", "ended": "at"},
}
"""What each event of a clock says of its state: field of the clock → field of the event."""
STANDS = {"ClockStarted": False, "ClockResumed": False, "ClockMoved": False, "ClockPaused": True}
"""Whether the clock stands still after it."""
PASSED = ("DeadlinePassed", "CountdownPassed")

Said = dict[str, tuple[Any, int]]
"""Field of a clock → what was said of it last, and in which entry."""


def heard_found(chain: Chain) -> Finding | None:
    """Whether the marks of what was heard are those of the chain: a mark that is set higher makes it deaf."""
    last: dict[str, tuple[int, int]] = {}
    for n, entry in enumerate(chain.entries, start=1):
        if isinstance(entry.get("seq"), int):
            last[str(entry.get("source"))] = entry["seq"], n
    for source in sorted({*last, *chain.doc.inbox}):
        seq, n = last.get(source, (0, len(chain.entries)))
        mark = chain.doc.inbox.get(source, 0)
        if mark != seq:
            return chain.found("heard_differs", n, f"{source}: the chain ends with {seq}, the mark is {mark}")
    return None


def waits(chain: Chain) -> bool:
    """Whether something that it said itself is not heard yet."""
    return chain.doc.inbox.get(f"supervision/{chain.application}", 0) < chain.doc.next_seq - 1


def announced_found(chain: Chain, rules: Rules) -> Finding | None:
    """Whether each limit that counts as said was said: else nobody will ever say it."""
    said = {
        (details.get("subject"), details.get("clock"), details.get("kind"), plain(details.get("due")))
        for entry in chain.entries
        if name_of(entry) in PASSED and isinstance(details := entry.get("details"), dict)
    }
    for clock in chain.state.clocks:
        for kind, due in rules.clock(clock.key).deadlines(clock):
            if kind in clock.announced and (clock.subject, clock.key, kind, plain(due)) not in said:
                detail = f"{kind} of {clock.key} of {clock.subject} counts as said, and no entry says it"
                return chain.found("state_differs", len(chain.entries), detail)
    return None


def state_found(chain: Chain, rules: Rules) -> Finding | None:
    """The first thing of the state that is not what the chain says."""
    differing = (*_clocks(chain), *_cases(chain), *_next(chain.state, rules, len(chain.entries)))
    first = min(differing, key=lambda each: each[0], default=None)
    return chain.found("state_differs", first[0], first[1]) if first else None


def _clocks(chain: Chain) -> Iterator[tuple[int, str]]:
    told = _told(chain.entries)
    for clock in chain.state.clocks:
        said = told.pop((clock.subject, clock.key), {})
        if clock.started and not clock.aside:
            yield from _clock(clock, said, len(chain.entries))
    for (subject, key), said in told.items():
        yield max(n for _, n in said.values()), f"{key} of {subject} is not in the state"


def _clock(clock: Clock, said: Said, entries: int) -> Iterator[tuple[int, str]]:
    name = f"{clock.key} of {clock.subject}"
    if not said:
        yield entries, f"{name} runs in the state, and no entry started it"
        return
    names = ["light", "ended"]
    if clock.running:
        names += ["paused"] if clock.paused or said["paused"][0] else ["paused", *DATES]
    for field in names:
        there, (wanted, n) = plain(getattr(clock, field)), said.get(field, (None, entries))
        if there != wanted:
            yield n, f"{field} of {name}: the state has {there}, entry {n} says {wanted}"


def _told(entries: Iterable[Entry]) -> dict[tuple[str, str], Said]:
    """What was said last of each clock that was started."""
    told: dict[tuple[str, str], Said] = {}
    for n, entry in enumerate(entries, start=1):
        name, details = name_of(entry), entry.get("details")
        if name not in SAYS or not isinstance(details, dict):
            continue
        place = (str(details.get("subject")), str(details.get("clock")))
        if name == "ClockStarted":
            told[place] = {"light": ("green", n), "ended": (None, n)}
        if place not in told:
            continue
        told[place] |= {field: (plain(details.get(of)), n) for field, of in SAYS[name].items()}
        if name in STANDS:
            told[place]["paused"] = STANDS[name], n
    return told


def _cases(chain: Chain) -> Iterator[tuple[int, str]]:
    """Of a case that ended twice the earlier ending stands, whichever was heard first: so either may."""
    outcomes: dict[str, dict[str, int]] = {}
    for n, entry in enumerate(chain.entries, start=1):
        if name_of(entry) in get_args(Outcome):
            outcomes.setdefault(str(entry.get("subject")), {})[name_of(entry)] = n
    for case in chain.state.cases:
        said = outcomes.pop(case.case, {})
        if (case.outcome or said) and case.outcome not in said:
            n = max(said.values(), default=len(chain.entries))
            words = " and ".join(said) or None
            yield n, f"outcome of {case.case}: the state has {case.outcome}, the chain says {words}"
    for number, said in outcomes.items():
        yield max(said.values()), f"{number}, of which the chain says {' and '.join(said)}, is not in the state"


def _next(state: Supervised, rules: Rules, entries: int) -> Iterator[tuple[int, str]]:
    """Whether the scan looks later than it has to. Looking too early does no harm: there is nothing to say then."""
    coming = indexed(state, rules).next_change
    if coming is not None and (state.next_change is None or state.next_change > coming):
        yield entries, f"next_change: the state has {plain(state.next_change)}, its clocks say {plain(coming)}"


def name_of(entry: Entry) -> str:
    """What happened, by the name of its event; empty where the entry does not say."""
    parts = str(entry.get("type")).split(".")
    return parts[2] if len(parts) > 2 else ""


def plain(value: Any) -> Any:
    """Instants alike, whichever way they are written."""
    if isinstance(value, str) and len(value) > 18 and value[10:11] == "T":
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
