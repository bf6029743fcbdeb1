"""Every event has a golden record that we, a JSON Schema validator and the cloudevents package read alike."""

import json
import re

import jsonschema
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event

from shared.contracts.asyncapi import all_events, message_id, schema_of, schema_path
from shared.contracts.envelope import Heard, encode, event_id, parse
from shared.contracts.sealed import Keyring
from shared.contracts.terms import PERSONAL, Party
from tests.contracts.golden import FOLDER, SAMPLE_KEY, SAMPLES, Golden, golden

each = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)


def read(sample: Golden) -> Heard:
    heard = parse(sample.record(), sample.row.known, foreign=sample.row.foreign)
    assert isinstance(heard, Heard), heard
    return heard


def test_every_event_has_one_sample_and_every_sample_an_event() -> None:
    assert sorted(sample.name for sample in SAMPLES) == sorted(f"{message_id(event)}.json" for event in all_events())


@each
def test_a_sample_is_read_into_the_class_that_it_is_named_after(sample: Golden) -> None:
    heard = read(sample)
    assert f"{message_id(type(heard.event))}.json" == sample.name
    assert (heard.topic, heard.key, heard.id) == (sample.topic, sample.key, sample.headers["ce_id"])
    assert heard.event.about() == sample.headers["ce_subject"]
    assert sample.headers["ce_dataschema"] == f"onedoor/{schema_path(type(heard.event))}"


@each
def test_what_was_read_is_written_again_equal(sample: Golden) -> None:
    heard = read(sample)
    again = encode(
        heard.event,
        topic=sample.topic,
        source=sample.headers["ce_source"],
        seq=heard.seq or 1,
        at=heard.at,
        cause=heard.cause,
        traceparent=heard.traceparent,
    )
    assert again.key.decode() == sample.key
    assert json.loads(again.value) == sample.body
    written = {name: value.decode() for name, value in again.headers}
    if sample.row.foreign:  # a department chooses its own id and counts nothing
        assert sample.headers.items() <= (written | {"ce_id": heard.id}).items()
    else:
        assert written == sample.headers


@each
def test_a_sample_has_every_field_and_fits_its_schema(sample: Golden) -> None:
    event = type(read(sample).event)
    assert sample.body.keys() == event.model_fields.keys(), "a sample shows every field"
    schema = schema_of(event)
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(sample.body)


@each
def test_the_cloudevents_package_reads_the_same_event(sample: Golden) -> None:
    record = sample.record()
    assert record.value is not None
    heard = read(sample)
    outside = from_binary_event(KafkaMessage(headers=dict(record.headers), key=record.key, value=record.value))
    assert outside.get_specversion() == "1.0"
    assert outside.get_id() == heard.id
    assert outside.get_type() == type(heard.event).type_name()
    assert outside.get_source() == sample.headers["ce_source"]
    assert outside.get_subject() == heard.event.about()
    assert outside.get_time() == heard.at
    assert outside.get_datacontenttype() == "application/json"
    assert outside.get_dataschema() == sample.headers["ce_dataschema"]
    assert outside.get_extension("partitionkey") == sample.key
    assert outside.get_extension("cause") == (None if sample.row.foreign else heard.cause)
    assert outside.get_extension("seq") == (None if sample.row.foreign else str(heard.seq))
    assert outside.get_data() == sample.body


@each
def test_a_sample_holds_no_personal_data_outside_sealed_fields(sample: Golden) -> None:
    open_fields = {name: value for name, value in sample.body.items() if name != "holder"}
    assert not PERSONAL.search(json.dumps(open_fields, ensure_ascii=False))
    assert not re.search(r"\d{17}[\dX]", json.dumps(open_fields))


@each
def test_an_older_record_without_the_fields_that_have_defaults_is_still_read(sample: Golden) -> None:
    event = type(read(sample).event)
    needed = {name for name, field in event.model_fields.items() if field.is_required()}
    body = {name: value for name, value in sample.body.items() if name in needed}
    record = sample.record(value=json.dumps(body).encode())
    assert isinstance(parse(record, sample.row.known, foreign=sample.row.foreign), Heard)


def test_a_field_that_we_do_not_know_is_ignored_in_our_own_events() -> None:
    sample = golden(FOLDER / "CaseReady.v1.json")
    newer = sample.record(value=json.dumps(sample.body | {"added_later": 1}).encode())
    assert parse(newer, sample.row.known) == read(sample)


def test_the_sealed_holder_of_a_sample_opens_with_the_sample_key() -> None:
    event = read(golden(FOLDER / "CaseApproved.v1.json")).event
    holder = Keyring({"sample-1": SAMPLE_KEY}, "sample-1").open(event.holder, Party, event.application)  # type: ignore[attr-defined]
    assert holder.name == "样例餐饮店（虚构）"


def test_an_event_id_depends_on_source_and_number_alone() -> None:
    assert event_id("intake/2603020000017", 2) == "7557146a-3d98-52ec-b7ad-32c53e253ba9"
    assert len({event_id(source, seq) for source in ("intake/1", "intake/12") for seq in (1, 2, 21)}) == 6
