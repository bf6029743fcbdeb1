"""What holds in every component run: whatever is said names the command or event that led to it."""

import pytest

from shared.testing.memory import MemoryBus


@pytest.fixture(autouse=True)
def every_event_names_its_cause(monkeypatch):
    """Contracts: `ce_cause` is the id of the event or command that led to it."""
    publish, nameless = MemoryBus.publish, []

    async def watching(self, sequences):
        said = [each for sequence in sequences for each in sequence]
        nameless.extend(dict(each.headers)["ce_type"] for each in said if not dict(each.headers)["ce_cause"])
        return await publish(self, sequences)

    monkeypatch.setattr(MemoryBus, "publish", watching)
    yield
    assert nameless == []
