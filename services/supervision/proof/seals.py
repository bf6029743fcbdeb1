"""Whether a day's seal holds: its text, its signature, the seal before it, its pages, and its copy in the log."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import date, timedelta

from services.supervision.decide.sealing import day_root, leaf_in, page_id, page_root, seal_hash
from services.supervision.model import NOTHING_HEARD, Leaf
from services.supervision.proof.findings import Finding, Report
from services.supervision.sealing.sealed import Seal, Sealed, page_of, place_of, seal_of, state_of
from services.supervision.sealing.sealer import KIND
from shared import signing
from shared.contracts.envelope import Record
from shared.messaging.document import Store
from shared.messaging.lookup import Absent, Records

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
        texts = await page_of(self._store, seal.day, number)
        if texts is None:
            return [], Finding("page_missing", day=day, row=row)
        leaves = [leaf for leaf in map(leaf_in, texts) if leaf is not None]
        root, sealed = page_root(texts), seal.pages[number] if number < len(seal.pages) else "nothing"
        if root != sealed:
            return leaves, Finding("leaf_changed", day=day, row=row, detail=f"sealed {sealed}, now {root}")
        return leaves, None

    async def _copy(self, seal: Seal, report: Report) -> Finding | None:
        """Whether the seal that was published is this one."""
        place = await place_of(self._store, seal.day)
        if self._records is None or place is None:
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
