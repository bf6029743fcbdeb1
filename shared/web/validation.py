"""What people are told when a request does not have the right form: which field, why, what to do.

The values themselves are never repeated: they may be personal data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from shared.web.i18n import chosen, current
from shared.web.problems import FieldError, Problem, Words, answer, generic

M = TypeVar("M", bound=BaseModel)
MOST_SHOWN = 50
"""Mistakes named in one answer: thousands come from software, which reads the first."""
_LONGEST_FIELD = 80
_HALVES = re.compile(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]")
_CHINESE = re.compile("[\u4e00-\u9fff]")

# pydantic's error type -> reason and fix; {…} are filled from the error's own context.
_TEXTS: dict[str, tuple[Words, Words]] = {
    "missing": (Words("必须填写", "is required"), Words("请补填此项", "fill it in")),
    "extra_forbidden": (
        Words("没有这一项", "is not a known field"),
        Words("请删去此项或检查名称", "remove it or check its name"),
    ),
    "string_type": (Words("应为文字", "must be text"), Words("请填写文字", "send text")),
    "string_too_short": (
        Words("内容太短", "is too short"),
        Words("至少填写 {min_length} 个字", "write at least {min_length} characters"),
    ),
    "string_too_long": (
        Words("内容太长", "is too long"),
        Words("最多填写 {max_length} 个字", "write at most {max_length} characters"),
    ),
    "string_pattern_mismatch": (
        Words("格式不对", "has the wrong form"),
        Words("请按规定格式填写", "write it as the documentation shows"),
    ),
    "too_short": (
        Words("数量不够", "has too few entries"),
        Words("至少 {min_length} 项", "give at least {min_length}"),
    ),
    "too_long": (
        Words("数量太多", "has too many entries"),
        Words("最多 {max_length} 项", "give at most {max_length}"),
    ),
    "greater_than": (Words("数值太小", "is too small"), Words("应大于 {gt}", "must be greater than {gt}")),
    "greater_than_equal": (
        Words("数值太小", "is too small"),
        Words("不能小于 {ge}", "must be at least {ge}"),
    ),
    "less_than": (Words("数值太大", "is too large"), Words("应小于 {lt}", "must be less than {lt}")),
    "less_than_equal": (Words("数值太大", "is too large"), Words("不能大于 {le}", "must be at most {le}")),
    "enum": (
        Words("不在可选范围内", "is not one of the choices"),
        Words("可选：{expected}", "choose: {expected}"),
    ),
    "literal_error": (
        Words("不在可选范围内", "is not one of the choices"),
        Words("可选：{expected}", "choose: {expected}"),
    ),
    "json_invalid": (
        Words("不是有效的 JSON", "is not valid JSON"),
        Words("请检查括号、引号和逗号", "check brackets, quotes and commas"),
    ),
    "string_unicode": (
        Words("含有无法识别的字符", "holds characters that are none"),
        Words("请用 UTF-8 编码重新填写", "write it in UTF-8"),
    ),
    "finite_number": (Words("应为整数", "must be a whole number"), Words("请只填数字", "write digits only")),
    "timezone_aware": (
        Words("时间缺少时区", "has no time zone"),
        Words("请写明时区，如 +08:00", "add a time zone such as +08:00"),
    ),
}
# Families of types: `date_parsing`, `date_from_datetime_inexact`, … all mean the same to a person.
_FAMILIES: dict[str, tuple[Words, Words]] = {
    "int": (Words("应为整数", "must be a whole number"), Words("请只填数字", "write digits only")),
    "float": (Words("应为数字", "must be a number"), Words("请只填数字", "write a number")),
    "decimal": (Words("应为数字", "must be a number"), Words("请只填数字", "write a number")),
    "bool": (
        Words("应为是或否", "must be true or false"),
        Words("请填 true 或 false", "write true or false"),
    ),
    "date": (
        Words("日期不对", "is not a date"),
        Words("请按 2026-03-01 的样子填写", "write it like 2026-03-01"),
    ),
    "datetime": (
        Words("时间不对", "is not a time"),
        Words("请按 2026-03-01T09:00:00+08:00 的样子填写", "write it like 2026-03-01T09:00:00+08:00"),
    ),
    "list": (Words("应为列表", "must be a list"), Words("请用列表提交", "send a list")),
    "tuple": (Words("应为列表", "must be a list"), Words("请用列表提交", "send a list")),
    "model": (
        Words("应为一组字段", "must be an object"),
        Words("请按接口说明提交", "send the object that the documentation shows"),
    ),
    "dict": (
        Words("应为一组字段", "must be an object"),
        Words("请按接口说明提交", "send the object that the documentation shows"),
    ),
    "uuid": (Words("不是有效的标识", "is not a UUID"), Words("请检查标识", "check the identifier")),
    "url": (Words("网址不对", "is not an address"), Words("请检查网址", "check the address")),
}
_OTHER = (
    Words("填写不符合要求", "is not acceptable"),
    Words("请按接口说明检查此项", "check it against the documentation"),
)


def field_error(error: Mapping[str, Any], spoken: str) -> FieldError:
    """One pydantic error as a person reads it.

    A validator's own ValueError is shown as it was written, but no English to a Chinese reader: that is a library's.
    """
    kind = str(error["type"])
    context = error.get("ctx") or {}
    reason, fix = _TEXTS.get(kind) or _FAMILIES.get(kind.split("_")[0]) or _OTHER
    own = str(context.get("error", "")) if kind == "value_error" else ""
    return FieldError(
        field=".".join(str(part)[:_LONGEST_FIELD] for part in error["loc"]),
        reason=own if own and (spoken == "en" or _CHINESE.search(own)) else reason.spoken(spoken),
        fix=_filled(fix.spoken(spoken), context, spoken),
    )


def _filled(text: str, context: Mapping[str, Any], spoken: str) -> str:
    plain = dict(context)
    if spoken == "zh" and "expected" in plain:  # pydantic lists choices as 'a', 'b' or 'c'
        plain["expected"] = "、".join(re.findall(r"'([^']*)'", str(plain["expected"]))) or plain["expected"]
    try:
        return text.format_map(plain)
    except KeyError:
        return _OTHER[1].spoken(spoken)


def invalid(error: RequestValidationError, spoken: str) -> Problem:
    """422 with every field at once; 400 when the body is not even JSON, 415 when it does not say that it is."""
    found: Sequence[Mapping[str, Any]] = error.errors()
    errors = [field_error(each, spoken) for each in found[:MOST_SHOWN]]
    if any(each["type"] == "json_invalid" for each in found):
        return Problem(
            400,
            "invalid_json",
            Words("提交的内容不是有效的 JSON", "The body is not valid JSON"),
            errors=errors,
        )
    if any(each["loc"] == ("body",) and isinstance(each.get("input"), bytes) for each in found):
        return generic(415)
    return _mistakes(len(found), errors)


def _mistakes(count: int, errors: Sequence[FieldError]) -> Problem:
    shown = (
        (f"，先列出前 {len(errors)} 处", f"; the first {len(errors)} are shown") if count > len(errors) else ("", "")
    )
    return Problem(
        422,
        "invalid_input",
        Words("填写的内容有误", "Some of the input is wrong"),
        Words(f"共 {count} 处需要修改，见 errors{shown[0]}。", f"{count} place(s) to correct, see errors{shown[1]}."),
        errors=errors,
    )


def checked(model: type[M], values: Mapping[str, Any]) -> M:
    """The model with the values of a form. Raises Problem 422 with each mistake in the reader's language."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = [{**each, "loc": ("body", *each["loc"])} for each in error.errors()]
        raise invalid(RequestValidationError(found), current()) from None


