"""The store suite on memory."""

from dataclasses import replace

import pytest

from shared.testing.echo import EchoCodec
from shared.testing.memory import MemoryStore
from tests.store_suite import StoreSuite


class TestMemoryStore(StoreSuite):
    @pytest.fixture
    def store(self):
        return MemoryStore(EchoCodec())

    async def spoil(self, store, name):
        store.rows[name] = replace(store.rows[name], state={"count": "many"})
