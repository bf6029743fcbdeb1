"""The API documentation page, with Swagger UI from our own disk: a hall's network may reach nobody else."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
# Swagger UI writes style attributes; it gets no other freedom.
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
_PAGE = Template("""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · 接口文档</title>
<link rel="icon" href="$root/static/swagger-ui/favicon-32x32.png">
<link rel="stylesheet" href="$root/static/swagger-ui/swagger-ui.css">
</head>
<body>
<div id="swagger-ui" data-openapi="$root/openapi.json"></div>
<noscript>接口文档需要脚本；机器可读的说明在 <a href="$root/openapi.json">openapi.json</a>。</noscript>
<script src="$root/static/swagger-ui/swagger-ui-bundle.js"></script>
<script src="$root/static/docs.js"></script>
</body>
</html>
""")


class _Static(StaticFiles):
    """Files that change only with a release: for ever in the browser where the address carries their digest
    (`stylesheet.static_path`), else an hour, then a question by ETag."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        dated = scope.get("query_string", b"").startswith(b"v=")
        response.headers["Cache-Control"] = f"public, max-age={'31536000, immutable' if dated else '3600'}"
        return response


def install(app: FastAPI) -> None:
    """Adds `/docs` and `/static` to the app; correct under any mount and root path."""

    async def docs(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "").rstrip("/")
        page = _PAGE.substitute(title=html.escape(app.title), root=html.escape(root))
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})

    app.add_route("/docs", docs, include_in_schema=False)
    app.mount("/static", GZipMiddleware(_Static(directory=STATIC)), name="static")
