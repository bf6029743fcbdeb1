"""How a service shows a page: its own templates inside the one frame of the hall.

    pages = Pages(settings, "services.intake.pages")       # templates in services/intake/pages/templates
    return pages.show(request, asker, "home.html", current="matters", trees=trees)

Every template has `frame` (language, mode, who looks, the ways through the hall), `url(service, path)`, `static(name)`,
gettext as `_`, and the filters of `dates`. See shared/web/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request

from shared.contracts.topics import SERVICES
from shared.identity import Person
from shared.settings import Settings
from shared.web import dates, i18n
from shared.web.compression import compressed
from shared.web.forms import Form, Forms, Sent
from shared.web.navigation import Way, ways
from shared.web.problems import Problem
from shared.web.session import here
from shared.web.stylesheet import NAME, static_path

MODES = ("standard", "elder")
THEMES = ("light", "dark")
MODE_COOKIE, THEME_COOKIE, SIZE_COOKIE = "onedoor_mode", "onedoor_theme", "onedoor_size"


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame around a page needs to know. `here`: this page's address; `sign_in` comes back to it."""

    lang: str
    mode: str
    theme: str
    size: int
    here: str
    sign_in: str
    asker: Person | None
    where: str
    ways: tuple[Way, ...]
    current: str
    settings: Settings

    @property
    def synthetic(self) -> bool:
        """Whether everything here is a sample, which every page says."""
        return not self.settings.production


class Pages:
    """Shows pages of one service. `package`: where its `templates` folder is; None for the hall's own pages."""

    def __init__(self, settings: Settings, package: str | None = None) -> None:
        self._settings, self._base = settings, urlsplit(settings.public_url).path.rstrip("/")
        self.forms = Forms(settings)
        own = [PackageLoader(package, "templates")] if package else []
        self.environment = Environment(
            loader=ChoiceLoader([*own, PackageLoader("shared.web", "templates")]),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            undefined=StrictUndefined,
        )
        i18n.install(self.environment)
        names = ("day", "short_day", "time_of", "moment", "full_moment", "days", "remaining")
        self.environment.filters |= {name: getattr(dates, name) for name in names}
        self.environment.globals |= {"url": self.url, "static": self.static, "stylesheet": NAME}

    def url(self, service: str, path: str = "/") -> str:
        """The address of a service's page as a link: below this site, or where the settings say the service is.

        `hall` is the site itself. Parts of `path` that come from people are quoted by whoever puts them in.
        """
        if service != "hall" and service not in SERVICES:
            raise ValueError(f"{service} is no service")
        own = self._settings.service_urls.get(service)
        if own:
            return own.rstrip("/") + path
        return f"{self._base}{path}" if service == "hall" else f"{self._base}/{service}{path}"

    def static(self, name: str) -> str:
        """The address of a file that browsers may keep."""
        return self._base + static_path(name)

    def show(
        self,
        request: Request,
        asker: Person | None,
        template: str,
        *,
        status: int = 200,
        current: str = "",
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """The page. `current`: the key of the way (navigation) that leads here; `values` are the template's."""
        frame = self.frame(request, asker, current)
        text = self.environment.get_template(template).render(frame=frame, **values)
        body, encoding = compressed(request, text.encode())
        # A page with somebody's own things or entries leaves nothing behind; a public one may be gone back to.
        public = asker is None and request.method == "GET"
        keep = {
            "Cache-Control": "private, no-cache" if public else "no-store",
            "Vary": "Accept-Encoding, Accept-Language, Cookie",
        }
        return HTMLResponse(body, status, {"Content-Language": frame.lang, **keep, **encoding, **(headers or {})})

    def again(
        self,
        request: Request,
        asker: Person | None,
        template: str,
        form: Sent,
        problem: Problem,
        *,
        fields: Mapping[str, str] | None = None,
        current: str = "",
        **values: Any,
    ) -> HTMLResponse:
        """The page of a form that was refused: everything entered, what is wrong where, and the same token."""
        form.wrong(problem, fields)
        return self.show(request, asker, template, status=problem.status_code, current=current, form=form, **values)

    def blank(self, asker: Person | None, **values: Any) -> Form:
        """A form to be filled in, with what it begins with."""
        return self.forms.blank(asker, values)

    def go(self, service: str, path: str) -> RedirectResponse:
        """After a form: on to the page that shows what came of it (303), so that a reload does nothing twice."""
        return RedirectResponse(self.url(service, path), 303)

    def sign_in(self, back: str) -> str:
        """The address where somebody signs in, to come back to `back`."""
        address = self._settings.sign_in_url or self.url("hall", "/sign-in")
        return f"{address}{'&' if '?' in address else '?'}back={quote(back, safe='/')}"

    def frame(self, request: Request, asker: Person | None, current: str = "") -> Frame:
        """The frame of one page."""
        where, found = ways(asker)
        mode = request.cookies.get(MODE_COOKIE, "")
        size = request.cookies.get(SIZE_COOKIE, "")
        theme = request.cookies.get(THEME_COOKIE, "")
        return Frame(
            lang=i18n.current(),
            mode=mode if mode in MODES else MODES[0],
            theme=theme if theme in THEMES else THEMES[0],
            size=int(size) if size in ("1", "2", "3") else 1,
            here=here(request),
            sign_in=self.sign_in(here(request)),
            asker=asker,
            where=where,
            ways=found,
            current=current,
            settings=self._settings,
        )


def wants_page(request: Request) -> bool:
    """Whether a browser asks, and not a program."""
    return "text/html" in request.headers.get("accept", "")
