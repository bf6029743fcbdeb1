"""A browser without scripts for component tests: it opens pages, fills their own forms and follows answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx

from tests.component.intake.conftest import PDF
from tests.unit.intake.sample import RESTAURANT


@dataclass
class FormSeen:
    """A form of a page: where it goes, what it holds, and its buttons as (name, value)."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Finds the forms, the ids, and the text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[FormSeen] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self._inside: FormSeen | None = None
        self._area = self._pick = ""

    def handle_starttag(self, tag, attrs) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found.get("href", ""))
        if tag == "form":
            self._inside = FormSeen(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self._inside)
        if self._inside is None or not found.get("name"):
            if self._inside is not None and self._pick and tag == "option" and "selected" in found:
                self._inside.fields.append((self._pick, found.get("value", "")))
            return
        name, kind = found["name"], found.get("type", "text")
        if tag == "button":
            self._inside.buttons.append((name, found.get("value", "")))
        elif tag == "textarea":
            self._area = name
            self._inside.names.add(name)
        elif tag == "select":
            self._pick = name
            self._inside.names.add(name)
        elif tag == "input":
            self._inside.names.add(name)
            if kind == "file" or (kind in ("radio", "checkbox") and "checked" not in found):
                return
            self._inside.fields.append((name, found.get("value", "")))

    def handle_endtag(self, tag) -> None:
        if tag == "form":
            self._inside = None
        if tag == "select":
            self._pick = ""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data) -> None:
        if self._area and self._inside is not None:
            self._inside.fields.append((self._area, data.removeprefix("\n")))
        self.text.append(data)


class Page:
    """An answer as a reader sees it."""

    def __init__(self, answer: httpx.Response, path: str) -> None:
        self.status, self.html, self.path = answer.status_code, answer.text, path
        reader = _Reader()
        reader.feed(answer.text)
        self.forms, self.ids, self.links = reader.forms, reader.ids, reader.links
        self.text = re.sub(r"\s+", " ", "".join(reader.text))
        assert len(set(self.ids)) == len(self.ids), f"an id stands twice on {path}"

    def form(self, *names: str) -> FormSeen:
        """The first form that posts and has all these fields."""
        return next(each for each in self.forms if each.names >= {"_token", *names})

    @property
    def mistakes(self) -> list[str]:
        """What the summary of mistakes links to."""
        summary = re.search(r'<div class="errsum".*?</div>', self.html, re.DOTALL)
        return re.findall(r'href="([^"]+)"', summary[0]) if summary else []


class Browser:
    """One person's browser over the app of intake, which the hall mounts at `/intake`."""

    def __init__(self, window, who: str | None) -> None:
        self.window, self.who = window, who

    async def open(self, path: str) -> Page:
        """The page at an address of the hall, after all redirects."""
        return await self._followed(await self._send("GET", path), path)

    async def send(self, page: Page, *names: str, press=None, files=None, **filled) -> Page:
        """Fill the page's form that has these fields, press a button, and see what comes of it.

        `filled`: name → text or list of texts, None takes a field away; dots of names are written as `__`.
        """
        form = page.form(*names)
        given = {name.replace("__", "."): value for name, value in filled.items()}
        pairs = [(name, value) for name, value in form.fields if name not in given]
        for name, value in given.items():
            pairs += [(name, each) for each in (value if isinstance(value, list) else [value]) if each is not None]
        if press:
            assert press in form.buttons, form.buttons
            pairs.append(press)
        return await self.post(form.action or page.path, pairs, files)

    async def post(self, path: str, pairs, files=None) -> Page:
        """The same form again, as a double press sends it."""
        data: dict[str, list[str]] = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        chosen = [(f"{name}", (shown, content)) for name, shown, content in files or ()]
        self.sent = (path, pairs, files)
        return await self._followed(await self._send("POST", path, data=data, files=chosen or None), path)

    async def again(self) -> Page:
        """What was sent last, once more."""
        return await self.post(*self.sent)

    async def raw(self, path: str) -> httpx.Response:
        """The answer itself, a redirect too."""
        return await self._send("GET", path)

    async def _send(self, method: str, path: str, **more) -> httpx.Response:
        headers = {"Accept": "text/html", **self.window._who(self.who)}
        return await self.window.http.request(method, path.removeprefix("/intake"), headers=headers, **more)

    async def _followed(self, answer: httpx.Response, path: str) -> Page:
        for _ in range(5):
            if answer.status_code != 303:
                break
            path = answer.headers["location"]
            if not path.startswith("/intake"):
                break
            answer = await self._send("GET", path)
        return Page(answer, path)


def new(matter="restaurant", answers=RESTAURANT) -> str:
    """Where the notice leads with these answers."""
    said = {"matter": matter, **{f"a.{key}": value for key, value in answers.items()}}
    return f"/intake/drafts/new?{urlencode(said)}"


async def begun(window, who="applicant", **more) -> tuple[Browser, Page]:
    """A new draft."""
    browser = Browser(window, who)
    return browser, await browser.open(new(**more))


async def filled(window, who="applicant", *, browser=None, draft="", **more):
    """A draft in which everything is done: the browser and the page, or the page alone where a draft is given."""
    if not browser:
        browser, page = await begun(window, who, **more)
        await browser.send(await browser.open(f"{page.path}/applicant"), "phone", phone="13900000001")
        return browser, await filled(window, browser=browser, draft=page.path)
    page = await browser.open(draft)
    keys = dict.fromkeys(link.rsplit("/", 1)[1] for link in page.links if link.startswith(f"{draft}/materials/"))
    for key in [key for key in keys if _undone(page, key)]:
        asked = await browser.open(f"{draft}/materials/{key}")
        await browser.send(
            asked, f"files.{key}", press=("act", "stay"), files=[(f"files.{key}", f"{key}.pdf", PDF + key.encode())]
        )
    return await browser.open(draft)


def _undone(page: Page, key: str) -> bool:
    """Whether the list says that this material was not handed in."""
    after = page.html.rsplit(f'/materials/{key}">', 1)[1]  # the list, after the button that goes on with it
    return "还没有交" in after.split("</li>", 1)[0]


async def submitted(window, who="applicant", **more) -> tuple[Browser, str]:
    """An application handed in through the pages, and its number."""
    browser, page = await filled(window, who, **more)
    page = await browser.send(await browser.open(f"{page.path}/check"), "truth", truth="yes")
    return browser, number_in(page.path)


def number_in(path: str) -> str:
    """The application's number in the address of a page."""
    found = re.search(r"/pages/applications/(\w+)", path)
    assert found, path
    return found[1]
