"""Every error answer of every service: RFC 9457 `application/problem+json`, in the reader's language.

Services raise `Problem`; what they do not foresee becomes one with a trace id that tells nothing of its inside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared import tracing
from shared.web.i18n import chosen

MEDIA_TYPE = "application/problem+json"


class Words(NamedTuple):
    """One text in Chinese and English; without English the Chinese stands for both."""

    zh: str
    en: str = ""

    def spoken(self, language: str) -> str:
        """The text in `zh` or `en`."""
        return (self.en or self.zh) if language == "en" else self.zh


class FieldError(BaseModel):
    """What is wrong in one place of the request, and what to do there."""

    field: str = Field(examples=["body.holder.code"])
    reason: str = Field(examples=["必须填写"])
    fix: str = Field(examples=["请补填此项"])


class ProblemBody(BaseModel):
    """出错时的回答（RFC 9457）。`code` 供程序判断，其余文字给人看。"""

    type: str = Field(examples=["urn:onedoor:problem:not_found"])
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError]
    trace_id: str | None


class Problem(HTTPException):
    """An error answer on purpose: status, snake_case code, and words for people.

    `errors` name fields; `more` adds members to the answer (a refusal's details). Plain strings are Chinese.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str | Words,
        detail: str | Words = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(status, detail=code, headers=dict(headers or {}))
        self.code = code
        self.title = title if isinstance(title, Words) else Words(title)
        self.text = detail if isinstance(detail, Words) else Words(detail)
        self.errors = tuple(errors)
        self.more = dict(more or {})


_GENERIC: dict[int, tuple[str, Words, Words]] = {
    400: (
        "bad_request",
        Words("请求无法识别", "The request cannot be understood"),
        Words(
            "请检查提交的内容后重试：JSON 须为 UTF-8 编码且嵌套不要太深，表单须完整。",
            "Check what was sent and try again: JSON in UTF-8 and not nested too deep, forms complete.",
        ),
    ),
    401: (
        "not_signed_in",
        Words("请先登录", "Please sign in"),
        Words("此处需要登录后办理。", "This needs a signed-in person."),
    ),
    403: (
        "forbidden",
        Words("没有权限", "Not permitted"),
        Words("当前身份不能办理此事。", "Your role does not permit this."),
    ),
    404: (
        "not_found",
        Words("没有找到", "Not found"),
        Words(
            "没有这个页面或这条记录，请检查编号或网址。",
            "No such page or record; check the number or the address.",
        ),
    ),
    405: (
        "method_not_allowed",
        Words("不支持这种操作", "Method not allowed"),
        Words("这个网址存在，但不接受这种请求方式。", "The address exists but does not take this method."),
    ),
    413: (
        "too_large",
        Words("提交的内容太大", "The request is too large"),
        Words("请减小后重新提交。", "Make it smaller and send it again."),
    ),
    415: (
        "unsupported_type",
        Words("不支持这种内容格式", "Unsupported content type"),
        Words(
            "请按接口说明的格式提交，并在 Content-Type 中写明，例如 application/json。",
            "Send the format that the API documentation names, and name it in Content-Type: application/json.",
        ),
    ),
    429: (
        "too_many_requests",
        Words("请求太频繁", "Too many requests"),
        Words("请稍候再试。", "Wait a little and try again."),
    ),
    500: (
        "internal_error",
        Words("系统出错了", "Something went wrong"),
        Words(
            "刚才要办的可能没有办成，请稍后再试；还是不行，请把追踪号告诉窗口工作人员。",
            "It may not have been done. Try again later; if it fails again, report the trace id.",
        ),
    ),
    503: (
        "unavailable",
        Words("暂时无法办理", "Temporarily unavailable"),
        Words("系统正忙或正在恢复，请稍后重试。", "The system is busy or recovering; try again later."),
    ),
}


def generic(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The problem for a status without a story of its own; an unknown status speaks like its class."""
    code, title, detail = _GENERIC.get(status) or _GENERIC[500 if status >= 500 else 400]
    return Problem(status, code, title, detail, headers=headers)


def busy(retry_after: int) -> Problem:
    """503 with `Retry-After` in seconds: this service is behind with its own work (backpressure)."""
    return generic(503, {"Retry-After": str(retry_after)})


def answer(request: Request, problem: Problem) -> Response:
    """The HTTP answer for a problem, in the reader's language: a page for a browser, JSON for everybody else."""
    shows = getattr(getattr(request.scope.get("app"), "state", None), "problem_page", None)
    if shows and "text/html" in request.headers.get("accept", ""):
        page: Response = shows(request, problem)
        return page
    spoken = chosen(request)
    trace = tracing.current()
    body = ProblemBody(
        type=f"urn:onedoor:problem:{problem.code}",
        title=problem.title.spoken(spoken),
        status=problem.status_code,
        detail=problem.text.spoken(spoken),
        code=problem.code,
        errors=list(problem.errors),
        trace_id=trace.trace_id if trace else None,
    )
    headers = {**(problem.headers or {}), "Content-Language": spoken, "Vary": "Accept, Accept-Language"}
    return JSONResponse(problem.more | body.model_dump(), problem.status_code, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Makes every HTTP error of the app, Starlette's own 404 and 405 too, a problem."""

    async def on_http_error(request: Request, error: Exception) -> Response:
        if isinstance(error, Problem):
            return answer(request, error)
        assert isinstance(error, HTTPException)  # noqa: S101  what this handler is registered for
        return answer(request, generic(error.status_code, error.headers))

    app.add_exception_handler(HTTPException, on_http_error)


def describe_problems(schema: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI schema with error answers under their true media type."""
    for path in schema.get("paths", {}).values():
        for operation in path.values():
            answers = operation.get("responses", {}) if isinstance(operation, dict) else {}
            content = answers.get("default", {}).get("content", {})
            if "application/json" in content:
                content[MEDIA_TYPE] = content.pop("application/json")
    return schema
