"""`make calendar`: due dates, and notices checked without a hall, and previewed and published in one that runs."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from services.supervision import __main__ as command
from tests.unit.supervision.notices import NOTICE_2027

PREVIEW = {
    "number": 2, "calendar": "cn-2027-x", "certain_until_before": "2026-12-31", "certain_until": "2027-12-31",
    "replaced": [], "turned": [{"day": "2027-01-01", "working": False, "name": "元旦"}], "past": 0, "moving": 1,
    "moves": [{"application": "", "subject": "", "clock": "decision", "departments": ["scjg"],
               "due_before": "2027-01-05T10:00:00Z", "due": "2027-01-05T10:00:00Z",
               "statutory_due_before": "2027-01-15T10:00:00Z", "statutory_due": "2027-01-18T10:00:00Z",
               "provisional": False}],
    "looked": 1, "running": 3, "bounded": True,
}  # fmt: skip


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    path = tmp_path / "2027.yaml"
    path.write_text(NOTICE_2027, encoding="utf-8")
    return path


class Hall:
    """A hall that answers as the routes do, and what it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, published: httpx.Response) -> None:
        self.asked: list[httpx.Request] = []
        self._published = published
        transport = httpx.MockTransport(self._answer)
        monkeypatch.setattr(command, "_hall", lambda url: httpx.Client(transport=transport, base_url=url))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(200, json=PREVIEW) if request.url.path.endswith("/preview") else self._published


def run(*arguments: str, answer: str = ""):
    return CliRunner().invoke(command.app, list(arguments), input=answer)


def test_a_due_date_is_printed_with_provisional_beside_it() -> None:
    asked = [("2026-02-12", "5"), ("2026-12-24", "5"), ("2026-12-25", "5"), ("2026-02-12", "0")]
    told = [run("due", *each).output.strip() for each in asked]
    assert told == ["2026-02-26", "2026-12-31", "2027-01-01 provisional", "2026-02-12"]


def test_a_due_date_is_counted_by_the_operators_files(notice: Path) -> None:
    assert run("due", "2026-12-25", "5", "--files", str(notice.parent)).output.strip() == "2027-01-04"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["2026-02-30", "5"], "2026-02-30 is no day; write one like 2026-02-12"),
        (["20260212", "5"], "20260212 is no day; write one like 2026-02-12"),
        (["2003-12-31", "5"], "2003-12-31 is not between 2004-01-01 and"),
        (["2026-02-12", "five"], "Input should be a valid integer"),
        (["2026-02-12", "-1"], "Input should be greater than or equal to 0"),
        (["2026-02-12", "100001"], "Input should be less than or equal to 100000"),
        (["2026-02-12"], "Missing argument 'N'"),
    ],
)
def test_a_due_date_of_nothing_says_what_to_write(arguments: list[str], said: str) -> None:
    answer = run("due", *arguments)
    assert (answer.exit_code, said in answer.output) == (2, True), answer.output


def test_a_due_date_says_which_calendar_file_is_broken(notice: Path) -> None:
    notice.write_text("basis: x\n", encoding="utf-8")
    answer = run("due", "2026-02-12", "5", "--files", str(notice.parent))
    assert answer.exit_code == 2
    assert "2027.yaml:1: days is missing" in answer.output


@pytest.mark.parametrize("url", ["http://[::1", "hall.example", "ftp://hall.example", ""])
def test_an_address_that_is_none_is_told_apart_from_a_hall_that_is_away(notice: Path, url: str) -> None:
    found = run("preview", str(notice), "--url", url)
    assert (found.exit_code, f"“{url}”不是大厅的地址" in found.output) == (2, True), found.output


def test_a_token_that_is_none_is_said_before_a_hall_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDOOR_TOKEN", "凭证")
    found = run("progress", "--url", "http://127.0.0.1:1")
    assert (found.exit_code, "ONEDOOR_TOKEN 里有凭证不会有的字符" in found.output) == (2, True), found.output


def test_a_notice_is_checked_without_a_hall(notice: Path) -> None:
    found = run("check", str(notice))
    assert found.exit_code == 0
    assert "变了的日子：18 天" in found.output
    assert "2027-01-30 上班 春节" in found.output
    assert "日期确定到 2027-12-31（原来 2026-12-31）" in found.output


def test_what_cannot_be_used_is_said_with_its_line_in_both_languages(notice: Path) -> None:
    notice.write_text(NOTICE_2027.replace("2027-01-01: rest", "2027-01-01: off"), encoding="utf-8")
    for name in ("check", "preview", "publish"):
        found = run(name, str(notice))
        assert found.exit_code == 2
        assert "2027.yaml:4: 2027-01-01 is 'off 元旦'; write working or rest" in found.output
        assert "请写 working 或 rest" in found.output


def test_a_publication_is_what_was_previewed_and_the_same_when_it_is_said_again(notice, monkeypatch) -> None:
    hall = Hall(monkeypatch, httpx.Response(201, json={"number": 2, "calendar": "cn-2027-x"}))
    for _ in range(2):
        found = run("publish", str(notice), "--yes")
        assert found.exit_code == 0, found.output
    assert "decision（法定）  scjg  2027-01-15 → 2027-01-18" in found.output
    assert "只看了 3 份申请中的 1 份" in found.output
    first, again = [each for each in hall.asked if each.url.path == "/supervision/calendar/versions"]
    assert json.loads(first.content) == {"name": "2027", "text": NOTICE_2027, "after": 1}
    assert first.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]


def test_nothing_is_published_that_nobody_confirmed(notice, monkeypatch) -> None:
    hall = Hall(monkeypatch, httpx.Response(201, json={}))
    assert run("publish", str(notice), answer="n\n").exit_code == 1
    assert [each.url.path for each in hall.asked] == ["/supervision/calendar/preview"]


def test_a_refusal_of_the_hall_is_said_in_its_words(notice, monkeypatch) -> None:
    problem = {"title": "日历刚刚更新过", "detail": "请重新预览。", "code": "calendar_moved_on"}
    Hall(monkeypatch, httpx.Response(409, json=problem))
    found = run("publish", str(notice), "--yes")
    assert found.exit_code == 1
    assert "日历刚刚更新过：请重新预览。（409 calendar_moved_on）" in found.output
