"""What every test folder shares: the markers, the count per folder, and no silent skips."""

from collections import Counter

import pytest

# Drivers that are closed while they connect leave that socket to the garbage collector, which reports it in
# whatever test runs by then (PyMongo's monitors and aiokafka's retries both do).
_FOREIGN_SOCKETS = "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "containers: also run on containers by `make test-containers`")
    config.addinivalue_line("filterwarnings", _FOREIGN_SOCKETS)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser suite comes last: its driver keeps an event loop, beside which no other test can run one."""
    items.sort(key=lambda item: item.nodeid.startswith("tests/browser/"))


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
