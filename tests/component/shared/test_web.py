"""A service's web application from outside: probes, errors, limits, documents, alone and mounted in the hall."""

import asyncio
import json
from contextlib import asynccontextmanager
from enum import StrEnum

import httpx
import pytest
from fastapi import APIRouter, HTTPException, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from structlog.testing import capture_logs

from shared import metrics, tracing
from shared.health import Fault, Health
from shared.settings import Settings
from shared.web.app import build_app, run_lifespans
from shared.web.edge import BODY_LIMIT
from shared.web.i18n import preferred
from shared.web.problems import Problem, Words, busy


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Form(BaseModel):
    name: str = Field(min_length=2)
    age: int
    colour: Colour = Colour.RED


async def case_by_thing(thing: str) -> str:
    return thing


def routes():
    router = APIRouter()

    @router.post("/forms")
    async def forms(form: Form) -> dict[str, str]:
        return {"name": form.name, "trace": tracing.current().trace_id}

    @router.post("/files")
    async def files(file: UploadFile) -> int:
        return len(await file.read())

    @router.get("/cases/{number}")
    async def case(number: str) -> str:
        return number

    inner = APIRouter(prefix="/inner")
    inner.get("/things/{thing}")(case_by_thing)
    router.include_router(inner)

    @router.get("/refused")
    async def refused() -> None:
        raise Problem(
            409, "clock_paused", Words("时限已暂停", "The clock is paused"), "请先恢复计时。", more={"clock": "c1"}
        )

    @router.get("/busy")
    async def is_busy() -> None:
        raise busy(5)

    @router.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "inside words")

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("connection string mongodb://secret")

    @router.get("/halfway")
    async def halfway() -> StreamingResponse:
        async def parts():
            yield b"begun"
            raise RuntimeError("late")

        return StreamingResponse(parts())

    return router


def app(name="intake", settings=None, **more):
    settings = settings or Settings(upload_limit=2 * BODY_LIMIT, jwks="none.json")
    return build_app(name, settings, title="综合受理", description="样例", routers=[routes()], **more)


def client(application):
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://hall")


async def ask(method, path, application=None, **more):
    async with client(application or app()) as http:
        return await http.request(method, path, **more)


async def test_an_unknown_path_is_a_problem_in_chinese():
    answer = await ask("GET", "/nowhere")
    body = answer.json()
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "zh"
    assert body["code"] == "not_found"
    assert body["type"] == "urn:onedoor:problem:not_found"
    assert body["title"] == "没有找到"
    assert body["status"] == 404
    assert body["trace_id"] == answer.headers["traceparent"].split("-")[1]


async def test_a_reader_who_prefers_english_gets_english():
    answer = await ask("GET", "/nowhere", headers={"Accept-Language": "en-GB,en;q=0.9,zh;q=0.5"})
    assert answer.json()["title"] == "Not found"
    assert answer.headers["content-language"] == "en"


