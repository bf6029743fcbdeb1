"""The contracts as documents: a JSON Schema for each event, and one AsyncAPI 3.0 document made from the topics table.

Both are made for readers outside the five services, who have neither our classes nor our language.
"""

from __future__ import annotations

import re
from typing import Any

from shared.contracts.envelope import Event
from shared.contracts.topics import TOPICS, Topic, dead_letters

Document = dict[str, Any]
BINDING = "0.5.0"
HEADERS = {
    "ce_specversion": "CloudEvents version, always 1.0",
    "ce_id": "made from source and number: the same event always has the same id",
    "ce_source": "the document that says it: <service>/<document id>",
    "ce_type": "onedoor.<service>.<event>.v<version>: read it first, and parse no body that you do not need",
    "ce_time": "when it was said, RFC 3339 in UTC",
    "ce_subject": "what it is about: application, case, licence or clock",
    "ce_dataschema": "path of the body's JSON Schema",
    "content-type": "application/json",
    "traceparent": "W3C trace context",
    "ce_seq": "running number in ce_source, from 1: a number that you have seen is a repeat",
    "ce_cause": "id of the event or command that led to this one",
}
OPTIONAL = ("ce_subject", "ce_dataschema", "content-type", "traceparent", "ce_cause")
FOREIGN_OPTIONAL = (*OPTIONAL, "ce_source", "ce_seq")


def schema_path(event: type[Event]) -> str:
    """Where the schema of an event stands below `schemas/`: `ce_dataschema` without its first part."""
    return f"{event.service}/{event.__name__}.v{event.version}.json"


def schema_of(event: type[Event]) -> Document:
    """The JSON Schema of an event's body as it is written (fields with a default may be absent in older records)."""
    schema = event.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def all_events() -> list[type[Event]]:
    """Every event of the topics table, in its order."""
    return [event for topic in TOPICS for event in topic.events]


def document() -> Document:
    """The AsyncAPI 3.0 document. Bodies are references to `schemas/<service>/<Event>.v<version>.json` beside it."""
    rows = (*TOPICS, dead_letters("<group>"))
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "onedoor 只进一扇门",
            "version": "1",
            "description": "What five services and the departments say to each other: CloudEvents 1.0 on Kafka, "
            "binary mode, JSON bodies. Additions with defaults keep the version.",
        },
        "defaultContentType": "application/json",
        "channels": {channel_id(row): _channel(row) for row in rows},
        "operations": {name: operation for row in TOPICS for name, operation in _operations(row)},
        "components": {
            "messages": {message_id(event): _message(row, event) for row in TOPICS for event in row.events},
            "schemas": {"Headers": _headers(OPTIONAL), "DepartmentHeaders": _headers(FOREIGN_OPTIONAL)},
        },
    }


def channel_id(row: Topic) -> str:
    """The name of a topic in the document: its own, without the brackets of a parameter."""
    return re.sub(r"[<>]", "", row.name)


def message_id(event: type[Event]) -> str:
    """The name of an event in the document."""
    return f"{event.__name__}.v{event.version}"


def _channel(row: Topic) -> Document:
    channel: Document = {
        "address": row.name.replace("<", "{").replace(">", "}"),
        "messages": {message_id(event): _to(f"components/messages/{message_id(event)}") for event in row.events},
        "bindings": {"kafka": _kafka(row)},
        "x-owner": row.owner,
        "x-consumers": list(row.consumers),
        "x-key": row.key,
        "x-partitions": row.partitions,
        "x-retention-ms": row.retention_ms,
        "x-compacted": row.compacted,
        "x-max-bytes": row.max_bytes,
    }
    parameters = re.findall(r"<(\w+)>", row.name)
    if parameters:
        meaning = {"department": "code of the department, lower case", "group": "consumer group: name of the service"}
        channel["parameters"] = {name: {"description": meaning[name]} for name in parameters}
    return channel


def _kafka(row: Topic) -> Document:
    configuration = {
        "cleanup.policy": ["compact" if row.compacted else "delete"],
        "retention.ms": row.retention_ms,
        "max.message.bytes": row.max_bytes,
    }
    return {"partitions": row.partitions, "topicConfiguration": configuration, "bindingVersion": BINDING}


def _operations(row: Topic) -> list[tuple[str, Document]]:
    """`send` by the owner, `receive` by each consumer."""
    channel = channel_id(row)
    who = [(row.owner, "send"), *((consumer, "receive") for consumer in row.consumers)]
    messages = [_to(f"channels/{channel}/messages/{message_id(event)}") for event in row.events]
    return [
        (
            f"{service}.{action}.{channel}",
            {"action": action, "channel": _to(f"channels/{channel}"), "messages": messages, "x-service": service},
        )
        for service, action in who
    ]


def _message(row: Topic, event: type[Event]) -> Document:
    headers = "DepartmentHeaders" if row.foreign else "Headers"
    own = {"properties": {"ce_type": {"const": event.type_name()}}}
    return {
        "name": event.type_name(),
        "title": event.__name__,
        "summary": summary(event),
        "contentType": "application/json",
        "headers": {"allOf": [_to(f"components/schemas/{headers}"), own]},
        "payload": {"$ref": f"schemas/{schema_path(event)}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": row.key}, "bindingVersion": BINDING}},
    }


def summary(event: type[Event]) -> str:
    """The first paragraph of an event's docstring."""
    return " ".join((event.__doc__ or "").strip().split("\n\n")[0].split())


def _headers(optional: tuple[str, ...]) -> Document:
    properties = {name: {"type": "string", "description": meaning} for name, meaning in HEADERS.items()}
    return {"type": "object", "properties": properties, "required": [n for n in HEADERS if n not in optional]}


def _to(pointer: str) -> Document:
    return {"$ref": f"#/{pointer}"}
