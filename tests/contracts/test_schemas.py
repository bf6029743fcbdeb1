"""The committed schemas, AsyncAPI document and picture are those of the classes, and no class breaks its readers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar, Literal

import jsoncompat
import pytest
from pydantic import Field

from shared.contracts import generate
from shared.contracts.approval import DepartmentOpinion
from shared.contracts.asyncapi import all_events, schema_of, schema_path
from shared.contracts.breaking import breaks
from shared.contracts.envelope import CaseEvent, Event, Instant
from shared.contracts.terms import Term, Verdict


class Part(Term):
    name: str
    days: int = Field(ge=0)


class CaseWeighed(CaseEvent):
    service: ClassVar[str] = "approval"
    at: Instant
    grade: Literal["light", "heavy"]
    parts: tuple[Part, ...] = ()


def changed(**fields: Any) -> type[Event]:
    """The event with some fields added, replaced or (None) removed."""
    kept = {name: (info.annotation, info) for name, info in CaseWeighed.model_fields.items()} | fields
    body = {name: field[1] for name, field in kept.items() if field is not None}
    types = {name: field[0] for name, field in kept.items() if field is not None}
    return type(
        "CaseWeighed", (Event,), {"service": "approval", "__annotations__": types, **body, "__module__": __name__}
    )


class RenamedPart(Term):
    """As Part, by another name, and with more to say."""

    name: str
    days: int = Field(ge=0)
    note: str = ""


class NarrowPart(Term):
    name: str
    days: int = Field(ge=1)


REQUIRED = Field()
BREAKING = {
    "a removed field": ({"grade": None}, "grade: was removed"),
    "a new field without default": ({"weight": (int, REQUIRED)}, "weight: is new and has no default"),
    "another type": ({"grade": (int, REQUIRED)}, "grade: "),
    "one value more": ({"grade": (Literal["light", "heavy", "huge"], REQUIRED)}, "grade: "),
    "one value less": ({"grade": (Literal["light"], REQUIRED)}, "grade: "),
    "another pattern": ({"case": (str, Field(pattern="^x$"))}, "case: pattern was"),
    "a date for an instant": ({"at": (str, Field(json_schema_extra={"format": "date"}))}, "at: format was"),
    "a default where there was none": ({"grade": (Literal["light", "heavy"], "light")}, "grade: was given a default"),
    "a narrower part": ({"parts": (tuple[NarrowPart, ...], ())}, "parts.days: minimum was 0 and is 1"),
    "a field that may be empty": ({"at": (Instant | None, REQUIRED)}, "at: "),
}
HARMLESS = {
    "a new field with a default": {"weight": (int, 0)},
    "a new optional field": {"note": (str | None, None)},
    "a part of another name with more to say": {"parts": (tuple[RenamedPart, ...], ())},
}


def test_what_is_committed_is_what_the_classes_say() -> None:
    assert generate.stale() == []


def test_no_class_breaks_a_committed_schema() -> None:
    assert generate.broken() == []


def test_a_schema_stands_where_the_dataschema_header_says() -> None:
    for event in all_events():
        assert (generate.SCHEMAS / schema_path(event)).is_file(), event


@pytest.mark.parametrize("name", BREAKING)
def test_a_breaking_change_is_found_and_named(name: str) -> None:
    fields, said = BREAKING[name]
    found = breaks(schema_of(CaseWeighed), schema_of(changed(**fields)))
    assert any(line.startswith(said) for line in found), found


@pytest.mark.parametrize("name", HARMLESS)
def test_an_addition_with_a_default_stays_the_same_version(name: str) -> None:
    assert breaks(schema_of(CaseWeighed), schema_of(changed(**HARMLESS[name]))) == []


def test_jsoncompat_alone_finds_what_an_old_reader_cannot_read() -> None:
    old = json.dumps(schema_of(CaseWeighed))
    for fields, compatible in (
        (BREAKING["a removed field"][0], False),
        (BREAKING["another type"][0], False),
        (BREAKING["one value more"][0], False),
        (HARMLESS["a new field with a default"], True),
    ):
        new = json.dumps(schema_of(changed(**fields)))
        assert jsoncompat.check_compat(old, new, "serializer") is compatible, fields


def test_a_department_may_be_offered_a_new_optional_field() -> None:
    class Longer(DepartmentOpinion):
        hint: str = ""

    class Shorter(DepartmentOpinion):
        verdict: Verdict = "agree"

    old = schema_of(DepartmentOpinion)
    assert breaks(old, schema_of(Longer), foreign=True) == []
    assert breaks(old, schema_of(Shorter), foreign=True) == ["verdict: was given a default"]


def test_a_committed_schema_without_its_event_is_found(tmp_path: Path) -> None:
    (tmp_path / "intake").mkdir()
    (tmp_path / "intake" / "CaseForgotten.v1.json").write_text("{}")
    assert generate.broken(tmp_path) == [
        "intake/CaseForgotten.v1.json: no event of the topics table has this schema any more"
    ]


def test_the_generator_refuses_to_write_over_a_broken_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    event = all_events()[0]
    promised = schema_of(event)
    promised["properties"]["promised"] = {"type": "string"}
    path = tmp_path / schema_path(event)
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(promised), "utf-8")
    monkeypatch.setattr(generate.broken, "__defaults__", (tmp_path,))
    monkeypatch.setattr(sys, "argv", ["generate"])
    before = path.read_bytes()
    assert generate.main() == 1
    said = capsys.readouterr().err
    assert f"{schema_path(event)}: promised: was removed" in said
    assert "version = 2" in said
    assert "upcaster" in said
    assert path.read_bytes() == before


def test_the_command_checks_from_a_shell() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "shared.contracts.generate", "--check"],
        cwd=generate.README.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
