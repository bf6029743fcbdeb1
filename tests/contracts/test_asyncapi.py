"""The AsyncAPI document is valid, complete and served; its page shows every topic, event and field without scripts."""

import json
import re
from pathlib import Path

import httpx
import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from shared.contracts.asyncapi import HEADERS, all_events, channel_id, document, message_id, schema_of, schema_path
from shared.contracts.generate import ASYNCAPI
from shared.contracts.topics import TOPICS
from shared.local.hall import front
from shared.settings import Settings
from shared.web.app import build_app
from tests.contracts.golden import SAMPLES, Golden

META = json.loads((Path(__file__).parent / "asyncapi" / "3.0.0-without-id.json").read_text("utf-8"))


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        here = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return here.union(*(references(each) for each in value.values()))
    return set().union(*(references(each) for each in value)) if isinstance(value, list) else set()


def test_the_document_is_valid_asyncapi() -> None:
    errors = list(jsonschema.Draft7Validator(META).iter_errors(json.loads(ASYNCAPI.read_text("utf-8"))))
    assert errors == []


def test_the_judge_refuses_a_wrong_document() -> None:
    wrong = document() | {"operations": {"x": {"action": "shout"}}}
    assert not jsonschema.Draft7Validator(META).is_valid(wrong)


def test_every_reference_leads_somewhere() -> None:
    resolver = Registry().resolver_with_root(DRAFT202012.create_resource(document()))
    for reference in references(document()):
        if reference.startswith("#"):
            assert resolver.lookup(reference).contents
        else:
            assert (ASYNCAPI.parent / reference).is_file(), reference


def test_every_topic_and_event_is_documented_with_who_says_and_who_hears_it() -> None:
    made = document()
    for row in TOPICS:
        channel = made["channels"][channel_id(row)]
        assert set(channel["messages"]) == {message_id(event) for event in row.events}
        operations = [each for each in made["operations"].values() if each["channel"]["$ref"].endswith(channel_id(row))]
        assert [each["x-service"] for each in operations if each["action"] == "send"] == [row.owner]
        assert [each["x-service"] for each in operations if each["action"] == "receive"] == list(row.consumers)
    for event in all_events():
        assert made["components"]["messages"][message_id(event)]["summary"], f"{event.__name__} has no docstring"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_the_headers_of_a_record_are_those_of_the_document(sample: Golden) -> None:
    assert sample.headers.keys() <= HEADERS.keys()
    schemas = document()["components"]["schemas"]
    name = "DepartmentHeaders" if sample.row.foreign else "Headers"
    jsonschema.validate(sample.headers, schemas[name])


@pytest.fixture
async def hall(tmp_path: Path):
    settings = Settings(jwks="none.json", data_dir=tmp_path)
    app = build_app("hall", settings, title="t", description="d", routers=front(settings, {}).routers)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hall") as client:
        yield client


async def test_the_document_and_its_schemas_are_served(hall: httpx.AsyncClient) -> None:
    served = (await hall.get("/asyncapi.json")).json()
    assert served == json.loads(ASYNCAPI.read_text("utf-8"))
    for event in all_events():
        answer = await hall.get(f"/schemas/{schema_path(event)}")
        assert answer.json() == schema_of(event)
    missing = await hall.get("/schemas/intake/CaseForgotten.v1.json")
    assert (missing.status_code, missing.json()["code"]) == (404, "no_such_schema")


async def test_the_page_shows_every_topic_event_and_field(hall: httpx.AsyncClient) -> None:
    answer = await hall.get("/asyncapi")
    page = answer.text
    assert answer.status_code == 200
    assert "onedoor.opinion.&lt;department&gt;.v1" in page
    for event in all_events():
        assert f"<h3>{event.__name__}</h3>" in page
        assert event.type_name() in page
        for field in event.model_fields:
            assert f"<code>{field}</code>" in page, (event, field)


async def test_the_page_obeys_the_policy_of_the_edge_and_its_links_lead_somewhere(hall: httpx.AsyncClient) -> None:
    answer = await hall.get("/asyncapi")
    page = answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script(?! src=)", page)
    assert "<style" not in page
    assert not re.search(r"\s(style|on\w+)=", page)
    for link in set(re.findall(r'href="([^"]+)"', page)):
        if link.startswith(("/intake/", "/licensing/", "/ratings/", "tel:")):
            continue  # ways of the frame to services that are not mounted here
        if link.startswith("#"):
            assert f'id="{link[1:]}"' in page, link
        else:
            assert (await hall.get(link.replace("&amp;", "&"))).status_code in (200, 303, 307), (
                link
            )  # the door leads on to the home page
