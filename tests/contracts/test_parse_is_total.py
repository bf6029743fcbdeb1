"""Whatever stands in a record, reading it gives an answer and never an exception."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.envelope import Heard, Malformed, Record, Unknown, encode, parse, peek_type
from shared.contracts.topics import TOPICS
from tests.contracts.golden import FOLDER, SAMPLES, Golden, golden

KNOWN = {name: event for row in TOPICS for name, event in row.known.items()}
READY = golden(FOLDER / "CaseReady.v1.json")
quick = settings(max_examples=150, deadline=None, database=None)

rubbish = st.binary(max_size=64)
values = st.none() | rubbish | st.text(max_size=32).map(lambda text: text.encode("utf-8", "surrogatepass"))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
instants = st.sampled_from(
    [
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "2026-03-02",
        "2026-03-02T01:00:00",
        "2026-02-30T01:00:00Z",
        "-1",
        "99999999999999999999",
        "",
    ]
)
numbers = st.sampled_from(["0", "-1", "1.5", "½", "１", " 7 ", "1_000", "9" * 30, "9" * 5000, "NaN", ""])


def answer(record: Record, *, foreign: bool = False) -> Heard | Unknown | Malformed:
    peek_type(record)
    found = parse(record, KNOWN, foreign=foreign)
    assert isinstance(found, Heard | Unknown | Malformed)
    return found


def with_header(sample: Golden, name: str, value: bytes | None) -> Record:
    headers: dict[str, Any] = {key: text.encode() for key, text in sample.headers.items()}
    return sample.record(headers=tuple((headers | {name: value}).items()))


@quick
@given(st.lists(st.tuples(st.text(max_size=16), values), max_size=14), values, values, st.booleans())
def test_rubbish_is_answered(headers: Any, key: bytes | None, value: bytes | None, foreign: bool) -> None:
    record = Record("onedoor.intake.v1", 0, 0, key, value, tuple(headers))
    assert not isinstance(answer(record, foreign=foreign), Heard)


@quick
@given(st.sampled_from(SAMPLES), st.data())
def test_a_good_record_with_one_bad_header_is_answered(sample: Golden, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(sample.headers)))
    value = data.draw(values | instants.map(str.encode) | numbers.map(str.encode))
    answer(with_header(sample, name, value), foreign=sample.row.foreign)


@quick
@given(st.sampled_from(SAMPLES), st.data())
def test_a_good_record_with_one_bad_field_is_answered(sample: Golden, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(sample.body)))
    body = sample.body | {name: data.draw(json_values | instants)}
    record = sample.record(value=json.dumps(body).encode("utf-8", "surrogatepass"))
    answer(record, foreign=sample.row.foreign)


@quick
@given(st.sampled_from(SAMPLES), rubbish | json_values.map(lambda value: json.dumps(value).encode()))
def test_a_good_envelope_around_a_bad_body_is_malformed(sample: Golden, value: bytes) -> None:
    assert isinstance(answer(sample.record(value=value), foreign=sample.row.foreign), Malformed)


@quick
@given(st.sampled_from(SAMPLES), values)
def test_a_record_under_another_key_is_malformed(sample: Golden, key: bytes | None) -> None:
    assert isinstance(answer(sample.record(key=key), foreign=sample.row.foreign), Malformed)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_an_instant_outside_the_calendar_is_malformed(text: str) -> None:
    assert isinstance(answer(with_header(READY, "ce_time", text.encode())), Malformed)
    assert isinstance(answer(READY.record(value=json.dumps(READY.body | {"at": text}).encode())), Malformed)


@pytest.mark.parametrize("text", ["0", "-1", "x", "9" * 19, "9" * 5000])
def test_a_running_number_that_no_document_can_have_is_malformed(text: str) -> None:
    assert isinstance(answer(with_header(READY, "ce_seq", text.encode())), Malformed)


def test_a_header_without_a_value_is_answered() -> None:
    for name in READY.headers:
        answer(with_header(READY, name, None))


def test_ten_megabytes_and_a_hundred_thousand_brackets_are_malformed() -> None:
    for value in (b"\x00" * 10_000_000, b"[" * 100_000, b'{"a":' * 100_000):
        assert isinstance(answer(READY.record(value=value)), Malformed)


def test_a_version_of_tomorrow_is_malformed_and_a_strange_type_is_only_unknown() -> None:
    newer = answer(with_header(READY, "ce_type", b"onedoor.intake.CaseReady.v2"))
    assert isinstance(newer, Malformed)
    assert newer.reason == "unknown_version"
    assert isinstance(answer(with_header(READY, "ce_type", b"com.example.Other.v1")), Unknown)


def test_a_reason_never_repeats_the_value_that_was_wrong() -> None:
    secret = "样例甲的身份证号"
    found = answer(READY.record(value=json.dumps(READY.body | {"at": secret, "case": secret}).encode()))
    assert isinstance(found, Malformed)
    assert secret not in found.detail


def test_a_department_cannot_choose_its_source_or_its_number() -> None:
    sample = golden(FOLDER / "DepartmentOpinion.v1.json")
    heard = answer(with_header(with_source(sample), "ce_seq", b"7"), foreign=True)
    assert isinstance(heard, Heard)
    assert heard.source == "topic/onedoor.opinion.xfdd.v1"
    assert heard.seq is None


def with_source(sample: Golden) -> Golden:
    return Golden(sample.name, sample.topic, sample.key, sample.headers | {"ce_source": "approval/1"}, sample.body)


def test_what_we_write_has_the_headers_once_and_in_the_kafka_binding() -> None:
    heard = answer(READY.record())
    assert isinstance(heard, Heard)
    written = encode(
        heard.event, topic="t", source=heard.source, seq=1, at=heard.at, cause="c", traceparent=heard.traceparent
    )
    names = [name for name, _ in written.headers]
    assert len(names) == len(set(names))
    assert all(name.startswith("ce_") or name in ("content-type", "traceparent") for name in names)
