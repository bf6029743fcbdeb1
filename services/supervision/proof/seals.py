"""Whether a day's seal holds: its text, its signature, the seal before it, its pages, and its copy in the log."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta

from services.supervision.decide.sealing import PAGES, day_root, leaf_in, page_id, page_root, seal_hash
from services.supervision.model import NOTHING_HEARD, SEALS, Leaf, Seals
from services.supervision.proof.findings import Finding, Report
from services.supervision.sealing.sealed import (
    Seal,
    Sealed,
    leaves_in,
    newest_seals,
    page_row,
    place_of,
    seal_of,
    state_of,
)
from services.supervision.sealing.sealer import KIND
from shared import signing
from shared.contracts.envelope import Heard, Record, parse
from shared.contracts.supervision import DaySealed
from shared.contracts.topics import SUPERVISION
from shared.messaging.document import Store
from shared.messaging.lookup import Absent, Place, Records

READ_AT_ONCE = 500
Keys = Mapping[str, signing.PublicKey]


class SealChecks:
    """Checks seals with these public keys; `records` None: their copies in the event log are not looked at."""

    def __init__(self, store: Store, keys: Keys, records: Records | None = None) -> None:
        self._store, self._keys, self._records = store, keys, records

    async def check(self, seal: Seal, before: Seal | None, report: Report) -> Finding | None:
        """The first thing that is wrong with a seal; `before`: that of the day before, None where there is none."""
        return seal_found(seal, before, self._keys) or await self._copy(seal, report)

    async def inclusion(self, sealed: Sealed, report: Report) -> Finding | None:
        """Whether a leaf stands under the signed root of its day. One in a day that is being sealed does not yet."""
        seal, day = await seal_of(self._store, sealed.day), sealed.day.isoformat()
        if seal is None:
            opened = (await state_of(self._store)).open
            return None if opened and opened.day == sealed.day else Finding("seal_missing", day=day, row=day)
        report.seals, report.leaves = report.seals + 1, report.leaves + 1
        before = await seal_of(self._store, seal.day - timedelta(days=1))
        return await self.check(seal, before, report) or (await self.page(seal, sealed.page))[1]

    async def page(self, seal: Seal, number: int) -> tuple[list[Leaf], Finding | None]:
        """The leaves of one page, as far as they can be read, and what is wrong with it."""
        day, row = seal.day.isoformat(), page_id(seal.day, number)
        mine = await page_row(self._store, seal.day, number)
        if mine is None:
            return [], Finding("page_missing", day=day, row=row)
        texts = leaves_in(mine)
        leaves = [leaf for leaf in map(leaf_in, texts) if leaf is not None]
        root, sealed = page_root(texts), seal.pages[number] if number < len(seal.pages) else "nothing"
        if root != sealed:
            return leaves, Finding("leaf_changed", day=day, row=row, detail=f"sealed {sealed}, now {root}")
        if mine.get("of") != [leaf.application for leaf in leaves]:
            return leaves, Finding("leaf_changed", day=day, row=row, detail="its applications do not find it (of)")
        return leaves, None

    async def _copy(self, seal: Seal, report: Report) -> Finding | None:
        """Whether the seal that was published is this one."""
        place = await place_of(self._store, seal.day)
        if place is None:
            return await self._unplaced(seal)
        if self._records is None:
            return None
        record = (await self._records.at([place]))[place]
        if record is Absent.GONE:
            return None
        report.published += 1
        try:
            said = json.loads((record.value if isinstance(record, Record) else None) or b"")
            same = (said["signed"], said["signature"]) == (seal.signed, seal.signature)
        except (ValueError, KeyError, TypeError):
            same = False
        day = seal.day.isoformat()
        return None if same else Finding("published_differs", day=day, row=day, detail="/".join(map(str, place)))

    async def _unplaced(self, seal: Seal) -> Finding | None:
        """Whether its copy was heard of, so that its place must be known; one that is on its way has none yet."""
        document = (await self._store.load([SEALS])).get(SEALS)
        state = document.state if document else None
        if document is None or not isinstance(state, Seals) or state.day is None:
            return None
        number = state.sealed - (state.day - seal.day).days
        day, heard = seal.day.isoformat(), document.inbox.get(f"supervision/{SEALS}", 0)
        return Finding("place_missing", day=day, row=day) if 0 < number <= heard else None

    async def added(self, seal: Seal) -> Finding | None:
        """A page beyond those that the seal names."""
        day = seal.day.isoformat()
        beyond = {"$gte": page_id(seal.day, len(seal.pages)), "$lte": page_id(seal.day, 99_999)}
        rows = await self._store.find_facts(PAGES, {"_id": beyond}, limit=1)
        return Finding("page_added", day=day, row=str(rows[0]["_id"])) if rows else None

    async def cut_off(self, newest: Seal | None) -> Finding | None:
        """A seal that was published after the last one that is there: seals were cut off, and the sealing set back."""
        async for day, place in self._published(newest):
            if newest is None or day > newest.day:
                return Finding("seal_missing", day=day.isoformat(), row=day.isoformat(), detail=_published_at(place))
        return None

    async def published(self, day: date) -> Finding | None:
        """A day that has no seal, although one was published after the last one that is there."""
        async for said, place in self._published(next(iter(await newest_seals(self._store, 1)), None)):
            if said == day:
                return Finding("seal_missing", day=day.isoformat(), row=day.isoformat(), detail=_published_at(place))
        return None

    async def _published(self, since: Seal | None) -> AsyncIterator[tuple[date, Place]]:
        """The days of which the event log has a seal after that one; from its beginning on, where none is known. All
        seals have one key, and so one partition."""
        last = await place_of(self._store, since.day) if since else None
        if self._records is None or (since and last is None):
            return
        starts = [(last[1], last[2] + 1)] if last else [(number, 0) for number in range(SUPERVISION.partitions)]
        for partition, start in starts:
            async for place, record in _read(self._records, SUPERVISION.name, partition, start):
                heard = parse(record, {DaySealed.type_name(): DaySealed})
                if isinstance(heard, Heard) and isinstance(heard.event, DaySealed):
                    yield heard.event.day, place


async def _read(records: Records, topic: str, partition: int, start: int) -> AsyncIterator[tuple[Place, Record]]:
    """The records from an offset on, up to the end of the log."""
    ended = False
    while not ended:
        places = [(topic, partition, offset) for offset in range(start, start + READ_AT_ONCE)]
        found = await records.at(places)
        for place in places:
            if isinstance(record := found[place], Record):
                yield place, record
        ended, start = Absent.NEVER in found.values(), start + READ_AT_ONCE


def _published_at(place: Place) -> str:
    return f"published at {'/'.join(map(str, place))}"


def seal_found(seal: Seal, before: Seal | None, keys: Keys) -> Finding | None:
    """The first thing that is wrong with a seal in itself."""
    day, signer = seal.day.isoformat(), seal.fact("key_id")
    if not _readable(seal):
        return Finding("seal_unreadable", day=day, row=day)
    if signer not in keys:
        return Finding("unknown_key", day=day, row=day, detail=f"{signer}: name its file in ONEDOOR_RETIRED_KEYS")
    if not signing.verify(keys, signer, seal.signed.encode(), _bytes(seal.signature)):
        return Finding("signature", day=day, row=day, detail=f"by key {signer}")
    follows = seal_hash(before.signed) if before else NOTHING_HEARD
    if seal.fact("before") != follows:
        if before is None:
            return Finding("seal_missing", day=(seal.day - timedelta(days=1)).isoformat(), row=day)
        return Finding("seal_not_following", day=day, row=day, detail=f"it names {seal.fact('before')}, not {follows}")
    root = _root(seal)
    if root != seal.fact("root"):
        return Finding("root_differs", day=day, row=day, detail=f"signed {seal.fact('root')}, the pages give {root}")
    return None


def _readable(seal: Seal) -> bool:
    try:
        kind = json.loads(seal.signed)["kind"]
        date.fromisoformat(seal.fact("day"))
    except (ValueError, KeyError, TypeError):
        return False
    return bool(kind == KIND) and seal.fact("day") == seal.day.isoformat()


def _root(seal: Seal) -> str:
    try:
        return day_root(seal.pages)
    except ValueError:
        return "unreadable"


def _bytes(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return b""