@pytest.mark.parametrize(
    ("accept", "spoken"),
    [(None, "zh"), ("", "zh"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("fr", "zh"), ("en", "en"), ("en;q=rubbish", "zh")],
)
def test_chinese_is_the_default(accept, spoken):
    assert preferred(accept) == spoken


async def test_a_wrong_method_names_the_right_one():
    answer = await ask("DELETE", "/forms")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert answer.headers["allow"] == "POST"


async def test_a_refusal_speaks_with_its_own_words_and_details():
    answer = await ask("GET", "/refused")
    body = answer.json()
    assert (answer.status_code, body["code"], body["title"], body["detail"], body["clock"]) == (
        409,
        "clock_paused",
        "时限已暂停",
        "请先恢复计时。",
        "c1",
    )


async def test_backpressure_says_when_to_come_back():
    answer = await ask("GET", "/busy")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


async def test_an_http_exception_keeps_its_status_and_not_its_inside_words():
    answer = await ask("GET", "/teapot")
    assert answer.status_code == 418
    assert "inside words" not in answer.text


async def test_every_wrong_field_is_named_with_what_to_do_and_no_value_is_repeated():
    answer = await ask("POST", "/forms", json={"name": "赵", "age": "样例岁", "colour": "blue"})
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert answer.status_code == 422
    assert errors.keys() == {"body.name", "body.age", "body.colour"}
    assert errors["body.name"]["fix"] == "至少填写 2 个字"
    assert errors["body.age"]["reason"] == "应为整数"
    assert "red" in errors["body.colour"]["fix"]
    assert "样例岁" not in answer.text
    assert "blue" not in answer.text


async def test_a_missing_field_is_asked_for():
    answer = await ask("POST", "/forms", json={"name": "样例"}, headers={"Accept-Language": "en"})
    assert answer.json()["errors"] == [{"field": "body.age", "reason": "is required", "fix": "fill it in"}]


async def test_a_body_that_is_not_json_says_so():
    answer = await ask("POST", "/forms", content=b'{"name":', headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_json"


async def test_an_unforeseen_error_is_logged_and_leaks_nothing():
    with capture_logs() as logged:
        answer = await ask("GET", "/broken")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert "mongodb" not in answer.text
    assert len(answer.json()["trace_id"]) == 32
    [error] = [line for line in logged if line["event"] == "unhandled_error"]
    assert error["route"] == "/broken"
    assert isinstance(error["exc_info"], RuntimeError)


async def test_an_error_after_the_answer_began_breaks_the_connection_instead_of_appending():
    with pytest.raises((RuntimeError, ExceptionGroup)):
        await ask("GET", "/halfway")


async def test_a_large_body_is_refused_before_it_is_read():
    answer = await ask("POST", "/forms", content=b"x" * (BODY_LIMIT + 1))
    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"
    assert "1 MB" in answer.json()["detail"]


async def test_an_announced_size_is_believed_before_a_byte_arrives():
    asked = []

    async def receive():
        asked.append(1)
        return {"type": "http.disconnect"}

    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"content-length", b"99999999"), (b"host", b"hall")]
    scope = {"type": "http", "method": "POST", "path": "/forms", "headers": headers, "query_string": b""}
    await app()({**scope, "root_path": "", "server": ("hall", 80), "scheme": "http"}, receive, send)
    assert sent[0]["status"] == 413
    assert not asked


