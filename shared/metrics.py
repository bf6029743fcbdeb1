"""Every metric of onedoor in one list: the names that alerts and dashboards are written against.

One registry for the process. Each metric has the label `service` first, so that five services in one process
stay apart: `exposition("intake")` shows intake's samples and those of the process.
"""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
REGISTRY = CollectorRegistry()
_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(f"onedoor_{name}", meaning, ("service", *labels), registry=REGISTRY)


def _gauge(name: str, meaning: str, *labels: str) -> Gauge:
    return Gauge(f"onedoor_{name}", meaning, ("service", *labels), registry=REGISTRY)


def _histogram(name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
    return Histogram(f"onedoor_{name}", meaning, ("service", *labels), registry=REGISTRY, buckets=buckets)


# Messages: what came from the topics and what became of it.
# `type`: of the topic table, or "unknown"; outcome: decided | refused | repeated | parked | dead | skipped.
MESSAGES = _counter("messages_total", "Records handled, by outcome", "topic", "type", "outcome")
# Types that this service does not know: skipped on purpose, watched for producers that are ahead of us.
UNKNOWN_TYPES = _counter("unknown_types_total", "Records of unknown type, skipped", "topic")
# Refusals are answers, not errors; `code` is the refusal's; `path` is topic (an event) or http (a command).
REFUSALS = _counter("refusals_total", "Refusals by code", "code", "path")
# Records per batch, and seconds from fetch to commit.
BATCH_SIZE = _histogram("batch_size", "Records or commands in one batch", _SIZES, "path")
BATCH_SECONDS = _histogram("batch_seconds", "Seconds from the start of a batch to its end", _FAST, "path")
# Records behind the end of each partition assigned to this process.
CONSUMER_LAG = _gauge("consumer_lag", "Records behind the end of the partition", "topic", "partition")

# Saving and publishing.
# Compare-and-sets that another replica won; a steady rate means that two writers meet on the same documents.
CAS_RETRIES = _counter("cas_retries_total", "Compare-and-sets decided again")
# Events saved and not yet published: how many documents, and the age of the oldest in seconds (0 when none).
OUTBOX_PENDING = _gauge("outbox_pending", "Documents with unpublished events")
OUTBOX_AGE = _gauge("outbox_age_seconds", "Age of the oldest unpublished event")
# Documents whose leftovers the sweeper had to publish: crashes and broker outages leave some.
SWEEPER_PUBLISHES = _counter("sweeper_publishes_total", "Documents published by the sweeper")

# Data errors: each one waits for a person.
DEAD_LETTERS = _counter("dead_letters_total", "Records written to the dead-letter topic", "topic", "reason")
PARKED = _gauge("parked_documents", "Documents that wait for a replay or a discard")

# Infrastructure errors, retried for ever; part: database | broker | identity.
INFRASTRUCTURE_ERRORS = _counter("infrastructure_errors_total", "Failed calls to a part we depend on", "part")

# HTTP. `route` is the route's template, never the path; "unmatched": none took the request; "other": files, documents.
HTTP_REQUESTS = _counter("http_requests_total", "HTTP requests answered", "method", "route", "status")
# A stream of events has no end to wait for: it counts until it began.
HTTP_SECONDS = _histogram("http_request_seconds", "Seconds until the answer was complete", _FAST, "method", "route")
# Pages that keep themselves fresh and are open now, for each of which a stream is open.
LIVE_STREAMS = _gauge("live_streams", "Streams open to pages that keep themselves fresh")
# Commands of people; outcome: accepted | refused | conflict | parked | busy.
COMMANDS = _counter("commands_total", "Commands answered", "command", "outcome")

# What only one service does.
# Supervision, each replica of its own shards: since when, in seconds, the oldest change of a clock is due and not said,
# and how many applications have one; take the largest and the sum over replicas. What cannot say it (a parked
# application, a rule that raises) is counted apart: it waits for a person. Alert: lag above 300 s for 5 minutes, any
# stuck for an hour.
CLOCKS_SCAN_LAG = _gauge("clocks_scan_lag_seconds", "Delay of the scan behind the oldest due clock")
CLOCKS_DUE = _gauge("clocks_due", "Applications with a change that is due and was not said yet")
CLOCKS_STUCK = _gauge("clocks_stuck", "Applications with a due change that cannot be said")
# Supervision: days that are over and under no seal yet, as this replica saw it last; any of them seals. Alert: above 1
# for an hour.
SEALS_DUE = _gauge("seals_due", "Days that are over and not sealed yet")
# Work that replicas share by leases: the shards that this one holds. Alert: the sum for `scan` below 64 for 5 minutes.
LEASES_HELD = _gauge("leases_held", "Shards of shared work that this replica holds", "work")
# Licensing: PDFs made (each licence once, at its first download).
LICENCES_RENDERED = _counter("licences_rendered_total", "Licence and notice PDFs rendered", "outcome")


for _collector in (ProcessCollector, PlatformCollector, GCCollector):
    _collector(registry=REGISTRY)


class _OneService:
    """What one service shows: samples with its label, and those without a service label (the process)."""

    def __init__(self, service: str) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        for metric in REGISTRY.collect():
            samples = [s for s in metric.samples if s.labels.get("service", self._service) == self._service]
            if samples:
                shown = Metric(metric.name, metric.documentation, metric.type, metric.unit)
                shown.samples = samples
                yield shown


def exposition(service: str) -> bytes:
    """What `/metrics` of one service answers, as CONTENT_TYPE."""
    view = CollectorRegistry()
    view.register(_OneService(service))
    return generate_latest(view)
