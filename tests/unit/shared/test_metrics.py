"""Metrics: one list, one registry, and each service shows its own."""

from prometheus_client.parser import text_string_to_metric_families

from shared import metrics


def samples(service):
    families = text_string_to_metric_families(metrics.exposition(service).decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def test_a_service_shows_its_own_samples_and_those_of_the_process():
    metrics.REFUSALS.labels("metrics-a", "clock_paused", "topic").inc()
    metrics.BATCH_SECONDS.labels("metrics-b", "topic").observe(0.2)
    a, b = samples("metrics-a"), samples("metrics-b")
    labels = (("code", "clock_paused"), ("path", "topic"), ("service", "metrics-a"))
    assert a["onedoor_refusals_total", labels] == 1.0
    assert not any("metrics-a" in str(key) for key in b)
    assert not any("metrics-b" in str(key) for key in a)
    assert ("onedoor_batch_seconds_bucket", (("le", "0.25"), ("path", "topic"), ("service", "metrics-b"))) in b
    assert any(name == "process_cpu_seconds_total" for name, _ in a)


def test_every_metric_says_its_service_first_and_what_it_means():
    ours = [m for m in metrics.REGISTRY.collect() if m.name.startswith("onedoor_")]
    assert ours
    assert all(metric.documentation for metric in ours)
    declared = [value for value in vars(metrics).values() if hasattr(value, "_labelnames")]
    assert len(declared) == len(ours)
    assert all(value._labelnames[0] == "service" for value in declared)
