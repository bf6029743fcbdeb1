"""Every page as everybody may meet it: wide and narrow, in 长辈版, dark, in English, without scripts, by keyboard."""

import pytest

from tests.browser import accessibility, keyboard, screens, weights
from tests.browser.pages import PAGES, PageOf
from tests.browser.screens import DESKTOP, PHONE
from tests.browser.things import Things
from tests.browser.visits import Look, Visit, Visitors
from tests.browser.wrong_input import ENTRIES, FORMS

LEAST, LEAST_ELDER = 44, 60
"""Heights of targets in px."""


class Seen:
    """A page that is looked at in one way after another; what is wrong is gathered, and told all at once."""

    def __init__(self, visitors: Visitors, page: PageOf, things: Things) -> None:
        self._visitors, self._page, self._things = visitors, page, things
        self.wrong: list[str] = []

    def as_by(self, look: Look, way: str, *, holds: bool = True) -> Visit:
        """The page in a window of its own; its text must be there."""
        visit = self._visitors.again(self._page.reader(self._things), look)
        if self._page.status != 200:
            visit.watch.expects(self._page.status)
        self.response = response = visit.open(self._page.address(self._things))
        if look.scripts:
            screens.settle(visit.page)
        if response.status != self._page.status:
            self.wrong.append(f"{way}: answer {response.status}")
        elif holds and self._page.holds not in visit.page.locator("body").inner_text():
            self.wrong.append(f"{way}: “{self._page.holds}” is not there")
        return visit

    def note(self, way: str, found: list[str]) -> None:
        """Remember what was found wrong."""
        self.wrong += [f"{way}: {each}" for each in found]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_is_good_in_every_way_that_it_may_be_met(visitors: Visitors, things: Things, page: PageOf) -> None:
    seen = Seen(visitors, page, things)
    wide(seen, page)
    narrow(seen, page)
    for_elders(seen, page)
    otherwise(seen, page)
    assert seen.wrong == [], f"{page} ({page.address(things)})\n" + "\n".join(seen.wrong)


def wide(seen: Seen, page: PageOf) -> None:
    """On a desk: light and dark."""
    visit = seen.as_by(Look(DESKTOP), "1440 px")
    weight = weights.parts(visit.page, seen.response)
    if sum(weight.values()) > weights.LIMIT:
        seen.note("1440 px", [f"weighs {sum(weight.values())} bytes, {weights.LIMIT} at most: {weight}"])
    screens.keep(visit.page, f"{page}-1440")
    seen.note("1440 px", screens.too_wide(visit.page))
    if bool(visit.page.locator(ENTRIES).count()) != (str(page) in FORMS) and page.route:
        seen.note("1440 px", ["FORMS of wrong_input.py does not know whether there is something to fill in"])
    seen.note("1440 px", accessibility.findings(visit.page))
    _set(visit, "theme", "dark")
    seen.note("dark", accessibility.findings(visit.page, "color-contrast"))


def _set(visit: Visit, name: str, value: str) -> None:
    """As the server writes it for a reader who has chosen so; the page need not come again for it."""
    visit.page.evaluate("([name, value]) => { document.documentElement.dataset[name] = value; }", [name, value])


def narrow(seen: Seen, page: PageOf) -> None:
    """On a phone, and by a keyboard that is joined to it."""
    visit = seen.as_by(Look(PHONE), "360 px")
    screens.keep(visit.page, f"{page}-360")
    seen.note("360 px", screens.too_wide(visit.page))
    seen.note("360 px", screens.too_small(visit.page, LEAST))
    seen.note("360 px", accessibility.findings(visit.page))
    seen.note("360 px, keyboard", keyboard.walk(visit.page))


def for_elders(seen: Seen, page: PageOf) -> None:
    """长辈版 with the smallest and the largest of its letters."""
    visit = seen.as_by(Look(PHONE, elder=1), "elder")
    screens.keep(visit.page, f"{page}-elder")
    seen.note("elder", screens.too_wide(visit.page))
    seen.note("elder", screens.too_small(visit.page, LEAST_ELDER))
    _set(visit, "size", "3")
    seen.note("elder, largest", screens.too_wide(visit.page))


def otherwise(seen: Seen, page: PageOf) -> None:
    """Without scripts, and in English."""
    seen.as_by(Look(PHONE, scripts=False), "without scripts")
    visit = seen.as_by(Look(PHONE, english=True), "English", holds=False)
    seen.note("English", screens.too_wide(visit.page))
    if visit.page.locator("html").get_attribute("lang") != "en":
        seen.note("English", ["the page does not say that it is English"])
