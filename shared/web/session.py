"""Who looks at a page: the person of the signed token in the browser's cookie, or in the header of a proxy.

The cookie holds the provider's token itself: no session is kept anywhere, and every service recognises the person
alone. Scripts cannot read it, other sites cannot send it with a form (SameSite=Lax), and a form that changes anything
carries a token of its own besides (`forms`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from shared.identity import SESSION_COOKIE, Identity, Person, scope_of, unsigned
from shared.settings import Settings
from shared.web.forms import received
from shared.web.problems import Problem


async def visitor(request: Request) -> Person | None:
    """Dependency: who looks at the page; None for anybody else, also when the sign-in has run out."""
    token = token_of(request)
    if token is None:
        return None
    identity: Identity = request.app.state.identity
    try:
        request.state.asker = await identity.recognise(token)
    except Problem as problem:
        if problem.status_code != 401:
            raise
    return known(request)


def known(request: Request) -> Person | None:
    """Who looks, as far as this request has found out."""
    return getattr(request.state, "asker", None)


Visitor = Annotated[Person | None, Depends(visitor)]


def signed_in(*actions: str) -> Callable[..., Awaitable[Person]]:
    """Dependency factory for pages: the person, if any one of the actions is permitted.

    Problem 401 (which a browser sees as the way to sign in, and back here) or 403.
    """

    async def permitted(request: Request, asker: Visitor) -> Person:
        if asker is None:
            if request.method == "POST":
                await received(request)  # the page that asks to sign in gives the entries back
            raise unsigned()
        scope_of(asker, *actions)
        return asker

    return permitted


def token_of(request: Request) -> str | None:
    """The token that came with the request: a proxy's header before the browser's cookie."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value
    return request.cookies.get(SESSION_COOKIE)


def remember(response: Response, token: str, settings: Settings, lifetime: int) -> None:
    """Put the token into the browser's cookie, for `lifetime` seconds."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=lifetime,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.public_url.startswith("https:"),
    )


def forget(response: Response) -> None:
    """Sign out: the cookie goes, and what the browser kept of our pages (GB/T 22239-2019: residual data)."""
    response.delete_cookie(SESSION_COOKIE, path="/")
    response.headers["Clear-Site-Data"] = '"cache"'


def here(request: Request) -> str:
    """The address of this page below the site's root, to come back to."""
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(request.url.path, safe="/%:@-._~!$&'()*+,;=") + query


def local(address: str) -> str:
    """`address` if it stays on this site, else `/`: nobody is sent elsewhere by a link that looks like ours."""
    parts = urlsplit(address.replace("\\", "/"))
    inside = address.startswith("/") and not address.startswith("//") and not parts.netloc and not parts.scheme
    return address if inside and address.isprintable() and "\\" not in address else "/"
