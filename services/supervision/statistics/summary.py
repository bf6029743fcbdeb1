"""Everything that the page, the table, the program's answer and the monthly report say of one month: asked once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal, NamedTuple

from services.supervision.statistics.figures import Figures, Offer, offer_of
from services.supervision.statistics.growth import Growth
from services.supervision.statistics.kept import Kept
from services.supervision.statistics.months import earlier, month_of, through, year_to
from services.supervision.statistics.store import By, Filters, Published, Table, first_month, on_offer, publications
from shared.clock import SHANGHAI
from shared.messaging.document import Store
from shared.web.i18n import _text

Told = Literal["department", "item", "window", "month"]
"""What the table tells apart."""
SHOWN = 13
"""Months in a chart: this one, and back to the same of last year."""


class Compared(NamedTuple):
    """A number of the month, of the month before, and of the same month of last year."""

    now: int
    month_before: int
    year_before: int
    over: bool

    @property
    def by_month(self) -> Growth:
        """环比."""
        return Growth(self.now, self.month_before, "month", self.over)

    @property
    def by_year(self) -> Growth:
        """同比."""
        return Growth(self.now, self.year_before, "year", self.over)


class Row(NamedTuple):
    """One line of the table. `key`: a department's or item's code, a window, or a month. `offer`: of its items; of none
    for a window."""

    key: str
    name: str
    figures: Figures
    accepted: Compared
    finished: Compared
    offer: Offer


@dataclass(frozen=True, slots=True)
class Summary:
    """One month, of everything or of what the filters leave. `over`: whether the month has ended; figures of one that
    has not stand as they are `at`. `year`: from January on, and the same months of last year. `entities`: new market
    entities by kind, in the month and in the year."""

    month: str
    at: datetime
    over: bool
    filters: Filters
    told: Told
    whole: Figures
    accepted: Compared
    finished: Compared
    year: tuple[Figures, Figures]
    rows: tuple[Row, ...]
    months: tuple[tuple[str, Figures], ...]
    entities: Mapping[str, Compared]
    entities_of_year: Mapping[str, tuple[int, int]]
    offer: Offer

    @property
    def new_entities(self) -> Compared:
        """新增市场主体 of every kind."""
        numbers = zip(
            *((each.now, each.month_before, each.year_before) for each in self.entities.values()), strict=True
        )
        return _compared([sum(each) for each in numbers], self.over)

    @property
    def new_entities_of_year(self) -> Growth:
        """The same from January on."""
        now, before = (sum(each) for each in zip(*self.entities_of_year.values(), strict=True))
        return Growth(now, before, "year", self.over)


KINDS = (_text("企业"), _text("个体工商户"))
"""Market entities, as the catalogue's `registers` names them."""


async def summary(kept: Kept, store: Store, month: str, filters: Filters, told: Told, now: datetime) -> Summary:
    """What there is to say of a month. Raises Unavailable."""
    last_year, before = earlier(month, 12), earlier(month, 1)
    first = earlier(month, 12 + SHOWN - 1)
    by: By | None = None if told == "month" else told
    trend, table, entities, published = await asyncio.gather(
        kept.figures(filters, through(first, month), None, now),
        kept.figures(filters, (last_year, before, month), by, now) if by else _none(),
        kept.registered(filters, through(first, month), now),
        publications(store),
    )
    items = on_offer(published, end_of(month))
    shown = through(earlier(month, SHOWN - 1), month)
    kinds = sorted({kind for _, kind in entities} | set(KINDS), key=lambda kind: ((*KINDS, kind).index(kind), kind))
    months, over = (month, before, last_year), month < month_of(now)
    return Summary(
        month=month,
        at=now,
        over=over,
        filters=filters,
        told=told,
        whole=trend.at(month),
        accepted=_compared([trend.at(each).accepted for each in months], over),
        finished=_compared([trend.at(each).finished for each in months], over),
        year=(trend.over(year_to(month)), trend.over(year_to(last_year))),
        rows=_rows(table, month, over, _offers(filters.of_items(items), by))
        if by
        else _by_month(trend, shown, now, {end: filters.of_items(on_offer(published, end_of(end))) for end in shown}),
        months=tuple((each, trend.at(each)) for each in shown),
        entities={kind: _compared([entities.get((each, kind), 0) for each in months], over) for kind in kinds},
        entities_of_year={kind: (_sum(entities, kind, month), _sum(entities, kind, last_year)) for kind in kinds},
        offer=offer_of(filters.of_items(items)),
    )


async def _none() -> Table:
    return Table()


def _sum(entities: Mapping[tuple[str, str], int], kind: str, month: str) -> int:
    """Those of a kind from January up to a month."""
    return sum(entities.get((each, kind), 0) for each in year_to(month))


def _compared(numbers: Sequence[int], over: bool) -> Compared:
    now, month_before, year_before = numbers
    return Compared(now, month_before, year_before, over)


def _rows(table: Table, month: str, over: bool, offers: Mapping[str, Offer]) -> tuple[Row, ...]:
    """The groups in which anything happened this month, the most accepted first."""
    keys = {key for at, key in table.figures if at == month}
    rows = [_row(table, month, key, key, table.names.get(key, key), over, offers.get(key, Offer())) for key in keys]
    return tuple(sorted(rows, key=lambda row: (-row.figures.accepted, -row.figures.finished, row.key)))


def _offers(items: Sequence[Published], by: By) -> Mapping[str, Offer]:
    """The items of each line; every window takes all of them, so that none has its own."""
    held: dict[str, list[Published]] = defaultdict(list)
    for row in items if by != "window" else ():
        held[str(row[by])].append(row)
    return {key: offer_of(rows) for key, rows in held.items()}


def _by_month(
    trend: Table, shown: Sequence[str], now: datetime, items: Mapping[str, Sequence[Published]]
) -> tuple[Row, ...]:
    """The months, the newest first; `items`: on offer at the end of each."""
    this = month_of(now)
    return tuple(
        _row(trend, month, "", month, month, month < this, offer_of(items[month])) for month in reversed(shown)
    )


def _row(table: Table, month: str, group: str, key: str, name: str, over: bool, offer: Offer) -> Row:
    months = [table.at(each, group) for each in (month, earlier(month, 1), earlier(month, 12))]
    accepted, finished = ([getattr(each, what) for each in months] for what in ("accepted", "finished"))
    return Row(key, name, months[0], _compared(accepted, over), _compared(finished, over), offer)


def end_of(month: str) -> datetime:
    """The instant at which a month is over."""
    after = earlier(month, -1)
    return datetime.combine(datetime.strptime(after, "%Y-%m").date(), time(0), SHANGHAI)  # noqa: DTZ007


async def choices(store: Store, now: datetime) -> list[str]:
    """The months that can be looked at, the newest first: since the first case. Raises Unavailable."""
    this = month_of(now)
    return list(reversed(through(await first_month(store) or this, this))) or [this]
