"""How pages say where an application, a case and a material stand, each with its light; and what was corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.intake.model import ApplicationStatus, CaseStatus
from shared.web.i18n import _, _text

Light = tuple[str, str]
"""The name of a light, and the words beside it."""


_APPLICATION: Mapping[ApplicationStatus, Light] = {
    "submitted": ("waiting", _text("待受理")),
    "supplement_requested": ("yellow", _text("请您补正")),
    "accepted": ("green", _text("办理中")),
    "ended": ("done", _text("已办结")),
}
_CASE: Mapping[CaseStatus, Light] = {
    "submitted": ("waiting", _text("待受理")),
    "supplement_requested": ("yellow", _text("等补正")),
    "accepted": ("green", _text("办理中")),
    "waiting": ("waiting", _text("等前一项办成")),
    "ready": ("green", _text("办理中")),
    "approved": ("green", _text("已准予，正在出件")),
    "issued": ("done", _text("已办结")),
    "refused": ("waiting", _text("不予办理")),
    "withdrawn": ("waiting", _text("已撤回")),
    "closed": ("waiting", _text("已终止")),
    "not_required": ("waiting", _text("不用办，不受理")),
    "referred": ("waiting", _text("不归这里管，不予受理")),
}
_MATERIAL: Mapping[str, str] = {
    "handed_in": _text("已交"),
    "licence": _text("出示电子证照"),
    "pledged": _text("书面告知承诺"),
    "paper": _text("窗口已收纸质原件"),
    "later": _text("不用交，前一项办成后用它的电子证照"),
    "fetched": _text("不用交，系统调取"),
}
_FIELDS: Mapping[str, str] = {
    "applicant.name": _text("申请人的姓名或名称"),
    "applicant.code": _text("申请人的号码"),
    "applicant.phone": _text("申请人的联系电话"),
    "agent.name": _text("经办人的姓名"),
    "agent.code": _text("经办人的号码"),
    "agent.phone": _text("经办人的联系电话"),
}


def application_light(status: ApplicationStatus, *, own: bool = True, cases: Iterable[CaseStatus] = ()) -> Light:
    """Where an application stands, for its owner or for those who wait for them; what ended in one way throughout is
    called what its `cases` are."""
    ways = set(cases)
    if status == "ended" and len(ways) == 1:
        return case_light(ways.pop())
    name, text = _APPLICATION[status]
    return name, _("等申请人补正") if status == "supplement_requested" and not own else _(text)


def case_light(status: CaseStatus) -> Light:
    """Where a case stands."""
    name, text = _CASE[status]
    return name, _(text)


def material_words(state: str) -> str:
    """How a material came, or why it need not."""
    return _(_MATERIAL[state])


def field_words(field: str) -> str:
    """What was corrected."""
    return _(_FIELDS.get(field, field))
