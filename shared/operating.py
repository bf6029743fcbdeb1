"""An operator's way into a running hall from a terminal: signed in as the administrator, answers or a plain reason."""

from __future__ import annotations

import os
from typing import Any

import httpx
import typer
from rich.console import Console
from rich.markup import escape


def fail(message: str, code: int = 1) -> typer.Exit:
    """Say what is wrong on standard error and end."""
    Console(stderr=True, highlight=False).print(f"[red]✗[/red] {escape(message)}", soft_wrap=True)
    return typer.Exit(code)


def operator(address: str) -> httpx.Client:
    """A client signed in as the administrator: ONEDOOR_TOKEN, or a development token where the hall gives them."""
    if not _is_address(address):
        raise fail(f"“{address}”不是大厅的地址；请写成 http://127.0.0.1:8000 这样。", 2)
    token = os.environ.get("ONEDOOR_TOKEN") or _development_token(address)
    if not (token.isascii() and token.isprintable()):
        raise fail("ONEDOOR_TOKEN 里有凭证不会有的字符；请重新复制管理员凭证。", 2)
    headers = {"Accept-Language": "zh", "Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=address, timeout=30, headers=headers)


def answered(reply: httpx.Response) -> Any:
    """The JSON of an answer; ends with the problem in words where there is one."""
    if reply.is_success:
        return reply.json()
    try:
        problem = reply.json()
        raise fail(f"{problem['title']}：{problem['detail']}（{reply.status_code} {problem['code']}）")
    except (ValueError, KeyError):
        raise fail(f"{reply.request.url} 回答 {reply.status_code}") from None


def _is_address(text: str) -> bool:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return False
    return url.scheme in ("http", "https") and bool(url.host)


def _development_token(address: str) -> str:
    try:
        reply = httpx.post(f"{address}/dev/token", params={"person": "administrator"}, timeout=10)
    except httpx.HTTPError as error:
        raise fail(f"{address} 没有回答（{type(error).__name__}）。大厅在运行吗？") from None
    if reply.status_code != 200:
        raise fail("此大厅不发开发凭证，请把管理员凭证放入 ONEDOOR_TOKEN。")
    return str(reply.json()["access_token"])
