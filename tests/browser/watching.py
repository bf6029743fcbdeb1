"""Listens to a page: everything that a visitor's browser would have had to complain about."""

from __future__ import annotations

import re

from playwright.sync_api import ConsoleMessage, Page, Request, Response

_BY_ANSWER = re.compile(r"Failed to load resource: (the server responded with a status of|net::)")
"""The console's echo of an answer or a failed request; both are judged by themselves."""
_GIVEN_UP = ("net::ERR_ABORTED",)
"""A request that the browser gave up itself: the page was left, a stream was closed, a download began."""


class Watch:
    """The faults of one page: console errors, page errors, failed requests, answers of 400 and more, CSP violations.

    `expects` names the statuses that a test asks for on purpose; `offline` says that the network is cut by the test.
    """

    def __init__(self, page: Page) -> None:
        self.faults: list[str] = []
        self.offline = False
        self._expected: set[int] = set()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def expects(self, *statuses: int) -> None:
        """These answers are no faults from now on."""
        self._expected |= set(statuses)

    def forget(self) -> None:
        """Start anew."""
        self.faults.clear()
        self._expected.clear()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "assert") and not _BY_ANSWER.search(message.text) and not self.offline:
            self.faults.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure not in _GIVEN_UP and not self.offline:
            self.faults.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.faults.append(f"answer {response.status}: {response.request.method} {response.url}")
