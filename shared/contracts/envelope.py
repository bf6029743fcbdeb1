"""CloudEvents 1.0 in Kafka binary mode: how an event becomes a record, and how any record is read without raising.

Source: CloudEvents 1.0, Kafka protocol binding (binary content mode). Extensions: `ce_seq` (running number in the
source document that `ce_source` names) and `ce_cause` (id of the event or command that led to this one).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha1
from typing import Annotated, Any, ClassVar, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

MAX_HEADER = 512
"""Characters of the longest CloudEvents attribute: ids and causes are kept and repeated in what follows."""
NAMESPACE = UUID("6f6e6564-6f6f-7200-8000-000000000001")
Headers = tuple[tuple[str, bytes], ...]


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the calendar once it is in UTC") from None


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A point in time, always kept in UTC."""

ApplicationNo = Annotated[str, Field(pattern=r"^[0-9A-Z]{13}$")]
CaseNo = Annotated[str, Field(pattern=r"^[0-9A-Z]{13}-\d{2}$")]
DepartmentCode = Annotated[str, Field(pattern=r"^[a-z]{2,12}$")]


class Event(BaseModel):
    """Something that happened. Unknown fields are ignored, so that additions with defaults stay the same version."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    service: ClassVar[str]
    version: ClassVar[int] = 1

    def key(self) -> str:
        """The record key."""
        raise NotImplementedError

    def about(self) -> str:
        """`ce_subject`: what the event is about (application, case, licence or clock)."""
        return self.key()

    @classmethod
    def type_name(cls) -> str:
        """`onedoor.<service>.<event>.v<version>`."""
        return f"onedoor.{cls.service}.{cls.__name__}.v{cls.version}"


class ApplicationEvent(Event):
    """An event about an application: keyed by its number in every topic."""

    application: ApplicationNo

    def key(self) -> str:
        return self.application


class CaseEvent(ApplicationEvent):
    """An event about one case of an application."""

    case: CaseNo

    @model_validator(mode="after")
    def _of_its_application(self) -> Self:
        if not self.case.startswith(f"{self.application}-"):
            raise ValueError("the case is not one of the application")
        return self

    def about(self) -> str:
        return self.case


class HallEvent(Event):
    """An event about the hall as a whole, keyed by what it is about (`named`), which no application is called."""

    named: ClassVar[str]

    def key(self) -> str:
        return self.named


@dataclass(frozen=True, slots=True)
class Heard:
    """One well-formed record: the event with everything the envelope and the log say about it, and its bytes."""

    event: Event
    id: str
    source: str
    seq: int | None
    at: datetime
    cause: str
    traceparent: str
    topic: str
    partition: int
    offset: int
    key: str
    value: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A type that this consumer does not know: counted and skipped."""

    type: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A record that no rule can be asked about; `reason` is a stable code, `detail` says what and where."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Record:
    """A record as Kafka holds it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record before Kafka has it: final bytes, kept in the outbox of the document that says it."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers

    @property
    def size(self) -> int:
        """Bytes of key, body and headers."""
        return len(self.key) + len(self.value) + sum(len(name) + len(value) for name, value in self.headers)


def event_id(source: str, seq: int) -> str:
    """The same source document and number always give the same id: a UUID of version 5 (RFC 9562), as `uuid.uuid5`
    makes it from NAMESPACE, in a quarter of its time."""
    made = bytearray(sha1(NAMESPACE.bytes + f"{source}#{seq}".encode(), usedforsecurity=False).digest()[:16])
    made[6], made[8] = made[6] & 0x0F | 0x50, made[8] & 0x3F | 0x80
    text = made.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def encode(event: Event, *, topic: str, source: str, seq: int, at: datetime, cause: str, traceparent: str) -> Outgoing:
    """The record of an event: JSON body, CloudEvents headers."""
    kind, schema = _constants(type(event))
    return Outgoing(
        topic=topic,
        key=event.key().encode(),
        value=event.model_dump_json().encode(),
        headers=(
            ("ce_specversion", b"1.0"),
            ("ce_id", event_id(source, seq).encode()),
            ("ce_source", source.encode()),
            ("ce_type", kind),
            ("ce_time", at.astimezone(UTC).isoformat().replace("+00:00", "Z").encode()),
            ("ce_subject", event.about().encode()),
            ("ce_dataschema", schema),
            ("content-type", b"application/json"),
            ("traceparent", traceparent.encode()),
            ("ce_seq", b"%d" % seq),
            ("ce_cause", cause.encode()),
        ),
    )


@cache
def _constants(kind: type[Event]) -> tuple[bytes, bytes]:
    """`ce_type` and `ce_dataschema` of a class of events."""
    return kind.type_name().encode(), f"onedoor/{kind.service}/{kind.__name__}.v{kind.version}.json".encode()


def peek_type(record: Record) -> str | None:
    """`ce_type` alone, so that a consumer parses no body that it does not need."""
    for name, value in record.headers:
        if name == "ce_type" and value is not None:
            return value.decode("utf-8", "replace")
    return None


def parse(record: Record, known: Mapping[str, type[Event]], *, foreign: bool = False) -> Heard | Unknown | Malformed:
    """Read any record whatever. Total: bad bytes give `Malformed`, never an exception.

    `known` maps type names to classes. `foreign` marks a department's topic, whose records carry no running number
    and whose source is the topic they came from, never a field in them.
    """
    try:
        headers = {name: value.decode("utf-8") for name, value in record.headers if value is not None}
    except UnicodeDecodeError as error:
        return Malformed("broken_headers", f"a header is not UTF-8: {error.reason}")
    problem = _envelope_problem(record, headers, foreign)
    if problem:
        return problem
    name = headers["ce_type"]
    kind = known.get(name)
    if kind is None:
        return _unknown(name, known)
    try:
        event = kind.model_validate_json(record.value or b"")
        heard = _heard(event, headers, record, foreign)
    except ValidationError as error:
        return Malformed("broken_body", _first_problem(error))
    except (ValueError, OverflowError, RecursionError) as error:
        return Malformed("broken_envelope", str(error)[:200])
    if heard.key != event.key():
        return Malformed("wrong_key", "the record key is not the number that the body names")
    return heard


def _envelope_problem(record: Record, headers: Mapping[str, str], foreign: bool) -> Malformed | None:
    required = ("ce_specversion", "ce_id", "ce_type", "ce_time") + (() if foreign else ("ce_source", "ce_seq"))
    missing = [name for name in required if not headers.get(name)]
    if missing:
        return Malformed("broken_headers", f"missing: {', '.join(missing)}")
    long = [name for name in (*required, "ce_subject", "ce_cause") if len(headers.get(name, "")) > MAX_HEADER]
    if long:
        return Malformed("broken_headers", f"longer than {MAX_HEADER}: {', '.join(long)}")
    if headers["ce_specversion"] != "1.0":
        return Malformed("broken_headers", "ce_specversion is not 1.0")
    if record.key is None:
        return Malformed("wrong_key", "the record has no key")
    return None


_TRACEPARENT = re.compile(r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
_VERSIONED = re.compile(r"^(?P<name>.+)\.v\d+$")


def _unknown(name: str, known: Mapping[str, type[Event]]) -> Unknown | Malformed:
    match = _VERSIONED.match(name)
    if match and any(other.startswith(match["name"] + ".v") for other in known):
        return Malformed("unknown_version", name[:200])
    return Unknown(name[:200])


def _heard(event: Event, headers: Mapping[str, str], record: Record, foreign: bool) -> Heard:
    at = datetime.fromisoformat(headers["ce_time"])
    if at.tzinfo is None:
        raise ValueError("ce_time has no time zone")
    seq = None if foreign else int(headers["ce_seq"])
    if seq is not None and not 0 < seq < 2**53:
        raise ValueError("ce_seq is not a number from 1 to 2^53 - 1")
    traceparent = headers.get("traceparent", "")
    return Heard(
        event=event,
        id=headers["ce_id"],
        source=f"topic/{record.topic}" if foreign else headers["ce_source"],
        seq=seq,
        at=at.astimezone(UTC),
        cause=headers.get("ce_cause", ""),
        traceparent=traceparent if _TRACEPARENT.match(traceparent) else "",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=(record.key or b"").decode("utf-8"),
        value=record.value or b"",
    )


def _first_problem(error: ValidationError) -> str:
    """Where and what, without the value: a body may hold personal data."""
    first: Any = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"]) or "body"
    return f"{place}: {first['msg']}"[:200]
