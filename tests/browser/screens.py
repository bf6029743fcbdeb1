"""What is seen: pictures of whole pages, kept as artefacts of the run, and whether a page fits its width."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.chromium import KEPT

SHOTS = KEPT / "shots"
PHONE, DESKTOP = (360, 740), (1440, 900)

_ASKED = """() => !document.querySelector('.htmx-request')
  && performance.getEntriesByType('resource').some(each => each.initiatorType === 'fetch')"""

_WIDER = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const scrolls = e => { for (let p = e.parentElement; p; p = p.parentElement)
    if (getComputedStyle(p).overflowX !== 'visible') return true; return false; };
  const said = e => e.outerHTML.slice(0, 110);
  const over = e => e.getBoundingClientRect().right > wide + 0.5 && !scrolls(e);
  const out = [...document.body.querySelectorAll('*')].filter(over);
  return [`${document.documentElement.scrollWidth} px wide instead of ${wide}`, ...out.slice(0, 5).map(said)];
}"""

_SMALL = """least => {
  const seen = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const running = e => e.tagName === 'A' && getComputedStyle(e).display === 'inline'
    && e.closest('p, li, dd, td, figcaption, small, span') && e.parentElement.innerText.trim() !== e.innerText.trim();
  const boxed = e => { const a = e.getBoundingClientRect(); const l = e.closest('label') || e.labels?.[0];
    const b = l ? l.getBoundingClientRect() : a; return [Math.max(a.width, b.width), Math.max(a.height, b.height)]; };
  const said = (e, [w, h]) => `${e.outerHTML.slice(0, 110)} (${Math.round(w)} × ${Math.round(h)})`;
  return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(e => seen(e) && !running(e) && !e.matches('.skip, .vh, [aria-hidden=true]'))
    .map(e => [e, boxed(e)]).filter(([, [, h]]) => h > 0 && h + 0.5 < least).map(([e, box]) => said(e, box));
}"""


def settle(page: Page) -> None:
    """Waits for the parts of a page that it asks for by itself when it has loaded."""
    if page.locator("[hx-trigger=load]").count():
        page.wait_for_function(_ASKED)


def keep(page: Page, name: str) -> Path:
    """A picture of the whole page as `<name>.png` among the artefacts."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path


def too_wide(page: Page) -> list[str]:
    """What makes a page scroll sideways; empty when it fits."""
    found: list[str] = page.evaluate(_WIDER)
    return found


def too_small(page: Page, least: int) -> list[str]:
    """Targets lower than `least` px; links in running text are as high as their line (WCAG 2.5.8 lets them)."""
    found: list[str] = page.evaluate(_SMALL, least)
    return found
