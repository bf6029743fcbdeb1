"""Whether the urges and signals of a state are those that supervision itself said, word for word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.supervision.model import Supervised
from shared.contracts.envelope import Event, Heard
from shared.contracts.supervision import OutcomeRecorded, SignalClosed, SignalRaised, UrgeAnswered, UrgeIssued

Place = tuple[Any, ...]
Values = tuple[Any, ...]


def texts_found(state: Supervised, heard: Sequence[Heard], *, in_part: bool) -> Iterator[str]:
    """What differs. `in_part`: what the state has, and nobody has heard yet, is on its way."""
    said = dict(place_of(each.event) for each in heard if isinstance(each.event, KINDS))
    kept = dict(_kept(state, said))
    for place in sorted(said.keys() | kept.keys(), key=str):
        name = " ".join(map(str, place))
        if place not in kept:
            yield f"{name} was said, and is not in the state"
        elif place not in said:
            if not in_part:
                yield f"{name} is in the state, and was never said"
        elif kept[place] != said[place]:
            pairs = zip(kept[place], said[place], strict=True)
            mine, theirs = next(pair for pair in pairs if pair[0] != pair[1])
            yield f"{name}: the state has {mine!s:.80}, it was said {theirs!s:.80}"


CAUSE = 7
"""Where the cause stands among what is said of an urge."""
KINDS = (UrgeIssued, UrgeAnswered, OutcomeRecorded, SignalRaised, SignalClosed)


def place_of(event: Event) -> tuple[Place, Values]:
    """What an event is about, and what it says of it. TypeError for any other."""
    match event:
        case UrgeIssued():
            values: Values = (event.departments, event.text, event.by, event.reply_by, event.rung, event.asks)
            return ("urge", event.case, event.urge), (*values, event.automatic, event.cause, event.at)
        case UrgeAnswered():
            return ("answer", event.case, event.urge, event.department), (event.text, event.by, event.late, event.at)
        case OutcomeRecorded():
            return ("outcome", event.case, event.urge, event.outcome), (event.day, event.text, event.by, event.at)
        case SignalRaised():
            values = (event.subject, event.code, event.departments, event.cause, event.text or "", event.by, event.at)
            return ("signal", event.signal), values
        case SignalClosed():
            return ("closing", event.signal), (event.outcome, event.text, event.by, event.at)
    raise TypeError(type(event).__name__)


def _kept(state: Supervised, said: Mapping[Place, Values]) -> Iterator[tuple[Place, Values]]:
    """An urge comes to stand for more causes than the one that it was issued for, which it keeps."""
    for urge in state.urges:
        place = (urge.case, urge.number)
        cause = said[("urge", *place)][CAUSE] if ("urge", *place) in said else ""
        causes = cause if cause in ("", *urge.causes) else ", ".join(urge.causes)
        values = (urge.departments, urge.text, urge.by, urge.reply_by, urge.rung, urge.asks)
        yield ("urge", *place), (*values, urge.automatic, causes, urge.at)
        for answer in urge.answers:
            yield ("answer", *place, answer.department), (answer.text, answer.by, answer.late, answer.at)
        for record in urge.records:
            yield ("outcome", *place, record.outcome), (record.day, record.text, record.by, record.at)
    for signal in state.signals:
        shown = (signal.subject, signal.code, signal.departments, signal.cause, signal.text, signal.by, signal.at)
        yield ("signal", signal.number), shown
        if closing := signal.closing:
            yield ("closing", signal.number), (closing.outcome, closing.text, closing.by, closing.at)
