"""The eight procedures of 行政许可法 Art. 45 as pages and messages call them; three services speak of them."""

from __future__ import annotations

from collections.abc import Mapping

from shared.web.i18n import _text

PROCEDURES: Mapping[str, str] = {
    "hearing": _text("听证"),
    "bidding": _text("招标"),
    "auction": _text("拍卖"),
    "inspection": _text("检验"),
    "testing": _text("检测"),
    "quarantine": _text("检疫"),
    "appraisal": _text("鉴定"),
    "expert_review": _text("专家评审"),
}
"""By `ExcludedProcedure`, in the order of the law; a word is translated when it is shown."""
