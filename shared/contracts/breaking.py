"""Finds out whether a changed event is still the same version: additions with defaults are, everything else is not.

Two judges: our own comparison, which says what changed and sees patterns and formats, and `jsoncompat`, which knows
what one schema may write and the other cannot read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsoncompat

Document = dict[str, Any]
_ASIDE = {"$schema", "title", "description", "examples", "properties", "required"}
"""Words about a schema, and what is compared field by field."""


def breaks(old: Document, new: Document, *, foreign: bool = False) -> list[str]:
    """What an old reader, or a reader of old records, could not bear; empty when the version may stay.

    `foreign`: departments write these records, so that only old records and our new class have to fit.
    """
    found = list(_differences("", _whole(old, old), _whole(new, new)))
    if not foreign and not jsoncompat.check_compat(json.dumps(old), json.dumps(new), "serializer"):
        found = found or ["new records no longer fit the committed schema (jsoncompat, role serializer)"]
    if not jsoncompat.check_compat(json.dumps(_closed(old)), json.dumps(new), "deserializer"):
        found = found or ["old records no longer fit the new class (jsoncompat, role deserializer)"]
    return found


def _whole(schema: Any, root: Document) -> Any:
    """The schema with every reference replaced by what it names, so that a class may be renamed."""
    if isinstance(schema, list):
        return [_whole(each, root) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        named = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
        return _whole(named | {key: value for key, value in schema.items() if key != "$ref"}, root)
    return {key: _whole(value, root) for key, value in schema.items() if key != "$defs"}


def _differences(place: str, was: Any, now: Any) -> Iterator[str]:
    """Every change of meaning, with the field where it is. A default is meaning: it is what an old record says."""
    if isinstance(was, dict) and isinstance(now, dict):
        yield from _fields(place, was, now)
        for key in sorted((was.keys() | now.keys()) - _ASIDE):
            if key in was and key in now and isinstance(was[key], dict | list):
                yield from _differences(place, was[key], now[key])
            elif key == "default" and (key in was) != (key in now):
                continue  # said by the list of required fields
            elif was.get(key) != now.get(key):
                yield f"{place or 'event'}: {key} was {_shown(was.get(key))} and is {_shown(now.get(key))}"
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for one, other in zip(was, now, strict=True):
            yield from _differences(place, one, other)
    elif was != now:
        yield f"{place or 'event'}: was {_shown(was)} and is {_shown(now)}"


def _fields(place: str, old: Document, new: Document) -> Iterator[str]:
    was, now = old.get("properties", {}), new.get("properties", {})
    needed, needed_now = set(old.get("required", ())), set(new.get("required", ()))
    for field in sorted(was.keys() | now.keys()):
        path = f"{place}.{field}".lstrip(".")
        if field not in now:
            yield f"{path}: was removed"
        elif field not in was:
            if field in needed_now:
                yield f"{path}: is new and has no default"
        else:
            if (field in needed) != (field in needed_now):
                yield f"{path}: {'lost its' if field in needed_now else 'was given a'} default"
            yield from _differences(path, was[field], now[field])


def _closed(schema: Any) -> Any:
    """The schema of what was really written: objects with exactly these fields and no others."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return closed | {"additionalProperties": False} if "properties" in schema else closed


def _shown(value: Any) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
