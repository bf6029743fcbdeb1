"""`/calendar`: the days that count, year by year, with every version; and a notice, from its file to its being in
force."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.supervision.calendar.notices import BEGINS
from services.supervision.calendar.publishing import moved_rows
from services.supervision.calendar.views import NoticeBody, PublicationBody
from services.supervision.model import CalendarVersion
from services.supervision.pages.days import line_of, sheet_of, shifts_of, table_of, year_of
from services.supervision.parts import Parts
from services.supervision.refusals import REFUSALS
from services.supervision.store import Row
from shared.clock import shanghai
from shared.identity import Person, scope_of
from shared.kernel import Refused
from shared.web.commands import answering, refusal
from shared.web.forms import Sent
from shared.web.i18n import _
from shared.web.pages import Pages
from shared.web.problems import Problem, Words
from shared.web.session import signed_in
from shared.web.spreadsheet import spreadsheet
from shared.web.validation import checked

SHOWN, MOST_ROWS, LAST_YEAR = 50, 10_000, 2100
Reader = Annotated[Person, Depends(signed_in("calendar.read"))]
ClockReader = Annotated[Person, Depends(signed_in("clock.read"))]
Publisher = Annotated[Person, Depends(signed_in("calendar.publish"))]
Number = Annotated[int, Path(ge=1, le=10_000)]
AskedYear = Annotated[int | None, Query(ge=BEGINS.year, le=LAST_YEAR)]


def calendar(parts: Parts, pages: Pages) -> APIRouter:
    """Everyone on duty looks."""
    router = APIRouter(include_in_schema=False)

    @router.get("/calendar")
    async def show(request: Request, asker: Reader, year: AskedYear = None) -> HTMLResponse:
        values = await _whole(parts, asker, year)
        form = pages.blank(asker)
        return pages.show(request, asker, "supervision/calendar.html", current="calendar", form=form, **values)

    @router.get("/pages/calendar/{number}")
    async def version(request: Request, asker: Reader, number: Number) -> HTMLResponse:
        """What a version brought, how far clocks are counted by it, and which of them it moved."""
        found, latest = await _version(parts, number)
        left, moved = await parts.publishing.progress(number)
        lines = await _lines(parts, asker, number, SHOWN) if asker.may("clock.read") else None
        return pages.show(
            request, asker, "supervision/version.html", current="calendar", version=found, latest=latest, left=left,
            of=max(found.running, left), moved=moved, lines=lines,
        )  # fmt: skip

    @router.get("/pages/calendar/{number}/moved.csv")
    async def table(asker: ClockReader, number: Number) -> Response:
        """The clocks that a version moved and that the reader may see, MOST_ROWS at most."""
        await _version(parts, number)
        head, rows = table_of(await _lines(parts, asker, number, MOST_ROWS))
        name = _("改了日期的期限")
        return spreadsheet(f"{name}-{number}.csv", head, rows)

    return router


def notices(parts: Parts, pages: Pages) -> APIRouter:
    """Administrators publish."""
    router = APIRouter(include_in_schema=False)

    @router.post("/pages/calendar/preview")
    async def preview(request: Request, asker: Publisher) -> Response:
        """A file was chosen, or its text entered: what it would change, and the button that publishes it."""
        form = await pages.forms.sent(request, asker)
        try:
            body = checked(NoticeBody, _entries(form))
            found = await parts.publishing.preview(body, asker)
        except Problem as problem:
            return await _again(request, asker, form, problem)
        names = await answering(parts.numbers.departments())
        kept = pages.blank(asker, name=body.name, text=body.text, after=str(found.command.number - 1))
        return pages.show(
            request, asker, "supervision/notice.html", current="calendar", preview=found, names=found.names(),
            shifts=shifts_of(found.moves, names), form=kept,
        )  # fmt: skip

    @router.post("/pages/calendar")
    async def publish(request: Request, asker: Publisher) -> Response:
        form = await pages.forms.sent(request, asker)
        try:
            body = checked(PublicationBody, {**_entries(form), "after": form.optional("after")})
            done = await parts.publishing.publish(body, asker, form.key)
        except Problem as problem:
            return await _again(request, asker, form, problem)
        return pages.go("supervision", f"/pages/calendar/{done['number']}")

    async def _again(request: Request, asker: Person, form: Sent, problem: Problem) -> HTMLResponse:
        values = await _whole(parts, asker, None)
        fields = {"name": "name", "text": "text"}
        return pages.again(
            request, asker, "supervision/calendar.html", form, problem, fields=fields, current="calendar", **values
        )

    return router


async def _whole(parts: Parts, asker: Person, year: int | None) -> dict[str, Any]:
    book = await parts.publishing.book()
    today = shanghai(parts.runtime.clock()).date()
    left, _moved = await parts.publishing.progress(book.latest.number)
    return {
        "versions": book.versions[::-1],
        "latest": book.latest,
        "year": year_of(parts.rules.office.calendar, year or today.year, LAST_YEAR),
        "today": today,
        "left": left,
        "of": max(book.latest.running, left),
        "may_publish": asker.may("calendar.publish"),
    }


async def _version(parts: Parts, number: int) -> tuple[CalendarVersion, CalendarVersion]:
    """The version of this number, and the one in force. Raises Problem."""
    book = await parts.publishing.book()
    found = book.version(number)
    if found is None:
        raise refusal(Refused("no_such_version"), REFUSALS)
    return found, book.latest


async def _lines(parts: Parts, asker: Person, number: int, limit: int) -> list[Any]:
    rows: list[Row] = list(await answering(moved_rows(parts.store, scope_of(asker, "clock.read"), number, limit)))
    names = await answering(parts.numbers.departments())
    return [line_of(row, names) for row in rows]


def _entries(form: Sent) -> dict[str, str]:
    """Name and text as entered, or of the file that was chosen, which then stand in the form. Raises Problem."""
    chosen = next(iter(form.files.get("notice", ())), None)
    if chosen is not None:
        try:
            text = chosen.file.read().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            title = Words("这个文件读不出来", "This file cannot be read")
            detail = Words(
                "请另存为 UTF-8 编码的文本（YAML）再选一次。", "Save it as text in UTF-8 and choose it again."
            )
            raise Problem(422, "unfit_notice", title, detail) from error
        form.values = {**form.values, "name": (sheet_of(chosen.filename or ""),), "text": (text,)}
    return {"name": form.text("name"), "text": form.value("text")}
