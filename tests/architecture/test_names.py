"""A newcomer opens the right file first: the same names in all services, and none that says nothing."""

import ast
import re
from pathlib import Path

import pytest

from shared.contracts.topics import SERVICES
from tests.architecture.source import CODE, ROOT, sources

EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}
PARTS = ("README.md", "model", "decide", "handlers", "store", "api", "app")


def wrong_file_name(path: Path) -> bool:
    words = set(path.stem.split("_"))
    return bool(words & EMPTY_WORDS) or path.name == "service.py" or bool(re.search(r"[a-z]\d$", path.stem))


def wrong_class_name(name: str) -> bool:
    return bool(re.search(r"^I[A-Z][a-z]|Impl$|Manager$|Helper$", name))


def test_no_file_has_a_name_that_says_nothing() -> None:
    names = [source.path.relative_to(ROOT) for source in sources(*CODE, "tests")]
    folders = {folder for name in names for folder in name.parents if folder.name}
    assert [str(name) for name in (*names, *folders) if wrong_file_name(name)] == []


def test_no_class_is_called_an_interface_or_an_implementation() -> None:
    classes = [
        (source.name, node.name)
        for source in sources(*CODE)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
    ]
    assert [each for each in classes if wrong_class_name(each[1])] == []


def test_the_bans_can_tell() -> None:
    for name in ("utils.py", "date_utils.py", "service.py", "data2.py", "base.py", "misc.py"):
        assert wrong_file_name(Path(name)), name
    for name in ("IStore", "StoreImpl", "ClockManager"):
        assert wrong_class_name(name), name
    for name in ("services.py", "database.py", "baseline.py"):
        assert not wrong_file_name(Path(name)), name
    for name in ("Item", "Implied", "Ident", "Intervention"):
        assert not wrong_class_name(name), name


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_parts_that_all_have(service: str) -> None:
    folder = ROOT / "services" / service
    there = {path.name for path in folder.iterdir()}
    missing = [part for part in PARTS if not {part, f"{part}.py"} & there]
    assert missing == []
    for part in PARTS[1:]:
        assert (folder / f"{part}.py").is_file() or (folder / part / "__init__.py").is_file(), part


def test_there_are_no_other_services() -> None:
    folders = {path.name for path in (ROOT / "services").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(SERVICES)
