"""What judges pages can tell: each finds what is wrong with a page that is wrong on purpose."""

from collections.abc import Callable

import pytest

from tests.browser import accessibility, keyboard, screens
from tests.browser.screens import PHONE
from tests.browser.visits import Look, Visit, Visitors

GOOD = '<html lang="zh"><title>a</title><main><h1>a</h1><a href="#b" style="display:block;padding:20px">b</a></main>'
HOLDING = """<button id="a" onkeydown="event.preventDefault()">a</button><a href="#b">b</a>"""
WRONG = {
    "too wide": (screens.too_wide, '<div style="width:500px">a</div>'),
    "too small": (lambda page: screens.too_small(page, 44), "<button>a</button>"),
    "pale": (accessibility.findings, '<p style="color:#ccc;background:#fff">pale words</p>'),
    "nameless": (accessibility.findings, '<img src="data:,">'),
    "unmarked": (keyboard.walk, '<button style="outline:none;padding:20px">a</button>'),
    "out of order": (keyboard.walk, '<a href="#a">a</a><a href="#b" tabindex="1">b</a>'),
    "held": (keyboard.walk, HOLDING),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_found(visitor: Callable[..., Visit], what: str) -> None:
    judge, content = WRONG[what]
    page = visitor(None, Look(PHONE)).page
    page.set_content(GOOD)
    assert judge(page) == []
    page.set_content(GOOD.replace("</main>", content + "</main>"))
    assert judge(page) != []


def test_a_window_that_complains_fails_its_test(visitors: Visitors) -> None:
    visit = visitors.enter()
    visit.open("/licensing/check")
    visit.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = '1'; document.body.append(s); }"
    )
    visit.page.evaluate("() => { setTimeout(() => { throw new Error('broken'); }); console.error('said'); }")
    visit.page.evaluate("() => fetch('/nowhere').then(() => fetch('http://127.0.0.1:9/').catch(() => 0))")
    visit.page.wait_for_timeout(200)
    said = " ".join(visit.watch.faults)
    for fault in ("Content Security Policy", "broken", "said", "answer 404"):
        assert fault in said, fault
    visit.watch.forget()
