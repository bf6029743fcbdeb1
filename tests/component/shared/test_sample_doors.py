"""How people of a sample reach the services: who they are, coming back later, and what a rule refuses."""

import httpx
import pytest

from shared.local.data import PlatformError
from shared.local.issuer import DevelopmentIssuer
from shared.local.sample.doors import Doors
from shared.settings import load_settings


@pytest.fixture
def seen():
    return []


@pytest.fixture
def doors(tmp_path, seen, monkeypatch):
    """Answers by path; everything that was sent is in `seen`."""
    monkeypatch.setattr("shared.local.sample.doors.PAUSE", 0)
    answers = {
        "/busy": [httpx.Response(503), httpx.Response(503), httpx.Response(200, json={"done": True})],
        "/no": [httpx.Response(409, json={"code": "already_rated", "errors": []})],
        "/paper": [httpx.Response(200, content=b"%PDF", headers={"content-type": "application/pdf"})],
        "/broken": [httpx.Response(500, text="fault")],
        "/ever": [httpx.Response(503) for _ in range(100)],
    }

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answers[request.url.path].pop(0)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://hall")
    return Doors(client, DevelopmentIssuer(load_settings(data_dir=tmp_path), ["xfdd"]))


async def test_who_is_asked_to_come_back_later_does_and_sends_the_same_again(doors, seen):
    assert await doors.post("applicant", "/busy", {"a": 1}, key="sample-1-001") == {"done": True}
    assert len(seen) == 3
    assert {request.headers["idempotency-key"] for request in seen} == {"sample-1-001"}
    assert len({request.headers["authorization"] for request in seen}) == 1


async def test_what_a_rule_refuses_is_counted_and_nobody_stops_for_it(doors):
    assert await doors.post("applicant", "/no", {}) is None
    assert doors.refused == {"already_rated": 1}


async def test_a_paper_comes_as_it_is(doors):
    assert await doors.get("applicant", "/paper") == b"%PDF"
    assert doors.refused == {}


@pytest.mark.parametrize("path", ["/broken", "/ever"])
async def test_a_service_that_fails_ends_the_sample(doors, path):
    with pytest.raises(PlatformError, match=path):
        await doors.get("supervisor", path)


async def test_everybody_comes_with_a_token_of_their_own(doors, seen):
    for person in ("applicant", "officer-xfdd"):
        await doors.get(person, "/paper") if person == "applicant" else await doors.post(person, "/no")
    assert len({request.headers["authorization"] for request in seen}) == 2
