"""JSON log lines on stdout that carry the service and the trace id and never personal data (PIPL Art. 51).

Two nets: values of keys that name a person or a secret are not written at all, and whatever looks like an
identity or telephone number is masked wherever it stands, in lines of libraries and in tracebacks too.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from pydantic import ValidationError
from structlog.typing import EventDict, Processor

from shared import tracing

HIDDEN = "***"
# fmt: off
DENIED = frozenset((
    "name", "applicant", "holder", "party", "person", "contact", "id_number", "uscc", "phone", "mobile",
    "email", "telephone", "address", "birth_date", "token", "access_token", "authorization", "cookie", "password",
    "secret", "seal_keys", "holder_key", "private_key", "mongo_uri", "headers", "body", "payload", "value",
    "values", "claims", "answers", "form", "text", "comment",
))
# fmt: on
_SAFE = frozenset({"trace_id", "timestamp", "level", "service", "logger"})  # ours: digits in them name nobody
_ID = re.compile(r"(?<![0-9])\d{6}[ -]?\d{8}[ -]?\d{3}[\dXx](?![0-9])")
_PHONE = re.compile(r"(?<![0-9])1[3-9]\d([ -]?)\d{4}\1\d{4}(?![0-9])")
_DEEP = 6

Event = MutableMapping[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def mask_text(text: str) -> str:
    """The text without identity numbers (18 digits) and mobile numbers (11 digits)."""
    return _PHONE.sub(HIDDEN, _ID.sub(HIDDEN, text))


def mask(_: object, __: str, event: EventDict) -> EventDict:
    """Structlog processor: both nets over one line."""
    return {key: value if key in _SAFE else _masked(key, value, _DEEP) for key, value in event.items()}


def _masked(key: str, value: Any, deep: int) -> Any:
    if key.lower() in DENIED:
        return HIDDEN
    if isinstance(value, dict):
        return {k: _masked(str(k), v, deep - 1) for k, v in value.items()} if deep else HIDDEN
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked("", item, deep - 1) for item in value] if deep else HIDDEN
    if value is None or isinstance(value, bool | float):
        return value
    text = value if isinstance(value, str) else str(value)
    masked = mask_text(text)
    return value if masked == text and isinstance(value, int) else masked


def drop_colours(_: object, __: str, event: EventDict) -> EventDict:
    """Structlog processor: uvicorn repeats its message with terminal colours."""
    event.pop("color_message", None)
    return event


def add_trace(_: object, __: str, event: EventDict) -> EventDict:
    """Structlog processor: the current trace id."""
    trace = tracing.current()
    if trace is not None:
        event.setdefault("trace_id", trace.trace_id)
    return event


def describe_error(_: object, __: str, event: EventDict) -> EventDict:
    """Structlog processor: an exception as its type, its message and the places it went through.

    A validation error's message quotes what somebody wrote: only the fields and kinds of mistakes stay.
    """
    info = event.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else None
    if error is None and info:
        error = info[1] if isinstance(info, tuple) else sys.exc_info()[1]
    if error is None:
        return event
    event["error"] = type(error).__name__
    event["message"] = _message(error)[:500]
    frames = traceback.extract_tb(error.__traceback__)
    event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]]
    if error.__cause__ is not None:
        event["because"] = f"{type(error.__cause__).__name__}: {_message(error.__cause__)[:500]}"
    return event


def _message(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors(include_input=False))
    return str(error)


def configure_logging(level: str = "info", stream: TextIO | None = None) -> None:
    """Sends every line of this process, libraries included, through the same nets. Call once, at start.

    JSON; a console form when `stream` (stdout by default) is a terminal. Give uvicorn `log_config=None`.
    """
    out = stream or sys.stdout
    console = out.isatty()
    shared: list[Processor] = [
        drop_colours,
        add_trace,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_error,
        mask,
    ]
    renderer: Processor = (
        structlog.dev.ConsoleRenderer() if console else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    _route_uvicorn()


def _route_uvicorn() -> None:
    """Uvicorn's own lines go to the root; its access lines, which quote query strings, are ours to write."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = name != "uvicorn.access"


def logger(service: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines name the service: `logger("intake").info("case_accepted", case=…)`.

    May be made at import: it takes up what `configure_logging` sets when it writes, not when it is made.
    """
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger("onedoor", service=service))
