"""The real Kafka and MongoDB that all integration tests of a session share."""

import os
from collections.abc import Iterator

import pytest

from shared.local.platform import Servers
from tests.integration.backends import BACKENDS


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Running servers; ONEDOOR_TEST_BACKEND picks `local` processes (default) or `containers`.

    Nothing in it belongs to an event loop, so each test may use its own. A test that stops a server
    starts it again; tests choose topic, group and database names of their own.
    """
    backend = os.environ.get("ONEDOOR_TEST_BACKEND", "local")
    if backend not in BACKENDS:
        raise pytest.UsageError(f"ONEDOOR_TEST_BACKEND={backend!r}: choose one of {sorted(BACKENDS)}")
    with BACKENDS[backend](tmp_path_factory.mktemp("platform")) as running:
        yield running
