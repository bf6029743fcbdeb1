"""The topics table agrees with itself, with what the services hear, and with the picture in the README."""

import importlib
import re

import pytest

from shared.contracts import picture, topics
from shared.contracts.envelope import HallEvent
from shared.contracts.generate import README
from shared.contracts.topics import SERVICES, TOPICS, Topic, all_topics, dead_letters, department_of, topic_named
from shared.messaging.hears import Hears

rows = pytest.mark.parametrize("row", TOPICS, ids=lambda row: row.name)


def heard_by(service: str) -> tuple[Hears, ...]:
    hears: tuple[Hears, ...] = tuple(importlib.import_module(f"services.{service}.handlers").HEARS)
    return hears


def test_every_event_stands_on_exactly_one_topic() -> None:
    events = [event for row in TOPICS for event in row.events]
    assert len(events) == len(set(events)) == len({event.type_name() for event in events})


@rows
def test_an_owner_says_its_own_events_only(row: Topic) -> None:
    assert row.owner in (*SERVICES, "department")
    assert {event.service for event in row.events} == {"opinion" if row.foreign else row.owner}


@rows
def test_a_topic_says_who_hears_it(row: Topic) -> None:
    assert row.consumers or row.compacted, "only the catalogue may be for readers outside the five alone"
    assert set(row.consumers) <= set(SERVICES)
    assert len(set(row.consumers)) == len(row.consumers)


@rows
def test_a_topic_carries_its_version_and_a_key_that_its_events_have(row: Topic) -> None:
    assert re.fullmatch(r"onedoor\.([a-z]+|opinion\.<department>)\.v\d+", row.name)
    for event in row.events:
        assert row.key in event.model_fields or issubclass(event, HallEvent), event


@rows
def test_a_dead_letter_fits_every_record_with_its_reason(row: Topic) -> None:
    for group in SERVICES:
        assert dead_letters(group).max_bytes > row.max_bytes
        assert dead_letters(group).retention_ms == topics.FOREVER


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_hears_the_topics_that_the_table_gives_it_and_no_others(service: str) -> None:
    table = {row.name for row in TOPICS if service in row.consumers}
    assert {hears.topic.name for hears in heard_by(service)} == table


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_hears_only_events_of_the_topic_that_its_list_names(service: str) -> None:
    for hears in heard_by(service):
        assert hears.events, hears.topic.name
        assert set(hears.events) <= set(hears.topic.events), hears.topic.name


def test_every_topic_is_created_for_every_department_and_found_by_its_name() -> None:
    created = dict(all_topics(("xfdd", "scjg")))
    assert len(created) == len(TOPICS) - 1 + 2 + len(SERVICES)
    assert department_of("onedoor.opinion.xfdd.v1") == "xfdd"
    assert department_of("onedoor.opinion.x.y.v1") is None
    for name, row in created.items():
        assert "<" not in name
        if not name.endswith(".dlq"):
            assert topic_named(name) is row


def test_the_picture_shows_every_service_every_topic_and_every_ear() -> None:
    drawn = picture.mermaid()
    for service in SERVICES:
        assert f'  {service}["{picture.TITLES[service]}' in drawn
    for row in TOPICS:
        assert row.name.replace("<", "‹").replace(">", "›") in drawn
        for consumer in row.consumers:
            assert re.search(rf"^  topic_{row.name.split('.')[1]} --> .*\b{consumer}\b", drawn, re.MULTILINE)
    assert drawn.count("==>") == len(TOPICS)


def test_the_readme_shows_the_picture_of_today() -> None:
    page = README.read_text("utf-8")
    between = page.split(picture.START)[1].split(picture.END)[0]
    assert between == f"\n```mermaid\n{picture.mermaid()}```\n", "run `make schemas`"


def test_a_page_without_the_marks_is_told_how_to_get_the_picture() -> None:
    with pytest.raises(picture.NoPlace, match=picture.START):
        picture.drawn_into("# no marks here\n")
    assert picture.drawn_into(f"a\n{picture.START}\nold\n{picture.END}\nb\n").endswith(f"```\n{picture.END}\nb\n")
