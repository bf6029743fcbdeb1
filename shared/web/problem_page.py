"""Every error as a page for people: what went wrong, what to do, and what they had entered, to be sent again."""

from __future__ import annotations

from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from shared import tracing
from shared.settings import Settings
from shared.web import i18n
from shared.web.forms import FIELD, given_back
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import here, known

_AGAIN = frozenset({401, 503})
"""Statuses after which the same form may be sent again as it was: nothing was done."""


class ProblemPage:
    """Shows a problem in the frame of the hall."""

    def __init__(self, settings: Settings) -> None:
        self._pages = Pages(settings)

    def __call__(self, request: Request, problem: Problem) -> Response:
        """The page; a reader who has not signed in is sent to do so, and comes back here."""
        if problem.status_code == 401 and request.method in ("GET", "HEAD"):
            return RedirectResponse(self._pages.sign_in(here(request)), 303)
        asker, trace, spoken = known(request), tracing.current(), i18n.current()
        return self._pages.show(
            request,
            asker,
            "hall/problem.html",
            status=problem.status_code,
            headers=problem.headers,
            problem=problem,
            title=problem.title.spoken(spoken),
            text=problem.text.spoken(spoken),
            trace=trace.trace_id if trace and problem.status_code >= 500 else None,
            entries=self._entries(request, problem),
            token=self._pages.forms.token(asker),
            sign_in=self._pages.sign_in("/"),
        )

    def _entries(self, request: Request, problem: Problem) -> list[tuple[str, str]] | None:
        """What was entered, where sending it again is the way on; None where it is not."""
        form = given_back(request)
        if form is None or not (problem.status_code in _AGAIN or problem.code == "stale_form"):
            return None
        return [(name, value) for name, values in form.values.items() if name != FIELD for value in values]
