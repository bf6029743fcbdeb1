"""The picture of the five services in the README, drawn from the topics table, so that it cannot grow old."""

from __future__ import annotations

import re

from shared.contracts.topics import SERVICES, TOPICS, Topic

START, END = "<!-- topics:start -->", "<!-- topics:end -->"
TITLES = {
    "intake": "综合受理",
    "approval": "分类审批",
    "licensing": "统一出件",
    "supervision": "倒计时监管",
    "ratings": "好差评",
}
_BETWEEN = re.compile(f"(?<={re.escape(START)}\n).*?(?={re.escape(END)})", re.DOTALL)


class NoPlace(Exception):
    """The page lacks the two marks between which the picture stands."""


def mermaid() -> str:
    """A flow chart: who says what on which topic (thick arrows), and who hears it (thin ones)."""
    boxes = [f'  {name}["{TITLES[name]}<br/>{name}"]' for name in SERVICES]
    rounds = [f'  {_node(row)}(["{_label(row)}"])' for row in TOPICS]
    says = [f"  {_owner(row)} ==> {_node(row)}" for row in TOPICS]
    hears = [f"  {_node(row)} --> {' & '.join(row.consumers)}" for row in TOPICS if row.consumers]
    outside = '  departments[/"部门自有系统<br/>departments"/]'
    return "\n".join(("flowchart LR", *boxes, outside, *rounds, *says, *hears)) + "\n"


def drawn_into(page: str) -> str:
    """The page with the picture between its marks; raises NoPlace."""
    if not _BETWEEN.search(page):
        raise NoPlace(f"add the two lines {START} and {END} where the picture shall stand")
    return _BETWEEN.sub(lambda _: f"```mermaid\n{mermaid()}```\n", page, count=1)


def _owner(row: Topic) -> str:
    return "departments" if row.foreign else row.owner


def _node(row: Topic) -> str:
    return f"topic_{row.name.split('.')[1]}"


def _label(row: Topic) -> str:
    return row.name.replace("<", "‹").replace(">", "›")
