"""Ways to go through a journey: with scripts and a pointer, without scripts on a phone, or by keyboard alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser.keyboard import go_to
from tests.browser.screens import DESKTOP, PHONE
from tests.browser.visits import Look, Visit, Visitors


@dataclass
class Walker:
    """Somebody in the hall, who uses pages in one way. What is pressed or filled in is named as people read it."""

    visit: Visit
    keys: bool = False

    def go(self, path: str) -> None:
        """Open a page of the hall."""
        response = self.visit.open(path)
        assert response.status == 200, f"{path}: {response.status}"

    def press(self, name: str | re.Pattern[str], *, nth: int = 0) -> None:
        """A button or link of the page's own part, and on to where it leads."""
        main = self.visit.page.locator("main")
        target = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).nth(nth)
        if self.keys:
            self._reach(target)
        with self.visit.page.expect_navigation():
            if self.keys:
                self.visit.page.keyboard.press("Enter")
            else:
                target.click()

    def fill(self, label: str | re.Pattern[str], text: str) -> None:
        """A box, by its label."""
        boxes = self.visit.page.locator("textarea, input:not([type=radio], [type=checkbox])")
        target = self.visit.page.locator("main").get_by_label(label).and_(boxes).first
        if not self.keys:
            target.fill(text)
            return
        self._reach(target)
        self.visit.page.keyboard.press("Control+A")
        self.visit.page.keyboard.type(text)

    def choose(self, name: str | re.Pattern[str], *, nth: int = 0) -> None:
        """A radio button or a checkbox, by what its label says."""
        main = self.visit.page.locator("main")
        target = main.get_by_role("radio", name=name).or_(main.get_by_role("checkbox", name=name)).nth(nth)
        if not self.keys:
            target.check(force=True)
        elif target.get_attribute("type") == "checkbox":
            self._reach(target)
            self.visit.page.keyboard.press("Space")
        else:
            self._roll(target)
        assert target.is_checked(), f"{name} is not chosen"

    def hand_over(self, label: str | re.Pattern[str], *files: Path, nth: int = 0) -> None:
        """Files for an upload, by its label."""
        target = self.visit.page.locator("main").get_by_label(label).nth(nth)
        if not self.keys:
            target.set_input_files(list(files))
            return
        self._reach(target)
        with self.visit.page.expect_file_chooser() as chooser:
            self.visit.page.keyboard.press("Space")  # Enter sends the form, in some browsers
        chooser.value.set_files(list(files))

    def reads(self, text: str) -> None:
        """The page says this, now or when it has loaded."""
        body = self.visit.page.locator("main")
        body.get_by_text(text).first.wait_for(state="attached")
        assert text in body.inner_text(), f"“{text}” is there, but not to be seen"

    def turns_to(self, text: str) -> None:
        """The page of a list on which this stands; AssertionError when it is on none."""
        page = self.visit.page
        while text not in self.visit.text:
            onward = page.get_by_role("link", name="下一页")
            assert onward.count(), f"{text} is on no page of the list"
            with page.expect_navigation():
                onward.first.click()

    def _reach(self, target: Locator) -> None:
        go_to(self.visit.page, target)

    def _roll(self, target: Locator) -> None:
        """To a radio button through its group: Tab reaches the group, arrows go on in it."""
        name = target.get_attribute("name")
        group = self.visit.page.locator(f'main input[type=radio][name="{name}"]')
        checked = group.and_(self.visit.page.locator(":checked"))
        go_to(self.visit.page, checked if checked.count() else group.first)
        if not checked.count():
            self.visit.page.keyboard.press("Space")
        for _ in range(group.count()):
            if target.is_checked():
                return
            self.visit.page.keyboard.press("ArrowDown")


@dataclass(frozen=True)
class Way:
    """One way: how the window is, and whether only keys are used."""

    name: str
    look: Look
    keys: bool = False

    def enter(self, visitors: Visitors, person: str | None = None) -> Walker:
        """A new window in which somebody goes this way."""
        return Walker(visitors.enter(person, self.look), self.keys)

    def __str__(self) -> str:
        return self.name


SCRIPTS = Way("scripts", Look(DESKTOP))
NO_SCRIPTS = Way("no-scripts", Look(PHONE, scripts=False))
KEYBOARD = Way("keyboard", Look(DESKTOP), keys=True)
in_every_way = pytest.mark.parametrize("way", [SCRIPTS, NO_SCRIPTS, KEYBOARD], ids=str)
"""For the main journeys."""
