"""Asks axe-core about a page; what is serious or critical is told by rule, place and cause."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).with_name("axe") / "axe.min.js"
GRAVE = frozenset({"serious", "critical"})
_ASK = "only => axe.run(document, {resultTypes: ['violations'], ...only}).then(found => found.violations)"


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


def findings(page: Page, *rules: str) -> list[str]:
    """One line for each place of each serious or critical rule: `rule (impact) selector: what is wrong | snippet`.

    `rules`: these alone. axe comes through the debugger, not as a script of the page: its security policy stays.
    """
    page.evaluate(_axe())
    violations: list[dict[str, Any]] = page.evaluate(_ASK, {"runOnly": list(rules)} if rules else {})
    return [
        f"{rule['id']} ({rule['impact']}) {' '.join(map(str, node['target']))}: {_why(node)} | {node['html'][:160]}"
        for rule in violations
        if rule["impact"] in GRAVE
        for node in rule["nodes"]
    ]


def _why(node: dict[str, Any]) -> str:
    found = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return "; ".join(found)[:240]
