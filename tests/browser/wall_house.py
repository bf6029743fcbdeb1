"""Supervision on memory behind a real port, under a clock that the test moves, and halls that never were."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from services.supervision.app import create_app
from services.supervision.model import LIGHTS, Supervised
from services.supervision.store import Shown
from services.supervision.views import Numbers, Today
from services.supervision.wall.hours import Counts, Day
from services.supervision.wall.satisfaction import Satisfaction
from services.supervision.wall.snapshot import Listed, Reached, Snapshot
from shared.clock import MovableClock, shanghai
from shared.contracts.envelope import Event, encode
from tests.browser.small_house import SmallHouse
from tests.unit.supervision.sample import TOPIC_OF, accepted, at, source_of, story, submitted

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NOW = at("03-19 10:32")
"""A Thursday."""


class WallHouse(SmallHouse):
    """Supervision alone; what the other services say is put on the topics by the test."""

    mounted = "supervision"

    def __init__(self, data: Path) -> None:
        self.clock = MovableClock(NOW)
        self._numbers: dict[str, int] = {}
        super().__init__(data)

    def _service(self) -> Any:
        return create_app(self._settings, self.clock, self.hall.backing("supervision"))

    def hear(self, *events: Event) -> None:
        """The other services say these, now by the house's clock."""
        for event in events:
            source = source_of(event)
            number = self._numbers[source] = self._numbers.get(source, 0) + 1
            said = encode(
                event, topic=TOPIC_OF[type(event)], source=source, seq=number, at=self.clock(), cause="c",
                traceparent=TRACE,
            )  # fmt: skip
            self.hall.bus.append(said.topic, said.key, said.value, said.headers)
        asyncio.run_coroutine_threadsafe(self.hall.pump(), self._loop).result(20)

    @property
    def open_cases(self) -> int:
        """How many cases are open."""
        store = self.hall.backing("supervision").documents
        assert store is not None
        return sum(row["lights"].count(":") for row in store.index.values() if row.get("open"))

    def arrive(self, number: str) -> None:
        """An application comes in and is accepted."""
        now = self.clock()
        self.hear(submitted(now, "scjg", application=number), accepted(now, f"{number}-01", days=(5, 20)))


NAMES = (
    "住房和城乡建设局", "市场监督管理局", "自然资源局", "城市管理局", "人力资源和社会保障局", "公安局", "卫生健康局",
    "消防救援大队", "医疗保障局", "烟草专卖局", "税务局", "交通运输局", "住房公积金管理中心", "民政局", "教育和体育局",
    "行政审批服务局",
)  # fmt: skip
LONG = "城镇污水排入排水管网许可证核发（含特殊时段临时排放及施工降水排放）变更、延续与补证"
ITEMS = ("建筑工程施工许可证核发", LONG, "不动产转移登记", "食品经营许可（新办）", "户外招牌设施设置", "取水许可")


def overdue(n: int, name: str, department: str, filed: str, days: tuple[int, int]) -> Supervised:
    """An application whose clock has run until NOW."""
    number = f"{n:012d}X"
    state = story(
        submitted(at(filed), "scjg", application=number), accepted(at(filed), f"{number}-01", days=days), NOW
    ).state
    case = state.cases[0].model_copy(update={"name": name})
    return state.with_case(case).model_copy(update={"matter_name": name, "department_names": {"scjg": department}})


