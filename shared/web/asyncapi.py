"""The contracts as a page and as files: for departments that connect software of their own, and for whoever is curious.

Everything is made from the topics table and the event classes at start.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.requests import Request

from shared.contracts.asyncapi import HEADERS, all_events, channel_id, document, schema_of, schema_path, summary
from shared.contracts.envelope import Event
from shared.contracts.picture import TITLES
from shared.contracts.topics import FOREVER, TOPICS, Topic
from shared.settings import Settings
from shared.web.pages import Pages
from shared.web.problems import Problem, Words
from shared.web.session import Visitor

Row = dict[str, Any]
_TYPES = {"string": "文本", "integer": "整数", "number": "数", "boolean": "是/否", "null": "空", "object": "对象"}
_FORMATS = {"date-time": "时刻（UTC）", "date": "日期", "base64": "字节（Base64）"}
_LIMITS = {"minLength": "最短", "maxLength": "最长", "minimum": "至少", "maximum": "至多", "pattern": "格式"}


def router(settings: Settings) -> APIRouter:
    """`/asyncapi` (page), `/asyncapi.json` and the schemas that it refers to."""
    routes = APIRouter(tags=["contracts"])
    pages = Pages(settings)

    @routes.get("/asyncapi.json", summary="AsyncAPI 3.0 document of all topics and events")
    def asyncapi_json() -> JSONResponse:
        return JSONResponse(_document())

    @routes.get("/schemas/{service}/{name}", summary="JSON Schema of one event")
    def schema(service: str, name: str) -> JSONResponse:
        found = _schemas().get(f"{service}/{name}")
        if found is None:
            title = Words("没有这个事件的结构说明", "No such schema")
            raise Problem(404, "no_such_schema", title, Words("请从 /asyncapi 查看全部事件。", "All are on /asyncapi."))
        return JSONResponse(found, media_type="application/schema+json")

    @routes.get("/asyncapi", response_class=HTMLResponse, summary="Topics and events as a page")
    async def page(request: Request, asker: Visitor) -> HTMLResponse:
        return pages.show(request, asker, "hall/asyncapi.html", current="system", **_content())

    return routes


@cache
def _document() -> Row:
    return document()


@cache
def _schemas() -> dict[str, Row]:
    return {schema_path(event): schema_of(event) for event in all_events()}


@cache
def _content() -> Row:
    """What the page shows: made once, for it changes with a release only."""
    parts: dict[str, Row] = {}
    for schema in _schemas().values():
        parts |= schema.get("$defs", {})
    shown = [
        {"name": name, "title": _title(part), "summary": _first(part.get("description", "")), "fields": _fields(part)}
        for name, part in sorted(parts.items())
    ]
    return {"topics": [_topic(row) for row in TOPICS], "parts": shown, "record_headers": HEADERS}


def _topic(row: Topic) -> Row:
    return {
        "id": channel_id(row),
        "name": row.name,
        "owner": _who(row.owner),
        "consumers": [_who(name) for name in row.consumers],
        "key": {"application": "申请编号", "item": "事项代码"}.get(row.key, row.key),
        "partitions": row.partitions,
        "kept": _kept(row),
        "limit": f"{row.max_bytes // 1024} KB",
        "events": [_event(event) for event in row.events],
    }


def _kept(row: Topic) -> str:
    if row.compacted:
        return "每个键的最新一条"
    return "永久" if row.retention_ms == FOREVER else f"{row.retention_ms // 86_400_000} 天"


def _event(event: type[Event]) -> Row:
    path = schema_path(event)
    return {
        "name": event.__name__,
        "type": event.type_name(),
        "summary": summary(event),
        "schema": path,
        "fields": _fields(_schemas()[path]),
    }


def _fields(schema: Row) -> list[Row]:
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "type": _type(field),
            "part": _part(field),
            "limits": _limits(field),
            "required": name in required,
            "default": _default(field.get("default")),
        }
        for name, field in schema["properties"].items()
    ]


def _type(field: Row) -> str:
    """A field's type in words."""
    if "$ref" in field:
        return _title({"title": _named(field)})
    if "anyOf" in field:
        return " 或 ".join(_type(each) for each in field["anyOf"])
    if "enum" in field or "const" in field:
        return " | ".join(str(each) for each in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"{_type(field['items'])} 的列表"
    return _FORMATS.get(field.get("format", "")) or _TYPES.get(field.get("type", ""), "任意")


def _part(field: Row) -> str | None:
    """The part that a field is made of, wherever it stands in it."""
    if "$ref" in field:
        return _named(field)
    inner = [*field.get("anyOf", ()), *([field["items"]] if "items" in field else ())]
    return next((found for found in map(_part, inner) if found), None)


def _limits(field: Row) -> str:
    own = [f"{word} {field[key]}" for key, word in _LIMITS.items() if key in field]
    inner = [*field.get("anyOf", ()), *([field["items"]] if "items" in field else ())]
    return "，".join(own + [text for text in map(_limits, inner) if text])


def _default(value: Any) -> str:
    return "空" if value in (None, "", []) else json.dumps(value, ensure_ascii=False).strip('"')


def _named(field: Row) -> str:
    return str(field["$ref"]).rsplit("/", 1)[-1]


def _title(part: Row) -> str:
    """`Sealed[Party]` for a box whose schema is called `Sealed_Party_`."""
    title = str(part["title"])
    sealed = title.removeprefix("Sealed_").removesuffix("_")
    return f"Sealed[{sealed}]" if title.startswith("Sealed_") else title


def _who(name: str) -> str:
    return f"{TITLES[name]} {name}" if name in TITLES else "各部门 departments"


def _first(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].split())
