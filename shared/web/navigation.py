"""The ways through the hall: who sees which links at the top of every page. One table, in order."""

from __future__ import annotations

from typing import NamedTuple

from shared.identity import Person
from shared.permissions import Role
from shared.web.i18n import _, _text


class Way(NamedTuple):
    """One link: its key (which a page names as `current`), its words, and the page it leads to."""

    key: str
    text: str
    service: str
    path: str


_PUBLIC = (
    Way("matters", _text("办事"), "intake", "/"),
    Way("progress", _text("查进度"), "intake", "/look-up"),
    Way("check", _text("查证照"), "licensing", "/check"),
    Way("ratings", _text("好差评"), "ratings", "/"),
    Way("mine", _text("我的"), "intake", "/mine"),
)
_STAFF: dict[Role, tuple[str, tuple[Way, ...]]] = {
    Role.CLERK: (
        _text("综合窗口"),
        (
            Way("desk", _text("收件"), "intake", "/desk"),
            Way("new", _text("代为申请"), "intake", "/desk/new"),
            Way("handout", _text("出件"), "licensing", "/desk"),
            Way("lights", _text("在办件"), "supervision", "/desk"),
        ),
    ),
    Role.OFFICER: (
        _text("部门审批"),
        (
            Way("tasks", _text("我的任务"), "approval", "/desk"),
            Way("lights", _text("本部门在办件"), "supervision", "/desk"),
        ),
    ),
    Role.DEPARTMENT_HEAD: (
        _text("部门审批"),
        (
            Way("tasks", _text("本部门任务"), "approval", "/desk"),
            Way("lights", _text("本部门在办件"), "supervision", "/desk"),
            Way("statistics", _text("统计"), "supervision", "/statistics"),
            Way("ratings", _text("好差评"), "ratings", "/"),
        ),
    ),
    Role.SUPERVISOR: (
        _text("倒计时监管"),
        (
            Way("wall", _text("大屏"), "supervision", "/wall"),
            Way("lights", _text("在办件"), "supervision", "/desk"),
            Way("statistics", _text("统计"), "supervision", "/statistics"),
            Way("calendar", _text("日历"), "supervision", "/calendar"),
            Way("ratings", _text("好差评"), "ratings", "/"),
        ),
    ),
    Role.ADMINISTRATOR: (
        _text("系统管理"),
        (
            Way("ops", _text("停放的申请"), "intake", "/ops"),
            Way("catalogue", _text("事项目录"), "intake", "/catalogue"),
            Way("calendar", _text("日历"), "supervision", "/calendar"),
            Way("system", _text("系统"), "hall", "/system"),
        ),
    ),
}


def ways(asker: Person | None) -> tuple[str, tuple[Way, ...]]:
    """What the masthead says beneath the name of the hall, and its links: those of the first staff role, or everyone's.

    The words are in the reader's language; the first is empty for the public.
    """
    for role, (where, found) in _STAFF.items():
        if asker and role in asker.roles:
            return _(where), tuple(way._replace(text=_(way.text)) for way in found)
    return "", tuple(way._replace(text=_(way.text)) for way in _PUBLIC)


def home_of(asker: Person) -> Way:
    """Where somebody who has signed in begins."""
    where, found = ways(asker)
    return found[0] if where else found[-1]