async def test_a_body_that_does_not_announce_its_size_is_bounded_too():
    async def endless():
        for _ in range(40):
            yield b"x" * 65536

    answer = await ask("POST", "/forms", content=endless(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


async def test_a_file_may_be_larger_than_a_form_up_to_the_upload_limit():
    fits = await ask("POST", "/files", files={"file": ("a.pdf", b"x" * (2 * BODY_LIMIT))})
    assert fits.json() == 2 * BODY_LIMIT
    too_large = await ask("POST", "/files", files={"file": ("a.pdf", b"x" * (3 * BODY_LIMIT))})
    assert too_large.status_code == 413


async def test_every_answer_carries_the_security_headers():
    for path in ("/cases/1", "/nowhere", "/broken"):
        headers = (await ask("GET", path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert "strict-transport-security" not in headers


async def test_production_asks_browsers_for_https():
    settings = Settings(env="production", jwks="none.json")
    assert "strict-transport-security" in (await ask("GET", "/cases/1", app(settings=settings))).headers


async def test_a_trace_is_taken_up_and_returned():
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = await ask("POST", "/forms", json={"name": "样例", "age": 3}, headers={"traceparent": given})
    assert answer.json()["trace"] == "0af7651916cd43dd8448eb211c80319c"
    assert answer.headers["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c-")
    assert answer.headers["traceparent"] != given


async def test_requests_are_counted_by_template_and_never_by_path():
    await ask("GET", "/cases/CASE-NO-17", app("counted"))
    await ask("GET", "/never/seen", app("counted"))
    await ask("GET", "/inner/things/9", app("counted"))
    await ask("GET", "/docs", app("counted"))
    shown = (await ask("GET", "/metrics", app("counted"))).text
    assert 'route="/cases/{number}",service="counted",status="200"' in shown
    assert 'route="unmatched",service="counted",status="404"' in shown
    assert 'route="/inner/things/{thing}",service="counted",status="200"' in shown
    assert 'route="other",service="counted",status="200"' in shown
    assert "CASE-NO-17" not in shown
    assert "/never/seen" not in shown


async def test_the_probes_name_the_parts_and_the_reasons():
    async def well():
        return None

    async def ill():
        return Fault("no primary", "start a replica")

    async def raising():
        raise ConnectionError("mongodb://secret")

    healthy = app(health=Health("intake", ready={"database": well}))
    assert (await ask("GET", "/healthz/ready", healthy)).json()["status"] == "ready"
    sick = app(health=Health("intake", live=lambda: Fault("stuck"), ready={"a": well, "b": ill, "c": raising}))
    ready = await ask("GET", "/healthz/ready", sick)
    assert ready.status_code == 503
    assert ready.json() == {
        "service": "intake",
        "status": "not ready",
        "parts": [
            {"part": "a", "ok": True},
            {"part": "b", "ok": False, "reason": "no primary", "fix": "start a replica"},
            {"part": "c", "ok": False, "reason": "ConnectionError", "fix": ""},
        ],
    }
    assert (await ask("GET", "/healthz/live", sick)).status_code == 503
    assert (await ask("GET", "/healthz/live", healthy)).status_code == 200


async def test_a_part_that_never_answers_is_a_fault(monkeypatch):
    monkeypatch.setattr("shared.health.CHECK_SECONDS", 0.05)

    async def silent():
        await asyncio.Event().wait()

    answer = await ask("GET", "/healthz/ready", app(health=Health("intake", ready={"broker": silent})))
    assert answer.status_code == 503
    assert "no answer" in answer.text


async def test_the_documentation_needs_nobody_elses_server():
    page = await ask("GET", "/docs")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    for path in ("/static/swagger-ui/swagger-ui-bundle.js", "/static/swagger-ui/swagger-ui.css", "/static/docs.js"):
        assert f'"{path}"' in page.text
        found = await ask("GET", path)
        assert found.status_code == 200
        assert "max-age" in found.headers["cache-control"]
    assert (await ask("GET", "/static/missing.js")).json()["code"] == "not_found"


async def test_the_schema_documents_the_errors_as_problems():
    schema = (await ask("GET", "/openapi.json")).json()
    answers = schema["paths"]["/forms"]["post"]["responses"]
    assert answers.keys() == {"200", "default"}
    assert list(answers["default"]["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in json.dumps(schema)
    assert schema["info"]["title"] == "综合受理"


async def test_mounted_services_keep_their_paths_errors_and_metrics_apart():
    hall = app("hall-m")
    for name in ("intake-m", "approval-m"):
        hall.mount(f"/{name}", app(name))
    schema = (await ask("GET", "/intake-m/openapi.json", hall)).json()
    assert schema["servers"] == [{"url": "/intake-m"}]
    page = (await ask("GET", "/approval-m/docs", hall)).text
    assert '"/approval-m/openapi.json"' in page
    assert '"/approval-m/static/docs.js"' in page
    assert (await ask("GET", "/approval-m/static/docs.js", hall)).status_code == 200

    missing = await ask("GET", "/intake-m/nowhere", hall)
    assert missing.json()["code"] == "not_found"
    assert len(missing.headers.get_list("traceparent")) == 1
    with capture_logs() as logged:
        assert (await ask("GET", "/intake-m/broken", hall)).json()["code"] == "internal_error"
    assert len([line for line in logged if line["event"] == "unhandled_error"]) == 1
    assert (await ask("POST", "/intake-m/forms", hall, content=b"x" * (BODY_LIMIT + 1))).status_code == 413
    assert (await ask("GET", "/intake-m/cases/7", hall)).json() == "7"

    intake = metrics.exposition("intake-m").decode()
    assert 'route="/cases/{number}",service="intake-m",status="200"' in intake
    assert "hall-m" not in intake
    hall_shown = metrics.exposition("hall-m").decode()
    assert 'route="unmatched",service="hall-m",status="413"' in hall_shown  # refused before it reached a service
    assert hall_shown.count("onedoor_http_requests_total{") == 1


async def test_the_hall_starts_its_services_in_order_and_stops_them_in_reverse():
    told = []

    def life(name):
        @asynccontextmanager
        async def lifespan(_):
            told.append(f"start {name}")
            yield
            told.append(f"stop {name}")

        return lifespan

    services = [app(name, lifespan=life(name)) for name in ("intake", "approval")]
    hall = app("hall", lifespan=lambda _: run_lifespans(services))
    async with hall.router.lifespan_context(hall):
        assert told == ["start intake", "start approval"]
    assert told[2:] == ["stop approval", "stop intake"]
