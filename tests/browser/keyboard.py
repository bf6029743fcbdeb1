"""Walks a page by keyboard alone: everything is reached in order, is seen to be reached, and nothing holds on."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

_LOOK = """
  const near = e => [e, ...(e.closest('label')?.querySelectorAll('*') ?? []), e.closest('label'), e.parentElement]
    .filter(Boolean);
  const look = e => near(e).map(n => { const c = getComputedStyle(n);
    return [c.outlineStyle, c.outlineWidth, c.boxShadow, c.borderColor, c.backgroundColor].join(); }).join(';');
"""

_REACHABLE = (
    "() => {"
    + _LOOK
    + """
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  const seen = e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.tabIndex >= 0;
  const groups = new Map();
  const group = e => `${[...document.forms].indexOf(e.form)}/${e.name}`;
  const stops = [...document.querySelectorAll(kinds)].filter(seen).filter(e => e.type !== 'radio'
    || !groups.has(group(e)) && groups.set(group(e), e));
  window.__stops = new Map(stops.map((e, n) => [e, n]));  // not on the elements: a fresh part would lose it
  document.querySelectorAll('input[type=radio]').forEach(e => {
    __stops.set(e, __stops.get(groups.get(group(e))) ?? -1); });
  window.__looks = new Map([...__stops.keys()].map(e => [e, look(e)]));
  return stops.map(e => e.outerHTML.slice(0, 120));
}"""
)
"""Numbers everything that Tab should reach, a group of radio buttons once, and keeps how it looks at rest."""

_FOCUSED = (
    "() => {"
    + _LOOK
    + """
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const r = (e.closest('label') ?? e).getBoundingClientRect();
  return {stop: __stops.get(e) ?? -1, html: e.outerHTML.slice(0, 120),
    marked: look(e) !== window.__looks.get(e) || e.matches('.is-focus'), inside: r.bottom > 0 && r.top < innerHeight};
}"""
)


PARTS = 4
"""Stops within one box at most."""


def walk(page: Page, limit: int = 400) -> list[str]:
    """Tab through the whole page; returns what is wrong: not reached, out of order, not marked, out of sight, held."""
    page.evaluate("() => { document.activeElement?.blur(); window.getSelection()?.removeAllRanges(); scrollTo(0, 0); }")
    stops: list[str] = page.evaluate(_REACHABLE)
    wrong, order, inside = [], [], 0
    for _ in range(min(limit, 2 * len(stops) + 5)):
        page.keyboard.press("Tab")
        at: dict[str, Any] | None = page.evaluate(_FOCUSED)
        if at is None:
            break
        if at["stop"] < 0:
            continue  # it came meanwhile: parts of a page keep themselves fresh
        if order and at["stop"] == order[-1]:
            inside += 1  # a date has a stop for each of its parts, and one for its calendar
            if inside > PARTS:
                wrong.append(f"held at {at['html']}")
                break
            continue
        inside = 0
        if at["stop"] in order:
            break  # round
        wrong += _seen(at)
        order.append(at["stop"])
    wrong += [f"never reached: {stops[n]}" for n in range(min(len(stops), limit)) if n not in order]
    if order != sorted(order):
        wrong.append(f"out of order: {order}")
    return wrong


def _seen(at: dict[str, Any]) -> list[str]:
    wrong = [] if at["marked"] else [f"focus is not marked: {at['html']}"]
    return wrong if at["inside"] else [*wrong, f"focus is out of sight: {at['html']}"]


def go_to(page: Page, target: Locator, limit: int = 200) -> None:
    """Tab until `target` has the focus; AssertionError when it is never reached."""
    handle = target.element_handle()
    for _ in range(limit):
        if handle.evaluate("e => document.activeElement === e"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by Tab on {page.url}")
