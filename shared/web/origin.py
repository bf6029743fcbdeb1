"""Where a request comes from, as browsers themselves say it: a page of this site, or somebody else's.

Another site cannot send our cookie with a form (SameSite=Lax); but it could have its own entries given back on a page
of ours, to be sent again by whoever trusts that page. So nothing that another site sends is read at all.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from shared.settings import Settings
from shared.web.problems import Problem, Words


class FromElsewhere(Problem):
    """403: the form was not sent by a page of this site; nothing of it was read."""

    def __init__(self) -> None:
        super().__init__(
            403,
            "from_elsewhere",
            Words("这不是从本站的页面发来的", "This was not sent by a page of this site"),
            Words(
                "为了您的安全，没有办理，内容也没有保留。请从本站打开页面，再填写提交。",
                "For your safety nothing was done or kept. Open the page on this site and fill it in there.",
            ),
        )


def elsewhere(request: Request) -> bool:
    """Whether another site made the browser send this. Programs say nothing of the kind; they have no cookies of ours.

    `Sec-Fetch-Site` is sent over TLS and on this machine, `Origin` with every form.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return False
    settings: Settings = request.app.state.settings
    return _place(origin) not in {request.headers.get("host", "").lower(), _place(settings.public_url)}


def _place(address: str) -> str | None:
    """Host and port of an address; None where it has none."""
    try:
        return urlsplit(address).netloc.lower() or None
    except ValueError:
        return None
