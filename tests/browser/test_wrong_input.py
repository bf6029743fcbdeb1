"""Bad input: every form with nothing, too much and hostile texts; it answers what to do, and keeps what was entered."""

import pytest
from playwright.sync_api import Dialog, Locator

from tests.browser.hands import Hands
from tests.browser.pages import PAGES, PageOf
from tests.browser.screens import settle
from tests.browser.things import Things, made
from tests.browser.visits import Visit, Visitors
from tests.browser.wrong_input import ALL_AT_ONCE, CONTROL, FORMS, HALF_A_CHARACTER, TOO_LONG

TEXTS = ":is(textarea, input:is([type=text], [type=search], [type=tel], :not([type])))"
_FILL = "(all, text) => all.forEach(e => { if (!e.readOnly) e.value = text; })"


@pytest.fixture(scope="module")
def others(hands: Hands) -> Things:
    """Applications that may be spoilt."""
    return made(hands)


@pytest.mark.parametrize("page", [page for page in PAGES if str(page) in FORMS], ids=str)
def test_a_form_stands_whatever_is_put_into_it(visitors: Visitors, others: Things, page: PageOf) -> None:
    visit = visitors.enter(page.reader(others))
    visit.watch.expects(400, 403, 404, 409, 413, 422, 429)
    visit.page.on("dialog", lambda dialog: _ran(visit, dialog))
    visit.open(page.address(others))
    for n in range(visit.page.locator("main form[method=post]").count()):
        for text in ("", TOO_LONG, ALL_AT_ONCE):
            visit.open(page.address(others))
            settle(visit.page)  # a part that arrives now would be taken for the answer
            form = visit.page.locator("main form[method=post]").nth(n)
            if form.count():  # else it is done: what was put in was good enough
                _put(visit, form, text)
    _half_a_character(visit, page.address(others))


def _put(visit: Visit, form: Locator, text: str) -> None:
    texts = form.locator(TEXTS)
    names = [str(each.get_attribute("name")) for each in texts.all() if each.get_attribute("readonly") is None]
    texts.evaluate_all(_FILL, text)
    with visit.page.expect_navigation() as answer:
        form.evaluate("e => e.requestSubmit()")
    status = answer.value.status if answer.value else 0
    assert 200 <= status < 500, f"{text[:20]!r}: {status}"
    if status == 422:
        assert visit.page.get_by_role("alert").count(), f"{text[:20]!r}: it is not said what to do"
        kept = visit.page.locator("main").locator(TEXTS).evaluate_all("all => all.map(e => [e.name, e.value])")
        expected = text.translate(CONTROL).strip()
        lost = [name for name in names if name not in {name for name, value in kept if value.strip() == expected}]
        assert lost == [], f"{text[:20]!r}: what was entered is gone"


def _half_a_character(visit: Visit, path: str) -> None:
    """A byte sequence that is no text, sent past the browser: refused, or read as what it is not, but no fault."""
    body = b"_token=x&text=" + HALF_A_CHARACTER + b"&reason=" + HALF_A_CHARACTER
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    answer = visit.page.request.post(visit.address + path, data=body, headers=headers)
    assert answer.status < 500


def _ran(visit: Visit, dialog: Dialog) -> None:
    visit.watch.faults.append(f"a script ran: {dialog.message}")
    dialog.dismiss()
