"""What happens to every request around its route: trace, size limit, security headers, one log line, metrics,
and a last answer for what nobody foresaw.

Plain ASGI, so that streams pass through. A service mounted inside the hall is wrapped twice: the outer edge
does the work, the inner one only says whose request it is.
"""

from __future__ import annotations

import re
import time
from typing import Any

from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics, tracing
from shared.log import logger
from shared.web import i18n
from shared.web.problems import Problem, Words, answer, generic

BODY_LIMIT = 1024 * 1024
MULTIPART_EXTRA = 64 * 1024  # boundaries and the fields beside the file
_KEY = "onedoor.edge"
_QUIET = ("/healthz/live", "/healthz/ready", "/metrics", "other")

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self';"
    " form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class Edge:
    """ASGI middleware around one service's app. `upload_limit`: largest file of a multipart request, bytes."""

    def __init__(self, app: ASGIApp, service: str, upload_limit: int, production: bool) -> None:
        self._app = app
        self._service = service
        self._upload_limit = upload_limit
        self._headers = dict(_HEADERS)
        if production:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _KEY in scope:
            scope[_KEY]["service"] = self._service
            await self._guarded(scope, receive, send)
        else:
            i18n.speak(i18n.chosen(HTTPConnection(scope)))
            with tracing.tracing(tracing.following(Headers(scope=scope).get(tracing.TRACEPARENT))):
                await self._outermost(scope, receive, send)

    async def _outermost(self, scope: Scope, receive: Receive, send: Send) -> None:
        seen: dict[str, Any] = {"service": self._service, "status": 500}
        scope[_KEY] = seen
        begin = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/event-stream"):
                    seen["seconds"] = time.perf_counter() - begin
                self._add_headers(headers)
                _stay(scope, headers)
            await send(message)

        try:
            await self._guarded(scope, self._limited(scope, receive), send_with_headers)
        finally:
            _measure(scope, seen, seen.get("seconds", time.perf_counter() - begin))

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 500 for what nobody foresaw, once, and only while no answer has begun."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            announced = Headers(scope=scope).get("content-length", "")
            if announced.isdigit() and int(announced) > self._limit(scope):
                raise self._too_large(scope)
            if _strangely_written(scope):
                raise generic(415)
            await self._app(scope, receive, noting)
        except Problem as problem:
            await answer(Request(scope), problem)(scope, receive, noting)
        except Exception as error:
            logger(self._service).error("unhandled_error", route=route_template(scope), exc_info=error)
            if begun:
                raise
            await answer(Request(scope), generic(500))(scope, receive, noting)

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        """Counts what arrives: a body that does not announce its length is bounded too."""
        limit = self._limit(scope)
        arrived = 0

        async def counting() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise self._too_large(scope)
            return message

        return counting

    def _limit(self, scope: Scope) -> int:
        multipart = Headers(scope=scope).get("content-type", "").lower().startswith("multipart/form-data")
        return self._upload_limit + MULTIPART_EXTRA if multipart else BODY_LIMIT

    def _too_large(self, scope: Scope) -> Problem:
        size = f"{self._limit(scope) / 1024 / 1024:.3g} MB"
        detail = Words(
            f"一次最多提交 {size}，请压缩文件或分次提交。",
            f"At most {size} at once: compress the file or send less.",
        )
        return Problem(413, "too_large", generic(413).title, detail, headers={"Connection": "close"})

    def _add_headers(self, headers: MutableHeaders) -> None:
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        trace = tracing.current()
        if trace is not None:
            headers[tracing.TRACEPARENT] = trace.traceparent


_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([^;\"'\s]*)", re.IGNORECASE)


def _strangely_written(scope: Scope) -> bool:
    """Whether a form with files names an encoding. No browser does; the sender could choose any codec of Python's."""
    kind = Headers(scope=scope).get("content-type", "")
    named = _CHARSET.search(kind) if kind.lower().startswith("multipart/") else None
    return named is not None and named[1].lower() not in ("utf-8", "utf8")


def _stay(scope: Scope, headers: MutableHeaders) -> None:
    """A redirect to this site says only where on it: whatever host and scheme a request names, nobody is led there."""
    location = headers.get("location", "")
    if location.startswith("http"):
        asked = URL(scope=scope)
        own = f"{asked.scheme}://{asked.netloc}"
        if location.startswith(f"{own}/"):
            headers["location"] = "/" + location.removeprefix(own).lstrip("/")


def route_template(scope: Scope) -> str:
    """The template of the route that took the request (never the path, which may hold a number), or "unmatched"."""
    context = scope.get("fastapi", {}).get("effective_route_context")
    path = getattr(context, "path_format", None) or getattr(scope.get("route"), "path_format", None)
    return path if isinstance(path, str) else "unmatched"


def _measure(scope: Scope, seen: dict[str, Any], seconds: float) -> None:
    service, status, method, route = seen["service"], seen["status"], scope["method"], route_template(scope)
    if route == "unmatched" and status < 400:
        route = "other"  # files, documents and redirects, which Starlette serves without naming a route
    method = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "OTHER"
    metrics.HTTP_REQUESTS.labels(service, method, route, str(status)).inc()
    metrics.HTTP_SECONDS.labels(service, method, route).observe(seconds)
    if route in _QUIET and status < 400:
        return
    line = logger(service).info if method != "GET" or status >= 400 else logger(service).debug
    line("http", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
