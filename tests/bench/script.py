"""What a service read, wrote and said in one case, step by step, captured from the running service.

A service that runs with `--capture FILE` notes, in order: each record or command that it takes (records one at a time,
so that each has a save of its own), and each command that the driver really sends to mongod. A `Script` is made of
one case of that: for each record heard, the document as it was written and the outbox entries, from which the records
on the topics and the rows of facts follow. Bodies, headers and stored bytes are those of the service itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import bson
from pymongo import monitoring

from shared.contracts.envelope import Record
from shared.messaging.runtime import Runtime

WITHOUT = ("_id", "outbox", "outbox_since", "writers")
"""Fields of a saved document that the player fills by itself."""


class Recorder(monitoring.CommandListener):
    """Notes what a service takes and what its driver sends, as BSON documents in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def note(self, **what: Any) -> None:
        """One more line of the record."""
        with self._file.open("ab") as file:
            file.write(bson.encode(what))

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        command = event.command
        if event.command_name in ("insert", "update") and command.get(event.command_name) == "documents":
            content = command.get("documents") or command.get("updates")
            self.note(kind="save", of=event.command_name, operations=[dict(each) for each in content])
        elif event.command_name == "find" and "$in" in command.get("filter", {}).get("_id", {}):
            self.note(kind="find", ids=list(command["filter"]["_id"]["$in"]))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Only what is sent matters."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Only what is sent matters."""

    def attach(self, runtime: Runtime) -> None:
        """Have the runtime take records one at a time, and note each, and each command."""
        handle, ask = runtime.handle, runtime.ask

        async def one_by_one(records: Sequence[Record]) -> None:
            for record in records:
                self.note(kind="heard", type=name_of(record.headers))
                await handle([record])

        async def asked(doc: str, command: Any, **more: Any) -> Any:
            self.note(kind="heard", type=type(command).__name__)
            return await ask(doc, command, **more)

        runtime.handle = one_by_one  # type: ignore[method-assign]
        runtime.ask = asked  # type: ignore[method-assign]


def name_of(headers: Iterable[tuple[str, bytes | None]]) -> str:
    """What a record on a topic is to a service: its type, and which clock it is about where it is about one; services
    hear some clocks and pass over the others (`Hears.about`)."""
    said = {name: (value or b"").decode() for name, value in headers}
    _, _, clock = said.get("ce_subject", "").partition("/")
    return f"{said.get('ce_type', '')} {clock}".strip()


def listening(file: Path) -> Recorder:
    """A recorder that every client made from now on reports to."""
    recorder = Recorder(file)
    monitoring.register(recorder)
    return recorder


@dataclass(frozen=True)
class Step:
    """What one record heard, or command, led to: documents looked for, the document as written, what it says."""

    doc: str
    looked_for: tuple[str, ...]
    fields: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]


@dataclass
class Script:
    """One service's part in a case with number `number`. `heard`: the commands, and the records by `name_of`, that
    concern it, and no others."""

    number: str
    heard: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)


def read_script(file: Path, number: str) -> Script:
    """The script of the captured case `number`. Raises ValueError for a write that it could not play again."""
    script, said = Script(number), set[int]()
    heard, looked_for = "", list[str]()
    for line in bson.decode_all(file.read_bytes()):
        if line["kind"] == "heard":
            heard = line["type"]
        elif line["kind"] == "find":
            looked_for += [each for each in line["ids"] if number in each]
        else:
            for operation in line["operations"]:
                step = _step(line["of"], operation, number, looked_for)
                if step is not None:
                    # A save while the last one's records are on their way writes those entries once more.
                    new = tuple(entry for entry in step.entries if entry["n"] not in said)
                    said |= {entry["n"] for entry in new}
                    script.steps.append(replace(step, entries=new))
                    script.heard.add(heard)
                    looked_for = []
    if len({step.doc for step in script.steps}) != 1:
        raise ValueError(f"{file.stem}: a case is one document, and {len(script.steps)} steps wrote another number")
    return script


def _step(kind: str, operation: Mapping[str, Any], number: str, looked_for: Sequence[str]) -> Step | None:
    """The step of a save of the case; None for another document, and for what only empties an outbox."""
    make = partial(Step, looked_for=tuple(looked_for))
    if kind == "insert":
        if number not in operation["_id"]:
            return None
        return make(operation["_id"], fields=_kept(operation), entries=tuple(operation["outbox"]))
    query, update = operation["q"], operation["u"]
    if number not in query["_id"] or not isinstance(update, Mapping) or "version" not in update.get("$set", {}):
        return None
    if unknown := set(update) - {"$set", "$push", "$unset", "$min"}:
        raise ValueError(f"a save with {sorted(unknown)}: the player does not know it")
    pushed = update.get("$push", {}).get("outbox", {}).get("$each", [])
    return make(query["_id"], fields=_kept(update["$set"]), entries=(*update["$set"].get("outbox", ()), *pushed))


def _kept(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in WITHOUT}
