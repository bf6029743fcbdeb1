"""Growth as a report prints it: 同比 against the same time of last year, 环比 against the month before."""

from __future__ import annotations

from typing import Literal, NamedTuple

from services.supervision.statistics.figures import NOTHING, Ratio, tenth
from shared.web.i18n import _, _text

Against = Literal["year", "month"]


WORDS: dict[Against, dict[str, str]] = {
    "year": {
        "up": _text("同比增长 %(percent)s"),
        "down": _text("同比下降 %(percent)s"),
        "hardly_up": _text("同比增长不足 0.1%"),
        "hardly_down": _text("同比下降不足 0.1%"),
        "same": _text("与上年同期持平"),
        "from_nothing": _text("上年同期为 0，不计算增幅"),
    },
    "month": {
        "up": _text("环比增长 %(percent)s"),
        "down": _text("环比下降 %(percent)s"),
        "hardly_up": _text("环比增长不足 0.1%"),
        "hardly_down": _text("环比下降不足 0.1%"),
        "same": _text("与上月持平"),
        "from_nothing": _text("上月为 0，不计算增幅"),
    },
}


BRIEF: dict[Against, tuple[str, str]] = {
    "year": (_text("同比 %(percent)s"), _text("上年为 0")),
    "month": (_text("环比 %(percent)s"), _text("上月为 0")),
}
"""The same for the cell of a table; and for what was 0."""


class Growth(NamedTuple):
    """A number now and before. A growth from 0 is none: it has no percentage. Neither has what is not `over`: some days
    are not held against a whole month."""

    now: int
    before: int
    against: Against
    over: bool = True

    @property
    def ratio(self) -> Ratio:
        """(now − before) / before."""
        return Ratio(self.now - self.before, self.before)

    @property
    def way(self) -> str:
        """`up`, `down`, `same` or `from_nothing`; `hardly_` before a change that a tenth of a percent does not show."""
        if self.before == 0:
            return "from_nothing"
        if self.now == self.before:
            return "same"
        return f"{'' if self.ratio.tenths else 'hardly_'}{'up' if self.now > self.before else 'down'}"

    @property
    def percent(self) -> str:
        """`+12.3%`, or NOTHING."""
        return (
            f"{'+' if self.now > self.before > 0 and self.over else ''}{self.ratio.percent if self.over else NOTHING}"
        )

    @property
    def words(self) -> str:
        """`同比增长 12.3%`."""
        if not self.over:
            return _("本月还没有结束，月末再比")
        text = WORDS[self.against][self.way]
        if self.way in ("up", "down"):
            return _(text, percent=f"{tenth(abs(self.ratio.tenths or 0))}%")
        return _(text)

    @property
    def brief(self) -> str:
        """The same for a cell of a table: `同比 +12.3%`; nothing where it is not over."""
        if not self.over:
            return ""
        told, from_nothing = BRIEF[self.against]
        return _(told, percent=self.percent) if self.before else _(from_nothing)
