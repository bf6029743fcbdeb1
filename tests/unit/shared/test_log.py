"""Log lines: JSON, with service and trace, and without anything that names a person."""

import io
import json
import logging

import pytest
import structlog
from pydantic import BaseModel, ValidationError

from shared import tracing
from shared.log import configure_logging, logger, mask_text

ID = "110000199001010018"
EARLY = logger("made-at-import")
PHONE = "13800000000"


@pytest.fixture
def lines():
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logging("info", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_names_service_and_trace(lines):
    with tracing.tracing(tracing.new_trace()) as trace:
        logger("intake").info("case_accepted", case="A-01")
    [line] = lines()
    assert line["service"] == "intake"
    assert line["event"] == "case_accepted"
    assert line["trace_id"] == trace.trace_id
    assert line["level"] == "info"


def test_keys_that_name_a_person_are_hidden_at_any_depth(lines):
    logger("intake").info("seen", name="样例甲", about={"holder": {"x": 1}, "list": [{"phone": "1"}]}, count=3)
    [line] = lines()
    assert line["name"] == "***"
    assert line["about"] == {"holder": "***", "list": [{"phone": "***"}]}
    assert line["count"] == 3


@pytest.mark.parametrize(
    "value",
    [
        f"办件人{ID}，",
        f"id={ID}",
        "11000019900101001X",
        "110000 19900101 0018",
        f"手机{PHONE}",
        "138-0000-0000",
        f"+86{PHONE}"[3:],
    ],
)
def test_numbers_of_people_are_masked_wherever_they_stand(lines, value):
    logger("intake").info("seen", note=value)
    logging.getLogger("some.library").warning("got %s", value)
    for line in lines():
        text = json.dumps(line, ensure_ascii=False)
        assert ID not in text
        assert "***" in text


def test_a_number_logged_as_an_integer_is_masked(lines):
    logger("intake").info("seen", a=int(ID), b=int(PHONE), offset=1763812345678)
    [line] = lines()
    assert (line["a"], line["b"], line["offset"]) == ("***", "***", 1763812345678)


@pytest.mark.parametrize(
    "text", ["2026030200001", "2026030200001-01", "91000000EXAMPLE01P", "2026-03-02T12:00:00.123456+08:00"]
)
def test_our_own_numbers_stay(text):
    assert mask_text(text) == text


def test_an_exception_is_logged_without_what_somebody_wrote(lines):
    class Form(BaseModel):
        age: int

    try:
        Form(age="样例甲")
    except ValidationError as error:
        logger("intake").error("unforeseen", exc_info=error)
    try:
        raise RuntimeError(f"no record for {ID}")
    except RuntimeError:
        logging.getLogger("some.library").exception("failed")
    ours, library = lines()
    assert ours["error"] == "ValidationError"
    assert ours["message"] == "age: int_parsing"
    assert "样例甲" not in json.dumps(ours, ensure_ascii=False)
    assert library["message"] == "no record for ***"
    assert library["at"]


def test_uvicorn_speaks_through_us_and_its_access_lines_do_not(lines):
    logging.getLogger("uvicorn.error").warning("started")
    logging.getLogger("uvicorn.access").warning("GET /?q=secret")
    [line] = lines()
    assert line["event"] == "started"
    assert line["logger"] == "uvicorn.error"


def test_a_logger_made_before_the_configuration_obeys_it(lines):
    EARLY.info("seen", name="样例甲")
    [line] = lines()
    assert (line["service"], line["name"]) == ("made-at-import", "***")


def test_lines_below_the_level_are_not_written(lines):
    logger("intake").debug("noise")
    assert lines() == []


def test_a_terminal_gets_a_readable_form():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = Terminal()
    configure_logging("info", stream)
    logger("intake").info("case_accepted", name="样例甲")
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    assert "case_accepted" in stream.getvalue()
    assert "样例甲" not in stream.getvalue()
    with pytest.raises(json.JSONDecodeError):
        json.loads(stream.getvalue())