def posed(
    rows: Mapping[str, Sequence[int]],
    *,
    lists: bool = True,
    scale: float = 1.0,
    ratings: Sequence[int] = (910, 241, 29, 18, 8),
) -> Snapshot:
    """A hall as it might be. `rows`: department → open cases in the order of LIGHTS; `scale`: of what a day brings."""
    by_department = {f"d{n:03d}": dict(zip(LIGHTS, row, strict=True)) for n, row in enumerate(rows.values())}
    everyone = {light: sum(row[light] for row in by_department.values()) for light in LIGHTS}
    days = [_day(NOW - timedelta(days=20 - n), scale * (0.8 + 0.4 * ((n * 7) % 11) / 10)) for n in range(20)]
    today = _day(NOW, scale, until=shanghai(NOW).hour)
    states = [
        overdue(n, item, NAMES[n % len(NAMES)], filed, days)
        for n, (item, filed, days) in enumerate(
            zip(ITEMS, ("02-02 09:00", "03-02 09:00", "03-04 09:00", "03-05 09:00", "03-06 09:00", "03-09 09:00"),
                ((10, 20), (9, 20), (8, 20), (8, 20), (7, 20), (7, 20)), strict=True)
        )
    ]  # fmt: skip
    soon = [overdue(n + 10, item, NAMES[n], "03-16 09:00", (3, 20)) for n, item in enumerate(ITEMS[1:4])]
    total = today.total
    return Snapshot(
        numbers=Numbers(
            at=NOW,
            open_cases=sum(everyone.values()),
            open_by_light=everyone,
            today=Today(day=shanghai(NOW).date(), **total._asdict()),
        ),
        shown=Shown(everyone, by_department),
        names=dict(zip(by_department, rows, strict=True)),
        days=tuple(days),
        today=today,
        satisfaction=Satisfaction(dict(zip((5, 4, 3, 2, 1), ratings, strict=True)), min(35, sum(ratings)), ratings[4]),
        listed=Listed(tuple(states), tuple(soon)) if lists else Listed((), ()),
        news=tuple(_news(states)) if lists else (),
    )


def _news(states: Iterable[Supervised]) -> Iterable[Reached]:
    kinds = ("accepted", "submitted", "overdue", "accepted")
    for n, (kind, state) in enumerate(zip(kinds, states, strict=False)):
        subject = state.application if kind == "submitted" else state.cases[0].case
        yield Reached(NOW - timedelta(minutes=n * 3), kind, subject, state)


SHAPE = (0, 0, 0, 0, 0, 0, 0, 1, 9, 14, 12, 7, 2, 5, 11, 12, 8, 4, 1, 1, 0, 0, 0, 0)


def _day(day: datetime, scale: float, until: int = 24) -> Day:
    hours = [round(each * scale * 1.3) if hour <= until else 0 for hour, each in enumerate(SHAPE)]
    return Day(
        shanghai(day).date(),
        tuple(Counts(each, round(each * 0.8), round(each * (0.7 + 0.06 * (n % 9)))) for n, each in enumerate(hours)),
    )


ORDINARY = dict(
    zip(
        NAMES,
        (
            (21, 4, 3, 2, 1), (86, 3, 6, 1, 0), (41, 2, 5, 1, 0), (17, 0, 1, 1, 0), (58, 0, 4, 0, 0), (64, 0, 2, 0, 0),
            (19, 1, 2, 0, 0), (14, 2, 2, 0, 0), (37, 0, 1, 0, 0), (7, 0, 1, 0, 0), (33, 0, 0, 0, 0), (12, 1, 0, 0, 0),
            (12, 0, 0, 0, 0), (9, 0, 0, 0, 0), (5, 0, 0, 0, 0), (4, 0, 0, 0, 0),
        ),
        strict=True,
    )
)  # fmt: skip
AFTER = "（自由贸易试验区综合行政审批与公共资源交易服务中心）"
HALLS: Mapping[str, Snapshot] = {
    "ordinary": posed(ORDINARY),
    "empty": posed({}, lists=False, scale=0, ratings=(0, 0, 0, 0, 0)),
    "one": posed({"市场监督管理局": (3, 0, 1, 1, 0)}, scale=0.1, ratings=(0, 0, 0, 0, 1)),
    "forty": posed({f"{NAMES[n % 16]}{n // 16 + 1}分局": (90 - n, n % 4, n % 5, n % 3, n % 2) for n in range(40)}),
    "long": posed({f"{name}{AFTER}": row for name, row in ORDINARY.items()}),
    "many": posed({name: tuple(each * 210 for each in row) for name, row in ORDINARY.items()}, scale=190,
                  ratings=(91_000, 24_100, 2_900, 1_800, 800)),
}  # fmt: skip
"""Halls that the wall must look right in; `many` has more than 100,000 open cases."""
