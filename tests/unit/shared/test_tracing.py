"""Trace ids: read what is well formed, begin anew otherwise, keep the id from hop to hop."""

import pytest
from opentelemetry import trace as outside
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared import tracing

GOOD = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def oracle(value):
    context = TraceContextTextMapPropagator().extract({"traceparent": value})
    found = outside.get_current_span(context).get_span_context()
    return outside.format_trace_id(found.trace_id) if found.is_valid else None


@pytest.mark.parametrize(
    "value",
    [
        GOOD,
        GOOD + "-more",
        "cc" + GOOD[2:] + "-more",
        "ff" + GOOD[2:],
        GOOD.upper(),
        "00-" + "0" * 32 + "-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01",
        "00-short-b7ad6b7169203331-01",
        "rubbish",
        "",
        "x" * 10_000,
    ],
)
def test_a_header_is_read_as_the_standard_library_of_tracing_reads_it(value):
    found = tracing.parse(value)
    assert (found.trace_id if found else None) == oracle(value)


def test_bytes_that_are_not_text_are_no_trace():
    assert tracing.parse(b"\xff\xfe") is None
    assert tracing.parse(None) is None
    assert tracing.parse(GOOD.encode()).traceparent == GOOD


def test_the_trace_id_stays_and_the_span_is_new_at_each_place():
    trace = tracing.following(GOOD)
    assert trace.trace_id == "0af7651916cd43dd8448eb211c80319c"
    assert trace.span_id != "b7ad6b7169203331"
    name, value = trace.header
    assert name == "traceparent"
    assert tracing.following(value).trace_id == trace.trace_id
    assert oracle(value.decode()) == trace.trace_id


def test_without_a_cause_a_trace_begins():
    one, two = tracing.following(None), tracing.following("broken")
    assert one.trace_id != two.trace_id
    assert tracing.parse(one.traceparent) == one


def test_the_current_trace_ends_with_its_block():
    assert tracing.current() is None
    with tracing.tracing(tracing.new_trace()) as outer:
        with tracing.tracing(outer.child()) as inner:
            assert tracing.current() == inner
        assert tracing.current() == outer
    assert tracing.current() is None