async def whole_characters(request: Request) -> None:
    """Dependency of every route: Problem 422 for JSON text with half a character (a lone surrogate) in it.

    Python takes it for text, but it can be neither stored nor sent.
    """
    if "json" not in request.headers.get("content-type", "").lower():
        return
    body = await request.body()
    if not _HALVES.search(body):
        return
    try:
        place = _half(json.loads(body), "body")
    except (ValueError, RecursionError):  # not JSON: the route says so, if it asks for a body at all
        return
    if place is None:
        return
    reason = Words("含有半个字符（不成对的代理码位）", "holds half a character (a lone surrogate)")
    fix = Words("请检查程序的字符编码后重新提交", "check the encoding of your software and send it again")
    spoken = chosen(request)
    raise _mistakes(1, [FieldError(field=place, reason=reason.spoken(spoken), fix=fix.spoken(spoken))])


def _half(value: object, place: str) -> str | None:
    """Where the first half character stands; the names of an object belong to the object."""
    if isinstance(value, str):
        return place if any("\ud800" <= char <= "\udfff" for char in value) else None
    inner: list[tuple[object, str]] = []
    if isinstance(value, dict):
        inner = [(name, place) for name in value]
        inner += [(each, f"{place}.{name[:_LONGEST_FIELD]}") for name, each in value.items()]
    elif isinstance(value, list):
        inner = [(each, f"{place}.{n}") for n, each in enumerate(value)]
    return next((found for each, at in inner if (found := _half(each, at))), None)


def install(app: FastAPI) -> None:
    """Makes every refused form or body of the app a problem."""

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  what this handler is registered for
        return answer(request, invalid(error, chosen(request)))

    app.add_exception_handler(RequestValidationError, on_invalid)
