"""What operators see of one service in a browser: its parked lanes, what waits in one, replay and discard."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from shared.contracts.picture import TITLES
from shared.contracts.topics import SERVICES
from shared.identity import Person
from shared.messaging.document import Document
from shared.messaging.runtime import Runtime
from shared.settings import Settings
from shared.web.commands import answering
from shared.web.i18n import _, _text
from shared.web.live import live_list
from shared.web.operations import discarded, replayed, waiting_records
from shared.web.pages import Pages
from shared.web.problems import Problem, generic
from shared.web.session import signed_in

PAGE = 25
LAST_PAGE = 40
"""Lanes and entries are counted from the oldest or newest on; further back than this nobody reads."""

Reader = Annotated[Person, Depends(signed_in("deadletters.read"))]
Operator = Annotated[Person, Depends(signed_in("deadletters.replay"))]
PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE)]
Name = Annotated[str, Query(min_length=1, max_length=200)]


REASONS = {
    "decision_raised": _text("处理规则出错"),
    "unstorable": _text("结果存不进数据库"),
    "not_readable": _text("内容读不懂"),
    "not_addressable": _text("找不到它属于哪份申请"),
    "too_large": _text("超过主题允许的大小"),
    "broken_headers": _text("消息头残缺或写错"),
    "broken_envelope": _text("信封残缺或写错"),
    "broken_body": _text("正文不符合约定"),
    "wrong_key": _text("消息键和正文的编号不一致"),
    "unknown_version": _text("事件版本比这个服务新"),
}
"""Why a record is a dead letter, in words; what stands behind it is in `shared/messaging`."""


def operations_pages(runtime: Runtime, settings: Settings) -> APIRouter:
    """`/ops`, `/ops/lane`, `/ops/replay`, `/ops/discard`, `/ops/audit`: the same functions as the JSON routes."""
    router = APIRouter(prefix="/ops", include_in_schema=False)
    desk = OperationsDesk(runtime, Pages(settings))
    router.include_router(live_list("deadletters.read"))
    _reading(router, desk)
    _mending(router, desk)
    return router


class OperationsDesk:
    """The pages of one service's operators."""

    def __init__(self, runtime: Runtime, pages: Pages) -> None:
        self.runtime, self.pages = runtime, pages
        pages.environment.filters["spot"] = spot

    async def show(self, request: Request, asker: Person, template: str, **values: Any) -> HTMLResponse:
        """One page, with what all of them need."""
        services = [(name, TITLES[name]) for name in SERVICES]
        name = self.runtime.name
        own: dict[str, Any] = {"service": name, "title": TITLES[name], "services": services, "because": because}
        return self.pages.show(request, asker, f"ops/{template}.html", current="ops", **own, **values)

    async def parked(self, lane: str) -> Document:
        """The lane. Problem 404 when it is not parked."""
        doc = (await answering(self.runtime.store.load([lane]))).get(lane)
        if doc is None or doc.parked is None:
            raise generic(404)
        return doc

    def lane(self, lane: str, **said: int) -> str:
        """The path of a lane's page, with what has just been done."""
        return "/ops/lane?" + urlencode({"lane": lane, **said}, quote_via=quote)


def _reading(router: APIRouter, desk: OperationsDesk) -> None:
    store = desk.runtime.store

    @router.get("")
    async def lanes(
        request: Request, asker: Reader, page: PageNumber = 1, handled: Annotated[int | None, Query(ge=0)] = None
    ) -> HTMLResponse:
        """Parked lanes, oldest first, and what was last done about any."""
        found = await answering(store.parked(LAST_PAGE * PAGE))
        audit = await answering(store.interventions(5))
        waiting = sum(doc.parked.waiting for doc in found if doc.parked)
        shown = found[(page - 1) * PAGE : page * PAGE]
        numbers = {"page": page, "pages": -(-len(found) // PAGE), "total": len(found), "waiting": waiting}
        return await desk.show(request, asker, "lanes", lanes=shown, audit=audit, handled=handled, **numbers)

    @router.get("/lane")
    async def lane(
        request: Request,
        asker: Reader,
        lane: Name,
        handled: Annotated[int | None, Query(ge=0)] = None,
        dropped: Annotated[int | None, Query(ge=0)] = None,
    ) -> HTMLResponse:
        """Why a lane waits, and its records, masked."""
        doc, records = await desk.parked(lane), await waiting_records(desk.runtime, lane)
        form = desk.pages.blank(asker)
        said = {"handled": handled, "dropped": dropped}
        return await desk.show(request, asker, "lane", lane=doc, records=records, form=form, **said)

    @router.get("/audit")
    async def audit(request: Request, asker: Reader, page: PageNumber = 1) -> HTMLResponse:
        """Every replay and discard, newest first."""
        found = await answering(store.interventions(page * PAGE + 1))
        shown = found[(page - 1) * PAGE : page * PAGE]
        return await desk.show(request, asker, "audit", audit=shown, page=page, more=len(found) > page * PAGE)


def _mending(router: APIRouter, desk: OperationsDesk) -> None:
    pages = desk.pages

    @router.post("/replay")
    async def replay(request: Request, asker: Operator) -> Response:
        """Handles a lane's records again; on to the list when it is open, else to what still holds it up."""
        form = await pages.forms.sent(request, asker)
        done = await replayed(desk.runtime, form.text("lane"), asker.subject)
        if done.held_by is None:
            return pages.go(desk.runtime.name, f"/ops?handled={done.handled}")
        return pages.go(desk.runtime.name, desk.lane(done.lane, handled=done.handled))

    @router.get("/discard")
    async def ask(request: Request, asker: Operator, lane: Name) -> HTMLResponse:
        """What it means to give up the head record of a lane."""
        doc, records = await desk.parked(lane), await waiting_records(desk.runtime, lane)
        form = pages.blank(asker, lane=lane, position=records[0].position)
        return await desk.show(request, asker, "discard", lane=doc, record=records[0], form=form)

    @router.post("/discard")
    async def discard(request: Request, asker: Operator) -> Response:
        """Gives up the record that the page showed; if another is at the head by now, that one is shown."""
        form = await pages.forms.sent(request, asker)
        lane, position = form.text("lane"), form.text("position")
        try:
            await discarded(desk.runtime, lane, asker.subject, position)
        except Problem as problem:
            if problem.code != "not_the_head":
                raise
            return pages.go(desk.runtime.name, desk.lane(lane, dropped=0))
        still = (await answering(desk.runtime.store.load([lane]))).get(lane)
        if still is None or still.parked is None:
            return pages.go(desk.runtime.name, "/ops?handled=0")
        return pages.go(desk.runtime.name, desk.lane(lane, dropped=1))


def because(code: str) -> str:
    """A reason in the reader's language; what is not in the table speaks for itself."""
    return _(REASONS[code]) if code in REASONS else code


def spot(position: str) -> str:
    """A record's position as people read it: topic, partition and offset without leading zeros."""
    topic, partition, offset = position.rsplit("/", 2)
    return f"{topic} / {int(partition)} / {int(offset)}"
