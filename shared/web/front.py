"""The pages that belong to no service: the door, how the hall looks to this reader, signing out, the system page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from shared.contracts.picture import TITLES
from shared.contracts.topics import SERVICES
from shared.settings import Settings
from shared.web import components, i18n
from shared.web.compression import once
from shared.web.origin import FromElsewhere, elsewhere
from shared.web.pages import MODE_COOKIE, MODES, SIZE_COOKIE, THEME_COOKIE, THEMES, Pages
from shared.web.session import Visitor, forget, local
from shared.web.stylesheet import NAME, stylesheet

YEAR = 365 * 24 * 3600
_CHOICES = {
    "lang": (i18n.COOKIE, i18n.LANGUAGES),
    "mode": (MODE_COOKIE, MODES),
    "theme": (THEME_COOKIE, THEMES),
    "size": (SIZE_COOKIE, ("1", "2", "3")),
}


def front_pages(settings: Settings) -> APIRouter:
    """`/`, `/preferences`, `/sign-out`, `/system`, the stylesheet, and outside production `/_components`."""
    router = APIRouter(include_in_schema=False)
    pages = Pages(settings)
    _reader(router, pages, settings)
    _hall(router, pages, settings)
    return router


def _reader(router: APIRouter, pages: Pages, settings: Settings) -> None:
    @router.get("/preferences")
    def preferences(request: Request, back: Annotated[str, Query(max_length=2000)] = "/") -> RedirectResponse:
        """Remembers how this reader wants the hall to look, and goes back; anything else in the address is ignored."""
        answer = RedirectResponse(local(back), 303)
        for name, (cookie, allowed) in _CHOICES.items():
            value = request.query_params.get(name)
            if value in allowed:
                answer.set_cookie(cookie, value, max_age=YEAR, path="/", samesite="lax")
        return answer

    @router.post("/sign-out")
    def sign_out(request: Request) -> Response:
        """Forgets the reader of this browser; another site cannot do it."""
        if elsewhere(request):
            raise FromElsewhere
        answer = RedirectResponse(settings.sign_out_url or pages.url("intake", "/"), 303)
        forget(answer)
        return answer


def _hall(router: APIRouter, pages: Pages, settings: Settings) -> None:
    @router.get("/")
    def home() -> RedirectResponse:
        """The hall's door is intake's home page."""
        return RedirectResponse(pages.url("intake", "/"), 307)

    @router.get(f"/static/{NAME}")
    def styles(request: Request) -> Response:
        """The one stylesheet; its address changes with its content."""
        keep = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(once(stylesheet()), media_type="text/css", headers={**keep, "Content-Encoding": "gzip"})
        return Response(stylesheet(), media_type="text/css", headers=keep)

    @router.get("/system")
    async def system(request: Request, asker: Visitor) -> HTMLResponse:
        """The five services with their documents and probes: for whoever runs or connects them."""
        services = [(name, TITLES[name]) for name in SERVICES]
        return pages.show(request, asker, "hall/system.html", current="system", services=services)

    if not settings.production:

        @router.get("/_components")
        async def all_components(request: Request, asker: Visitor) -> HTMLResponse:
            """Every component in every state, with made-up content: for whoever builds a page."""
            form = components.mistaken(pages.blank(asker))
            return pages.show(request, asker, "hall/components.html", form=form, made=components)
