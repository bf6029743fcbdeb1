"""What every test folder shares: the import root, the markers, the count per folder, and no silent skips."""

import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "containers: also run on containers by `make test-containers`")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many tests of each folder passed and did not."""
    counts: dict[str, Counter[str]] = {}
    for outcome in ("passed", "failed", "error", "skipped"):
        for report in terminalreporter.stats.get(outcome, []):
            folder = "/".join(report.nodeid.split("::")[0].split("/")[:2])
            counts.setdefault(folder, Counter())[outcome] += 1
    terminalreporter.section("tests per folder")
    for folder, outcomes in sorted(counts.items()):
        line = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items())
        terminalreporter.write_line(f"{folder:<24} {line}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test proves nothing: it turns the run red."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("\nskipped tests count as failures here")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
