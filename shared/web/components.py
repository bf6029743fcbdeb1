"""Made-up content for `/_components`: what each component shows in each of its states."""

from __future__ import annotations

from datetime import date

from shared.web.forms import Form
from shared.web.i18n import _

LIGHTS = ("green", "yellow", "red", "deep_red", "paused", "waiting", "done")
RUNNING = "cccctffy"
"""A rail: counted, today, free, due; see the macro `rail` for all letters."""
PAUSED, OVER, ENDED = "ccppptffy", "ccccccYoo", "nddnnn"
DAY = date(2026, 11, 23)
OPTIONS = (("post", "邮寄", "免费，2 到 3 天"), ("window", "到窗口取", "带身份证"))
SCALE = (("3xl · 38", "fz-3xl"), ("xl · 24", "fz-xl"), ("lg · 20", "fz-lg"), ("17", ""), ("15", "small"))


def mistaken(form: Form) -> Form:
    """A form with entries and mistakes."""
    form.values = {"phone": ("1380000000",), "shop": ("样例小馆",), "result": ("post",), "kind": ("company",)}
    form.errors = {
        "phone": _("手机号要 %(right)s 位，现在是 %(now)s 位", right=11, now=10),
        "contract": _("还没有上传租赁合同"),
    }
    return form
