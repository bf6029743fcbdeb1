"""Proves a day or the whole hall: every seal, every leaf against the chain that it was taken from, every application.

Memory does not grow with the hall: seals, pages and applications come in portions.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta

from services.supervision.decide.sealing import page_id, seal_hash
from services.supervision.model import NOTHING_HEARD, Leaf
from services.supervision.proof.calendars import calendars_found
from services.supervision.proof.cases import Cases, gone
from services.supervision.proof.chains import Chain, chain_of, first_found
from services.supervision.proof.findings import Finding, Report
from services.supervision.proof.rows import how_many, strangers
from services.supervision.proof.searched import hidden
from services.supervision.sealing.sealed import (
    Seal,
    Sealed,
    leaves_of,
    newest_seals,
    seal_of,
    sealed_at,
    seals_in_order,
    state_of,
)

AT_ONCE = 50
REMEMBERED = 5_000
"""Chains that are kept from one sealed day to the next, since most applications stand in several."""


class Days:
    """Proves days with what proves applications."""

    def __init__(self, cases: Cases) -> None:
        self._cases, self._store = cases, cases.store
        self._chains: OrderedDict[str, Chain] = OrderedDict()

    async def day(self, day: date) -> Report | None:
        """One sealed day, and every application in it; None when it was never sealed. Raises Unavailable."""
        seal, report = await seal_of(self._store, day), Report("day", day.isoformat())
        if seal is None:
            missing = _no_seal(day) if await self._is_missing(day) else await self._cases.seals.published(day)
            return report if report.add(missing) else None
        await self._seal(seal, await seal_of(self._store, day - timedelta(days=1)), report)
        for number in range(len(seal.pages)):
            leaves = await self._page(seal, number, report)
            await self._applications(sorted({leaf.application for leaf in leaves}), report)
        report.add(await calendars_found(self._store))
        return report

    async def _is_missing(self, day: date) -> bool:
        """Whether a day that has no seal must have had one: it is not after the last, nor before the very first."""
        state = await state_of(self._store)
        if state.day is None or day > state.day:
            return False
        if await newest_seals(self._store, 1, day):
            return True
        first = await anext(seals_in_order(self._store), None)
        return first is None or first.fact("before") != NOTHING_HEARD

    async def everything(self) -> Report:
        """Every seal from the first on, and every application. Raises Unavailable."""
        report, before = Report("all"), None
        rows, documents = await how_many(self._store), await self._store.count({})  # both only become more
        async for seal in seals_in_order(self._store):
            expected = before.day + timedelta(days=1) if before else seal.day
            if expected != seal.day:
                report.add(_no_seal(expected))
            await self._seal(seal, before, report)
            for number in range(len(seal.pages)):
                await self._page(seal, number, report)
            before = seal
        report.add(await self._last(before))
        async for numbers in self._numbers():
            await self._applications(numbers, report)
        async for found in hidden(self._store, report.applications, documents):
            report.add(found)
        many = [name for name, count in rows.items() if count > self._cases.rows[name]]
        async for stranger in strangers(self._store, self._cases.rules, many):
            report.add(stranger)
        report.add(await calendars_found(self._store))
        return report

    async def _seal(self, seal: Seal, before: Seal | None, report: Report) -> None:
        report.seals += 1
        report.sealed_until = seal.day.isoformat()
        report.add(await self._cases.seals.check(seal, before, report) or await self._cases.seals.added(seal))

    async def _last(self, last: Seal | None) -> Finding | None:
        """Whether the last seal is the one that the sealing itself remembers, and the last that was published."""
        state = await state_of(self._store)
        newest = next(iter(await newest_seals(self._store, 1)), last)
        if state != await state_of(self._store):
            return await self._last(last)  # a day was sealed meanwhile
        if state.day is not None and (newest is None or newest.day < state.day):
            return _no_seal(newest.day + timedelta(days=1) if newest else state.day)
        if newest and (newest.day != state.day or seal_hash(newest.signed) != state.hash):
            detail = f"it names {state.day or 'no day'} {state.hash}"
            return Finding("seal_head_differs", day=newest.day.isoformat(), row="seals", detail=detail)
        if newest and state.began and not _began(state.began, newest):
            return Finding("seal_head_differs", day=newest.day.isoformat(), row="seals", detail=f"began {state.began}")
        return await self._cases.seals.cut_off(newest)

    async def _page(self, seal: Seal, number: int, report: Report) -> list[Leaf]:
        """One page: its root, and each leaf against the chain. Where the root is another, leaves that do not fit their
        chains are what was changed; where all of them fit, one was added, taken away or moved."""
        leaves, wrong = await self._cases.seals.page(seal, number)
        report.leaves += len(leaves)
        found: list[Finding] = []
        for start in range(0, len(leaves), AT_ONCE):
            some = [Sealed(seal.day, number, start + at, leaf) for at, leaf in enumerate(leaves[start:][:AT_ONCE])]
            found += [each for each in await asyncio.gather(*map(self._leaf, some)) if each]
        if wrong is not None:
            found = [_changed_leaf(each, seal, number) for each in found] or [wrong]
        for each in found:
            report.add(each)
        return leaves

    async def _leaf(self, sealed: Sealed) -> Finding | None:
        application = sealed.leaf.application
        chain = self._chains.get(application)
        if chain is None or len(chain.entries) < sealed.leaf.entries:
            read = await chain_of(self._store, application)
            if not isinstance(read, Chain):
                return read or gone(sealed)
            chain = self._chains[application] = read
            while len(self._chains) > REMEMBERED:
                self._chains.popitem(last=False)
        leaf = sealed.leaf
        if chain.hash_at(leaf.entries) == leaf.head:
            return None  # whether it holds up to there is looked at with the application
        return first_found(chain, await leaves_of(self._store, application)) or first_found(chain, [sealed])

    async def _applications(self, numbers: Sequence[str], report: Report) -> None:
        for start in range(0, len(numbers), AT_ONCE):
            some = numbers[start : start + AT_ONCE]
            for chain in await asyncio.gather(*(chain_of(self._store, number) for number in some)):
                report.applications += 1
                if isinstance(chain, Chain):
                    await self._cases.check(chain, (), report)
                else:
                    report.add(chain)

    async def _numbers(self) -> AsyncIterator[list[str]]:
        """The ids of all applications, in portions: by the number under which each is found, which may be another."""
        last, order = "", (("application", 1),)
        while rows := await self._store.look(
            {"application": {"$gt": last}}, ("application",), sort=order, limit=AT_ONCE
        ):
            before, last = last, rows[-1]["application"]
            docs = await self._store.find({"application": {"$gt": before, "$lte": last}}, sort=order, limit=2 * AT_ONCE)
            yield [doc.id for doc in docs]


def _began(began: datetime, seal: Seal) -> bool:
    """Whether the next sealing looks back far enough: not from after its day was sealed, a day allowed for clocks."""
    at = sealed_at(seal)
    return at is None or began <= at + timedelta(days=1)


def _no_seal(day: date) -> Finding:
    return Finding("seal_missing", day=day.isoformat(), row=day.isoformat())


def _changed_leaf(found: Finding, seal: Seal, number: int) -> Finding:
    row = page_id(seal.day, number)
    return Finding("leaf_changed", found.application, found.n, seal.day.isoformat(), row, found.detail)
