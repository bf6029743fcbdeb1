"""Visitors of the hall: a browser window for a person, as large, as set and as able as a test wants it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Response

from shared.identity import SESSION_COOKIE
from shared.web.i18n import COOKIE as LANGUAGE_COOKIE
from shared.web.pages import MODE_COOKIE, SIZE_COOKIE, THEME_COOKIE
from tests.browser.screens import DESKTOP
from tests.browser.watching import Watch


@dataclass(frozen=True)
class Look:
    """How a window is: its size in px, whether scripts run, and what its visitor has set."""

    size: tuple[int, int] = DESKTOP
    scripts: bool = True
    elder: int = 0
    dark: bool = False
    english: bool = False

    def cookies(self, address: str) -> list[dict[str, str]]:
        """What the preferences page would have set; `elder` is the size of letters, 1 to 3."""
        chosen = {
            MODE_COOKIE: "elder" if self.elder else "",
            SIZE_COOKIE: str(self.elder) if self.elder else "",
            THEME_COOKIE: "dark" if self.dark else "",
            LANGUAGE_COOKIE: "en" if self.english else "zh",
        }
        return [{"name": name, "value": value, "url": address} for name, value in chosen.items() if value]


@dataclass
class Visit:
    """One window, with everything that it complains about in `watch`."""

    page: Page
    watch: Watch
    address: str

    def open(self, path: str) -> Response:
        """Go to a page of the hall; AssertionError when it does not answer with a page."""
        response = self.page.goto(self.address + path)
        assert response is not None, f"{path}: no answer"
        return response

    @property
    def text(self) -> str:
        """What the page says, from its heading on."""
        return self.page.locator("main").inner_text()

    @property
    def path(self) -> str:
        """Where the window is, without the hall's address."""
        return self.page.url.removeprefix(self.address)


class Visitors:
    """Lets people in. One browser for all; each window has cookies of its own."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self._address = browser, address
        self._signed_in: dict[str, list[Any]] = {}
        self._windows: list[BrowserContext] = []
        self._visits: list[Visit] = []
        self._standing: dict[Look, Visit] = {}

    def again(self, person: str | None, look: Look) -> Visit:
        """A window that stays for whoever looks at the next page in the same way."""
        if look not in self._standing:
            self._standing[look] = self.enter(None, look)
            self._windows.pop()
            self._visits.pop()
        visit = self._standing[look]
        visit.page.context.clear_cookies(name=SESSION_COOKIE)
        if person is not None:
            visit.page.context.add_cookies(self._session(person))
        self._visits.append(visit)
        return visit

    def enter(self, person: str | None = None, look: Look = Look()) -> Visit:
        """A new window of `person` (a key of the chooser), or of somebody who has not signed in."""
        context = self._browser.new_context(
            viewport={"width": look.size[0], "height": look.size[1]},
            java_script_enabled=look.scripts,
            locale="en" if look.english else "zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        self._windows.append(context)
        context.set_default_timeout(10_000)
        context.add_cookies(look.cookies(self._address))  # type: ignore[arg-type]
        if person is not None:
            context.add_cookies(self._session(person))
        return self.another(context)

    def another(self, context: BrowserContext) -> Visit:
        """A second tab beside the first."""
        page = context.new_page()
        page.on("filechooser", lambda chooser: None)  # from the start on, before one opens
        visit = Visit(page, Watch(page), self._address)
        self._visits.append(visit)
        return visit

    def faults(self) -> list[str]:
        """Everything that any window complained about."""
        return [f"{visit.path}: {fault}" for visit in self._visits for fault in visit.watch.faults]

    def pages(self) -> Sequence[Page]:
        """Every window that is open."""
        return [visit.page for visit in self._visits if not visit.page.is_closed()]

    def leave(self) -> None:
        """Close all windows but those that stay; who has signed in once stays known."""
        for context in self._windows:
            context.close()
        for visit in self._standing.values():
            visit.watch.forget()
        self._windows.clear()
        self._visits.clear()

    def _session(self, person: str) -> list[Any]:
        """The cookie of somebody who chose this person on the sign-in page."""
        if person not in self._signed_in:
            context = self._browser.new_context(java_script_enabled=False)
            page = context.new_page()
            page.goto(f"{self._address}/sign-in?back=/system")
            page.locator(f'button[name=person][value="{person}"]').click()
            self._signed_in[person] = [each for each in context.cookies() if each["name"] == SESSION_COOKIE]
            context.close()
            assert self._signed_in[person], f"{person} could not sign in"
        return self._signed_in[person]
