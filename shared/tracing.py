"""One trace id from a person's request through every event that follows from it (W3C Trace Context, level 1).

No collector is needed: the id travels in the `traceparent` header of answers and Kafka records, and in logs.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

TRACEPARENT = "traceparent"
_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)
_random = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Trace:
    """A place in a trace. `trace_id`: 32 hex digits, everywhere the same; `span_id`: 16, new at each."""

    trace_id: str
    span_id: str
    flags: str = "00"

    @property
    def traceparent(self) -> str:
        """The header's value."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"

    @property
    def header(self) -> tuple[str, bytes]:
        """The header as a Kafka record carries it."""
        return TRACEPARENT, self.traceparent.encode()

    def child(self) -> Trace:
        """The next place of the same trace."""
        return replace(self, span_id=_hex(64))


_current: ContextVar[Trace | None] = ContextVar("onedoor_trace", default=None)


def new_trace() -> Trace:
    """The beginning of a trace."""
    return Trace(_hex(128), _hex(64))


def parse(traceparent: str | bytes | None) -> Trace | None:
    """The trace that a header names, or None when there is none or it is broken. Never raises."""
    text = traceparent.decode("ascii", "replace") if isinstance(traceparent, bytes) else traceparent
    form = _FORM.fullmatch(text.strip()) if text and len(text) <= 512 else None
    if form is None:
        return None
    version, trace_id, span_id, flags, rest = form.groups()
    if version == "ff" or (version == "00" and rest) or not trace_id.strip("0") or not span_id.strip("0"):
        return None
    return Trace(trace_id, span_id, flags)


def following(traceparent: str | bytes | None) -> Trace:
    """The next place of the trace that a header names; a new trace when it names none."""
    cause = parse(traceparent)
    return cause.child() if cause else new_trace()


def current() -> Trace | None:
    """The trace of what is being handled in this task, or None."""
    return _current.get()


@contextmanager
def tracing(trace: Trace) -> Iterator[Trace]:
    """Makes `trace` the current one inside the block."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def _hex(bits: int) -> str:
    return f"{_random.getrandbits(bits) or 1:0{bits // 4}x}"
