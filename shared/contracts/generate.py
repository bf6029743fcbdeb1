"""`python -m shared.contracts.generate [--check]`: writes what others read of the contracts, and guards its promises.

Schemas, AsyncAPI document and README picture follow the classes and the topics table; a change that would break a
reader is refused with what it breaks.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from shared.contracts.asyncapi import all_events, document, schema_of, schema_path
from shared.contracts.breaking import breaks
from shared.contracts.picture import NoPlace, drawn_into
from shared.contracts.topics import TOPICS

HERE = Path(__file__).parent
SCHEMAS = HERE / "schemas"
ASYNCAPI = HERE / "asyncapi.json"
README = HERE.parents[1] / "README.md"


def text_of(value: Any) -> str:
    """JSON as it is committed: the same value always gives the same text."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def wanted() -> dict[Path, str]:
    """Every generated file with the text that it must have; raises NoPlace when the README lacks its marks."""
    files = {SCHEMAS / schema_path(event): text_of(schema_of(event)) for event in all_events()}
    files[ASYNCAPI] = text_of(document())
    files[README] = drawn_into(README.read_text("utf-8"))
    return files


def stale() -> list[Path]:
    """Generated files that are missing, differ from what they must be, or belong to no event."""
    texts = wanted()
    old = [path for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text]
    return old + [path for path in committed() if path not in texts]


def committed() -> list[Path]:
    """The schema files that exist."""
    return sorted(SCHEMAS.glob("*/*.json"))


def broken(schemas: Path = SCHEMAS) -> list[str]:
    """What the classes of today would break of the committed schemas, one line for each."""
    events = {schema_path(event): event for event in all_events()}
    foreign = {event for topic in TOPICS if topic.foreign for event in topic.events}
    found = []
    for path in sorted(schemas.glob("*/*.json")):
        name = path.relative_to(schemas).as_posix()
        event = events.get(name)
        if event is None:
            found.append(f"{name}: no event of the topics table has this schema any more")
            continue
        old = json.loads(path.read_text("utf-8"))
        found += [f"{name}: {what}" for what in breaks(old, schema_of(event), foreign=event in foreign)]
    return found


def main() -> int:
    """0: everything is as it must be; 1: it is not, and the reason is on standard error."""
    options = argparse.ArgumentParser(prog="python -m shared.contracts.generate", description=__doc__)
    options.add_argument("--check", action="store_true", help="write nothing; fail when something would change")
    check = options.parse_args().check
    breaking = broken()
    if breaking:
        return _complain("This breaks readers of records that exist:", breaking, ADVICE)
    try:
        old = stale()
    except (NoPlace, FileNotFoundError) as error:
        return _complain("README.md:", [str(error)])
    names = [path.relative_to(HERE.parents[1]).as_posix() for path in old]
    if check:
        return _complain("Not up to date:", names, "Run `make schemas` and commit the result.") if old else 0
    for path in old:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted()[path], "utf-8")
    sys.stdout.write("".join(f"wrote {name}\n" for name in names) or "nothing to change\n")
    return 0


ADVICE = """Keep the class as it is, add a new one with `version = 2` and an upcaster from the old one beside it, and
list both in the topics table. Only an event that no hall has ever said may change in place: delete its schema file and
run this again."""


def _complain(title: str, lines: list[str], advice: str = "") -> int:
    sys.stderr.write("\n".join((title, *(f"  {line}" for line in lines), advice)).rstrip() + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
