"""What the pages call 监察信号: kinds, levels, types, grounds and results."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts.supervision import SignalCode, SignalOutcome
from shared.web.i18n import _text

CODES: Mapping[SignalCode, str] = {
    "second_list": _text("再次告知补正"),
    "no_reason": _text("不同意或者不予许可，没有说明理由"),
    "extra_condition": _text("在办事指南之外增加条件"),
    "extra_material": _text("要求提供办事指南之外的材料"),
    "not_told": _text("没有提供材料清单或者样本"),
    "asked_again": _text("同样的材料被要求多次提交"),
    "said_late": _text("评价说没有在期限内办结"),
    "sent_around": _text("多头跑、多次跑，或者承诺网办却不能"),
    "not_accepted": _text("应当受理而没有受理"),
    "charge": _text("收取目录以外的费用"),
    "other": _text("其他"),
}
LEVELS: Mapping[str, str] = {"warning": _text("预警"), "alarm": _text("报警"), "reminder": _text("提醒")}
TONES: Mapping[str, str] = {"warning": "yellow", "alarm": "red", "reminder": "waiting"}
CATEGORIES: Mapping[str, str] = {
    "time": _text("时效"),
    "procedure": _text("流程"),
    "content": _text("内容"),
    "charge": _text("收费"),
}
OUTCOMES: Mapping[SignalOutcome, str] = {
    "confirmed": _text("属实"),
    "explained": _text("不违反规定"),
    "mistaken": _text("不属实"),
}
GROUNDS: Mapping[SignalCode, str] = {
    "second_list": _text("行政许可法第三十二条第一款第四项、第七十二条"),
    "no_reason": _text("行政许可法第三十八条第二款、第七十二条"),
    "extra_condition": _text("行政许可法第十六条第四款、第七十四条；优化营商环境条例第三十五条"),
    "extra_material": _text("行政许可法第三十一条第一款；优化营商环境条例第四十四条"),
    "not_told": _text("行政许可法第三十条第一款、第七十二条"),
    "asked_again": _text("优化营商环境条例第三十七条；国务院令第716号第七条"),
    "said_late": _text("行政许可法第四十二条、第七十四条；优化营商环境条例第三十六条"),
    "sent_around": _text("行政许可法第二十六条；优化营商环境条例第三十六条"),
    "not_accepted": _text("行政许可法第三十二条第一款第五项、第七十二条"),
    "charge": _text("行政许可法第五十八条、第五十九条、第七十五条"),
    "other": _text("行政许可法第六十条、第六十一条"),
}
