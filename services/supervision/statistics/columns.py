"""The columns of statistics as one table: what each is called, what it shows, and how that is computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.supervision.statistics.figures import NOTHING, Figures, Ratio
from services.supervision.statistics.summary import Compared, Row
from shared.web.i18n import _, _text


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Exactly one of `volume`, `number`, `ratio` and `words` says what it shows; `told` how it comes
    about."""

    key: str
    name: str
    told: str
    volume: Callable[[Row], Compared] | None = None
    number: Callable[[Row], int] | None = None
    ratio: Callable[[Row], Ratio] | None = None
    words: Callable[[Figures], str] | None = None
    parts: tuple[tuple[str, Callable[[Figures], object]], ...] = ()
    """Of words: the numbers in them, each with its head, for a table to take away."""

    def shown(self, row: Row) -> str:
        """What stands in the cell."""
        if self.words:
            return self.words(row.figures)
        return str(self.cells(row)[0])

    def below(self, row: Row) -> str:
        """What stands small below it: the growth of a volume, the numerator and denominator of a ratio."""
        if self.ratio:
            ratio = self.ratio(row)
            return f"{ratio.part}/{ratio.whole}" if ratio.whole else ""
        return self.volume(row).by_year.brief if self.volume else ""

    @property
    def heads(self) -> tuple[str, ...]:
        """The heads in a table to take away, to be translated."""
        if self.ratio:
            return (self.name, _text("分子"), _text("分母"))
        if self.volume:
            return (self.name, _text("上月"), _text("环比"), _text("上年同月"), _text("同比"))
        return tuple(head for head, _number in self.parts) or (self.name,)

    def cells(self, row: Row) -> tuple[object, ...]:
        """The cells in a table to take away."""
        if self.ratio:
            ratio = self.ratio(row)
            return (ratio.percent, ratio.part, ratio.whole)
        if self.volume:
            volume = self.volume(row)
            month, year = volume.by_month, volume.by_year
            return (volume.now, volume.month_before, month.percent, volume.year_before, year.percent)
        return (self.number(row),) if self.number else tuple(number(row.figures) for _head, number in self.parts)


COLUMNS = (
    Column(
        "accepted",
        _text("受理"),
        _text("当月受理的办件，一份申请有几项就算几件。"),
        volume=lambda row: row.accepted,
    ),
    Column(
        "finished",
        _text("办结"),
        _text("当月作出准予或者不予决定的办件。撤回和终止的不算办结。"),
        volume=lambda row: row.finished,
    ),
    Column(
        "on_time",
        _text("按时办结率"),
        _text("承诺期限内办结的 ÷（办结的 + 期末已超承诺期限还没有办结的）。"),
        ratio=lambda row: row.figures.on_time,
    ),
    Column(
        "overdue",
        _text("超期未办结"),
        _text("月末（本月是现在）已超承诺期限、还没有办结的办件，也在按时办结率的分母里。"),
        number=lambda row: row.figures.overdue,
    ),
    Column(
        "same_day",
        _text("当日办结率"),
        _text("受理当天就办结的 ÷ 办结的。"),
        ratio=lambda row: row.figures.at_once,
    ),
    Column(
        "speed_up",
        _text("提速率"),
        _text("（Σ法定天数 − Σ实际天数）÷ Σ法定天数，只算当月办结、法律规定了期限的办件；暂停的天数不算实际天数。"),
        ratio=lambda row: row.figures.speed_up,
    ),
    Column(
        "compression",
        _text("时限压缩比"),
        _text("（Σ法定天数 − Σ承诺天数）÷ Σ法定天数，只算当月受理、法律规定了期限的办件。"),
        ratio=lambda row: row.figures.compression,
    ),
    Column(
        "online",
        _text("网上占比"),
        _text("网上提交的 ÷ 当月受理的。"),
        ratio=lambda row: row.figures.online_share,
    ),
    Column(
        "immediate",
        _text("即办件率"),
        _text("即办件 ÷ 月末（本月是现在）已经公布的事项，不论办件多少。每个窗口都受理全部事项，所以不按窗口算。"),
        ratio=lambda row: row.offer.immediate,
    ),
    Column(
        "once",
        _text("最多跑一次率"),
        _text("到现场不超过一次的事项 ÷ 月末（本月是现在）已经公布的事项，同样不按窗口算。"),
        ratio=lambda row: row.offer.once,
    ),
    Column(
        "mean",
        _text("平均用时"),
        _text("当月办结的办件，从受理的第二天数到办结那天，暂停的天数不算。"),
        words=lambda figures: mean_words(figures),
        parts=(
            (_text("平均用时"), lambda figures: figures.mean[0]),
            (_text("天数单位"), lambda figures: _("工作日") if figures.mean[1] == "working_days" else _("自然日")),
        ),
    ),
    Column(
        "paused",
        _text("暂停和补正"),
        _text("当月办结的办件依行政许可法第四十五条暂停的工作日，和当月受理的办件等待补正的工作日。"),
        words=lambda figures: paused_words(figures),
        parts=(
            (_text("暂停的工作日"), lambda figures: figures.paused),
            (_text("等待补正的工作日"), lambda figures: figures.waited),
        ),
    ),
)


def mean_words(figures: Figures) -> str:
    """`2.5 个工作日`."""
    number, unit = figures.mean
    if number == NOTHING:
        return NOTHING
    return _("%(days)s 个工作日", days=number) if unit == "working_days" else _("%(days)s 天", days=number)


def paused_words(figures: Figures) -> str:
    """`暂停 3，补正 2`; NOTHING where there was neither."""
    if not figures.paused and not figures.waited:
        return NOTHING
    return _("暂停 %(paused)s，补正 %(waited)s", paused=figures.paused, waited=figures.waited)
