"""What the delivery core writes down of each event: a case can be followed, and nothing of it can be read."""

import json
import logging
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from shared.kernel import Refused
from shared.messaging.runtime import Runtime
from shared.testing.echo import HEARS, EchoRules, decide, supplemented
from tests.component.messaging.test_runtime import A, B, World


class Choosy(World):
    """A service that refuses whatever it hears about B."""

    def replica(self) -> Runtime:
        return Runtime(
            "approval",
            hears=HEARS,
            decide=lambda state, message, *more: (
                Refused("not_ours") if message.application == B else decide(state, message, *more)
            ),
            rules=EchoRules,
            store=self.store,
            publisher=self.bus,
            clock=lambda: datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
        )


@pytest.fixture
def lines():
    with capture_logs() as captured:
        yield captured


async def test_an_event_that_is_refused_leaves_a_line_without_what_it_says(lines):
    world = Choosy()
    records = world.said(supplemented(A, 1), supplemented(B, 1))
    await world.runtime.handle(records)
    (line,) = lines
    assert (line["event"], line["log_level"], line["code"]) == ("event_refused", "info", "not_ours")
    place = (records[1].topic, records[1].partition, records[1].offset, B, "approval")
    assert tuple(line[name] for name in ("topic", "partition", "offset", "lane", "service")) == place
    assert json.loads(records[1].value)["at"] not in json.dumps(line)


async def test_a_trace_can_be_followed_through_what_was_handled_at_level_debug(lines, caplog):
    world = Choosy()
    with caplog.at_level(logging.DEBUG, logger="onedoor"):
        records = world.said(supplemented(A, 1))
        await world.runtime.handle(records)
        await world.runtime.handle(records)
    assert [(line["event"], line["outcome"]) for line in lines] == [
        ("event_handled", "decided"),
        ("event_handled", "repeated"),
    ]
    assert {line["trace_id"] for line in lines} == {"0af7651916cd43dd8448eb211c80319c"}
