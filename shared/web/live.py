"""Streams for pages that keep themselves fresh. A stream says only that something changed; the page then asks for
itself again, so that it shows to everyone what it always shows, and the stream holds nothing that anybody could read.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.requests import Request

from shared import metrics
from shared.identity import Person, unsigned
from shared.messaging.changes import ANYTHING
from shared.messaging.tail import Crowded, Listener, Tail
from shared.web.leaving import while_it_stays
from shared.web.problems import busy, generic
from shared.web.session import Visitor, signed_in

BEAT_SECONDS = 10.0
"""A stream says so often that it is there. Not as a comment: a page must notice when it is not."""
RETRY_MS = 3_000
LIFETIME = (500.0, 700.0)
"""Seconds until a stream ends and the browser asks anew: whoever may no longer see the page learns nothing more."""

Sees = Callable[[Person, str], Awaitable[bool]]
"""Whether this person may see the page of this application: the service's own query."""
Numbers = Annotated[
    str, Path(pattern=r"^[0-9A-Z]{13}(,[0-9A-Z]{13}){0,19}$", description="申请编号，最多 20 个，用逗号隔开")
]
Age = Annotated[float, Query(ge=0, description="这一页是多少秒以前取的；不写就当作很久以前")]


def live(sees: Sees, *lists: str) -> APIRouter:
    """`/live/applications/{number}` for the pages of applications, and `/live/list` if a service has lists.

    `lists`: actions, any one of which lets see the lists. Problem 401, 403, 404 for who may not see the page, 503 when
    too many listen.
    """
    router = APIRouter(include_in_schema=False)
    of_applications = Depends(_of_applications(sees))

    @router.get("/live/applications/{numbers}", response_class=EventSourceResponse)
    async def applications(request: Request, listener: Listener = of_applications) -> AsyncIterator[ServerSentEvent]:
        """Changes of these applications, all of which the person may see."""
        async for event in while_it_stays(request.scope, _told(listener)):
            yield event

    if lists:
        router.include_router(live_list(*lists))
    return router


def live_list(*actions: str) -> APIRouter:
    """`/live/list`: any change at all, for who may do any one of the actions."""
    router = APIRouter(include_in_schema=False)
    of_lists = Depends(listening_to_all(*actions))

    @router.get("/live/list", response_class=EventSourceResponse)
    async def anything(request: Request, listener: Listener = of_lists) -> AsyncIterator[ServerSentEvent]:
        async for event in while_it_stays(request.scope, _told(listener)):
            yield event

    return router


def _of_applications(sees: Sees) -> Callable[..., AsyncIterator[Listener]]:
    async def listening(
        request: Request, asker: Visitor, numbers: Numbers, age: Age = float("inf")
    ) -> AsyncIterator[Listener]:
        if asker is None:
            raise unsigned()
        wanted = set(numbers.split(","))
        for number in wanted:
            if not await sees(asker, number):
                raise generic(404)
        with _listening(request, asker, wanted, age) as listener:
            yield listener

    return listening


def listening_to_all(*actions: str) -> Callable[..., AsyncIterator[Listener]]:
    """Dependency: a place among those who are told of any change, for who may do any one of the actions. `age` of the
    request says how old what is shown is. Problem 401, 403; 503 when too many listen."""
    reader = Depends(signed_in(*actions))

    async def listening(request: Request, asker: Person = reader, age: Age = float("inf")) -> AsyncIterator[Listener]:
        with _listening(request, asker, {ANYTHING}, age) as listener:
            yield listener

    return listening


@contextmanager
def _listening(request: Request, asker: Person, keys: Iterable[str], age: float) -> Iterator[Listener]:
    """A place among the listeners, held until the answer is over, however it ends."""
    tail: Tail = request.app.state.tail
    gauge = metrics.LIVE_STREAMS.labels(tail.service)
    try:
        with tail.listening(keys, age, asker.subject) as listener:
            gauge.set(tail.listeners)
            yield listener
    except Crowded as error:
        raise busy(30) from error
    finally:
        gauge.set(tail.listeners)


async def _told(listener: Listener) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(event="beat", raw_data="1", retry=RETRY_MS)
    beats = int(random.uniform(*LIFETIME) / BEAT_SECONDS)  # noqa: S311
    for _ in range(beats):
        changed = await listener.changed(BEAT_SECONDS)
        yield ServerSentEvent(event="changed" if changed else "beat", raw_data="1")
