"""From an HTTP request to a command and back: the idempotency key, the refusals in words, and being too busy."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Mapping
from typing import Annotated, Any, TypeVar

from fastapi import Header
from pydantic import BaseModel

from shared import tracing
from shared.identity import Person
from shared.kernel import Refused
from shared.messaging.commands import Overloaded, digest
from shared.messaging.document import Unavailable
from shared.messaging.runtime import Runtime
from shared.web.problems import Problem, Words, busy

T = TypeVar("T")
RETRY_AFTER = 5

Refusals = Mapping[str, tuple[int, Words, Words]]
"""Refusal code → HTTP status, title and what to do, in both languages. One table for each service."""

SHARED: Refusals = {
    "key_reused": (
        409,
        Words("重复的提交编号", "The idempotency key was used already"),
        Words(
            "同一个 Idempotency-Key 已用于内容不同的请求，请换一个新的再提交。",
            "The same key came with another body; use a new key for a new request.",
        ),
    ),
    "parked": (
        423,
        Words("此申请暂停处理", "This application waits for repair"),
        Words(
            "系统在处理这份申请时遇到故障，已通知管理员；您提交过的内容没有丢失，请稍后再试。",
            "A fault is being repaired by the operators; nothing is lost. Try again later.",
        ),
    ),
}

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=64,
        pattern=r"^[\x21-\x7e]+$",
        description="同一次操作重试时保持不变；相同的键返回第一次的回答",
    ),
]


async def tell(
    runtime: Runtime,
    doc: str,
    command: BaseModel,
    refusals: Refusals,
    *,
    key: str | None = None,
    said: BaseModel | None = None,
    lane: str | None = None,
) -> Mapping[str, Any]:
    """Give a command to a document and return its answer.

    `key` is scoped by the caller's subject before it comes here; `said` is the request body that the key must stay
    with (the command itself where it holds nothing made at the edge). Raises Problem for a refusal, 503 when
    database or broker are away or the service is behind.
    """
    trace = tracing.current() or tracing.new_trace()
    try:
        answer = await runtime.ask(
            doc,
            command,
            lane=lane,
            key=key,
            digest=digest(said or command) if key else "",
            traceparent=trace.traceparent,
        )
    except (Overloaded, Unavailable) as error:
        raise busy(RETRY_AFTER) from error
    if isinstance(answer, Refused):
        raise refusal(answer, refusals)
    return answer


async def answering(asked: Awaitable[T]) -> T:
    """What a query of the store answers; 503 with `Retry-After` while the database is away."""
    try:
        return await asked
    except Unavailable as error:
        raise busy(RETRY_AFTER) from error


def refusal(refused: Refused, refusals: Refusals) -> Problem:
    """A refusal in words. A code without words is a mistake of ours: KeyError."""
    status, title, detail = {**SHARED, **refusals}[refused.code]
    return Problem(status, refused.code, title, detail, more=dict(refused.detail))


def own_key(subject: str, key: str | None) -> str | None:
    """The idempotency key of one person: nobody can meet another's."""
    return hashlib.sha256(f"{subject}\n{key}".encode()).hexdigest()[:32] if key else None


def holder_ref(holder_key: bytes, code: str) -> str:
    """The keyed hash that stands for a holder in events and queries; the code cannot be found from it."""
    return hmac.new(holder_key, code.upper().encode(), hashlib.sha256).hexdigest()[:32]


def owners(person: Person, holder_key: bytes) -> list[str]:
    """The `owner` values that are this person's: what they handed in, and what was handed in for them.

    For every query of a person's own things: `{"owner": {"$in": owners(asker, settings.holder_key)}}`.
    """
    codes = [person.id_number, person.org.uscc if person.org else None]
    return [person.subject, *(f"holder:{holder_ref(holder_key, code)}" for code in codes if code)]
