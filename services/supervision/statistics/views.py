"""What `GET /statistics` answers: every figure with its numerator and denominator."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from services.supervision.statistics.figures import Figures, Offer, Ratio
from services.supervision.statistics.summary import Compared, Row, Summary, Told


class RatioView(BaseModel):
    """部分与全部；全部为 0 时没有百分比。"""

    part: int
    whole: int
    percent: float | None = Field(description="保留一位小数；分母为 0 时没有")


class GrowthView(BaseModel):
    """一个数与上月、上年同月。"""

    now: int
    month_before: int
    year_before: int
    by_month: str = Field(description="环比，按报告的写法")
    by_year: str = Field(description="同比，按报告的写法")


class FiguresView(BaseModel):
    """一组办件的各项指标。"""

    accepted: int = Field(description="受理量：当月受理的办件")
    finished: int = Field(description="办结量：当月作出准予或不予决定的办件")
    approved: int
    dropped: int = Field(description="当月撤回或终止的办件，不计入办结")
    overdue: int = Field(description="期末超过承诺期限还没有办结的办件")
    on_time: RatioView = Field(description="按时办结率：承诺期限内办结 /（办结 + 期末超期未办结）")
    in_law: RatioView = Field(description="法定期限内办结率：只算法律规定了期限的办结件")
    same_day: RatioView = Field(description="当日办结率：受理当天办结 / 办结")
    online: RatioView = Field(description="网上申请占比")
    compression: RatioView = Field(description="时限压缩比：(Σ法定 − Σ承诺) / Σ法定，按当月受理的办件")
    speed_up: RatioView = Field(description="提速率：(Σ法定 − Σ实际) / Σ法定，按当月办结的办件")
    mean_days: str = Field(description="平均用时")
    mean_unit: str
    paused_days: int = Field(description="当月办结的办件暂停的工作日（行政许可法第四十五条）")
    waited_days: int = Field(description="当月受理的办件等待补正的工作日")


class OfferView(BaseModel):
    """在办事项：一个事项算一个，不论办件多少。"""

    items: int
    immediate: RatioView = Field(description="即办件率")
    once: RatioView = Field(description="最多跑一次率")
    compression: RatioView = Field(description="时限压缩比，按事项")


class RowView(BaseModel):
    """表中的一行。"""

    key: str
    name: str
    accepted: GrowthView
    finished: GrowthView
    figures: FiguresView
    offer: OfferView


class StatisticsView(BaseModel):
    """一个月的统计。"""

    month: str
    at: datetime = Field(description="截至")
    over: bool = Field(description="这个月是否已经结束")
    department: str
    item: str
    window: str
    by: Told
    accepted: GrowthView
    finished: GrowthView
    figures: FiguresView
    year: FiguresView = Field(description="本年累计")
    entities: dict[str, GrowthView] = Field(description="新增市场主体，按类别")
    offer: OfferView
    rows: list[RowView]
    months: dict[str, FiguresView] = Field(description="近 13 个月")


def statistics_view(summary: Summary) -> StatisticsView:
    """A summary as programs get it."""
    return StatisticsView(
        month=summary.month,
        at=summary.at,
        over=summary.over,
        department=summary.filters.department,
        item=summary.filters.item,
        window=summary.filters.window,
        by=summary.told,
        accepted=growth_view(summary.accepted),
        finished=growth_view(summary.finished),
        figures=figures_view(summary.whole),
        year=figures_view(summary.year[0]),
        entities={kind: growth_view(each) for kind, each in summary.entities.items()},
        offer=_offer(summary.offer),
        rows=[_row(row) for row in summary.rows],
        months={month: figures_view(figures) for month, figures in summary.months},
    )


def growth_view(compared: Compared) -> GrowthView:
    """A number with its growth in words."""
    return GrowthView(
        now=compared.now,
        month_before=compared.month_before,
        year_before=compared.year_before,
        by_month=compared.by_month.words,
        by_year=compared.by_year.words,
    )


def figures_view(figures: Figures) -> FiguresView:
    """The figures of one group."""
    mean, unit = figures.mean
    return FiguresView(
        accepted=figures.accepted,
        finished=figures.finished,
        approved=figures.approved,
        dropped=figures.dropped,
        overdue=figures.overdue,
        on_time=_ratio(figures.on_time),
        in_law=_ratio(figures.in_law),
        same_day=_ratio(figures.at_once),
        online=_ratio(figures.online_share),
        compression=_ratio(figures.compression),
        speed_up=_ratio(figures.speed_up),
        mean_days=mean,
        mean_unit=unit,
        paused_days=figures.paused,
        waited_days=figures.waited,
    )


def _ratio(ratio: Ratio) -> RatioView:
    return RatioView(part=ratio.part, whole=ratio.whole, percent=None if ratio.tenths is None else ratio.tenths / 10)


def _offer(offer: Offer) -> OfferView:
    return OfferView(
        items=offer.items,
        immediate=_ratio(offer.immediate),
        once=_ratio(offer.once),
        compression=_ratio(offer.compression),
    )


def _row(row: Row) -> RowView:
    return RowView(
        key=row.key,
        name=row.name,
        accepted=growth_view(row.accepted),
        finished=growth_view(row.finished),
        figures=figures_view(row.figures),
        offer=_offer(row.offer),
    )
