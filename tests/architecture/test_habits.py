"""Habits that nobody should have to be told twice: no skipped test, no address in a lock, hashes for everything."""

import ast
import re

from tests.architecture.source import ROOT, sources

SKIPPING = {"skip", "skipif", "xfail", "importorskip", "skipTest", "skipUnless", "skipIf", "expectedFailure"}


def skipping(tree: ast.AST) -> list[str]:
    """Every word of a tree that would skip a test or expect it to fail."""
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return sorted((attributes | imported) & SKIPPING)


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    assert {source.name: found for source in sources("tests") if (found := skipping(source.tree))} == {}


def test_skipping_would_be_seen() -> None:
    assert skipping(ast.parse("import pytest\npytest.skip('later')")) == ["skip"]
    assert skipping(ast.parse("import pytest\n@pytest.mark.xfail\ndef test_x(): ...")) == ["xfail"]
    assert skipping(ast.parse("from pytest import importorskip")) == ["importorskip"]


def test_locks_have_hashes_and_no_addresses() -> None:
    locks = [*ROOT.glob("requirements*.lock"), *(ROOT / "deploy").rglob("*.lock")]
    assert len(locks) >= 2
    for lock in locks:
        text = lock.read_text("utf-8")
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links|@ (git|file)", text), lock.name
        pinned = len(re.findall(r"^[a-zA-Z0-9][\w.\-\[\],]*==", text, re.MULTILINE))
        hashed = len(re.findall(r"^[a-zA-Z0-9][^\n]*\\\n    --hash=sha256:", text, re.MULTILINE))
        assert pinned == hashed > 0, f"{lock.name}: {pinned} pinned, {hashed} with hashes"


def test_only_the_running_lock_is_needed_to_run() -> None:
    running = (ROOT / "requirements.lock").read_text("utf-8")
    development = (ROOT / "requirements-dev.lock").read_text("utf-8")
    names = set(re.findall(r"^([a-z0-9][\w.\-]*)==", running, re.MULTILINE))
    missing = names - set(re.findall(r"^([a-z0-9][\w.\-]*)==", development, re.MULTILINE))
    assert missing == set(), "the development lock contains the other"
    assert "pytest" not in names
    assert "jsoncompat" not in names
