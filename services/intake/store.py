"""How intake's documents are stored, what of them is indexed, and the queries that people ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, get_args

from pydantic import TypeAdapter

from services.intake.model import Application, ApplicationStatus, News, PublishedItem, State, news_of, untold
from shared.messaging.document import Document, Fields, Index, Store, Undecodable, Where

INDEXES = (
    Index((("number", 1),)),
    Index((("owner", 1), ("submitted_at", -1))),
    Index((("status", 1), ("received_at", 1))),
    Index((("departments", 1), ("submitted_at", -1))),
    Index((("files", 1),)),
    Index((("found_by", 1),)),
    Index((("to_tell", 1),)),
    Index((("done_at", -1),)),
)
STATUSES: tuple[ApplicationStatus, ...] = get_args(ApplicationStatus)
_APPLICATION: TypeAdapter[Application] = TypeAdapter(Application)
_ITEM: TypeAdapter[PublishedItem] = TypeAdapter(PublishedItem)


class IntakeCodec:
    """State ↔ plain values. The applicant stays sealed, and nothing personal is indexed."""

    def dump(self, state: State, fields: Fields = None) -> Mapping[str, Any]:
        """JSON values; sealed parties stay sealed."""
        return state.model_dump(mode="json", include=fields)

    def load(self, raw: Mapping[str, Any]) -> State:
        """The state; ValueError when the stored value does not fit."""
        return (_ITEM if raw.get("kind") == "item" else _APPLICATION).validate_python(raw)

    def index(self, state: State) -> Mapping[str, Any]:
        """What applications are looked for by; an item is only ever loaded by its id."""
        if isinstance(state, PublishedItem):
            return {}
        form, news = state.form, list(news_of(state))
        return {
            "number": form.number,
            "owner": form.owner,
            "matter": form.matter,
            "channel": form.channel,
            "found_by": list(form.found_by),
            "to_tell": _newest_untold(state, news),
            "news_at": max((each.at for each in news), default=None),
            "unread": any(state.read_upto is None or each.at > state.read_upto for each in news),
            "status": state.status,
            "done_at": done_at(state),
            "submitted_at": state.submitted_at,
            "received_at": state.receipts[-1],
            "departments": sorted(state.departments),
            "files": sorted(_files(state)),
        }


def _files(state: Application) -> set[str]:
    """Every file that was ever handed in with it."""
    return {name for each in state.ever_handed_in for name in each.files}


def done_at(state: Application) -> datetime | None:
    """When the last case of an ended application ended, if any of them yielded what was asked for; else None."""
    if state.status != "ended" or not any(state.status_of(case) == "issued" for case in state.cases):
        return None
    facts = (fact for case in state.cases for fact in (case.outcome, case.decided, case.result, case.closed))
    return max(fact.at for fact in facts if fact)


async def numbered(store: Store, number: str, reaches: Iterable[Where]) -> Application | None:
    """The application with this number, if any one of the conditions lets the asker see it."""
    for reach in reaches:
        for document in await store.find({**reach, "number": number}, limit=1):
            return _application(document)
    return None


async def listed(
    store: Store, where: Where, *, by: str = "submitted_at", newest_first: bool, skip: int, limit: int
) -> tuple[list[Application], int]:
    """One page of applications by an instant (`submitted_at`, or `received_at` of what was handed in last), and how
    many there are in all."""
    sort = ((by, -1 if newest_first else 1),)
    found = await store.find(where, sort=sort, skip=skip, limit=limit)
    return [_application(document) for document in found], await store.count(where)


def to_tell(application: Application) -> datetime | None:
    """When the newest of its news that no phone has heard of came to be."""
    return _newest_untold(application, list(news_of(application)))


def _newest_untold(application: Application, news: list[News]) -> datetime | None:
    return max((each.at for each in untold(application, news)), default=None)


async def with_news(store: Store, since: datetime, upto: datetime, limit: int) -> list[Application]:
    """Applications whose newest untold news is of that time, the oldest first."""
    where = {"to_tell": {"$gte": since, "$lte": upto}}
    return [_application(document) for document in await store.find(where, sort=(("to_tell", 1),), limit=limit)]


async def done_since(store: Store, since: datetime, upto: datetime, limit: int) -> tuple[list[Application], int]:
    """The applications that were done in that time, the latest first, and how many there were in all."""
    where = {"done_at": {"$gte": since, "$lte": upto}}
    found = await store.find(where, sort=(("done_at", -1),), limit=limit)
    return [_application(document) for document in found], await store.count(where)


async def holds_file(store: Store, file: str, reaches: Sequence[Where]) -> bool:
    """Whether an application that the asker may see has this file."""
    for reach in reaches:
        if await store.count({**reach, "files": file}):
            return True
    return False


async def with_newest_news(store: Store, where: Where, limit: int) -> list[Application]:
    """Those of which there is anything to tell, the newest first."""
    where = {**where, "news_at": {"$gt": datetime.min.replace(tzinfo=UTC)}}
    return [_application(document) for document in await store.find(where, sort=(("news_at", -1),), limit=limit)]


async def with_unread(store: Store, where: Where, limit: int) -> list[Application]:
    """Those with a message that their owner has not read."""
    return [_application(document) for document in await store.find({**where, "unread": True}, limit=limit)]


async def tallied(store: Store, where: Where) -> dict[str, int]:
    """How many applications stand at each status."""
    counted = await store.tally(where, ["status"])
    return {str(status): count for (status,), count in counted.items()}


def _application(document: Document) -> Application:
    if isinstance(document.state, Undecodable):
        raise document.state
    assert isinstance(document.state, Application)  # noqa: S101  only applications are indexed
    return document.state
