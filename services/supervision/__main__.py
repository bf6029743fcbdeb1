"""`python -m services.supervision due FROM N`: what the hall's calendar says, for people and for checks.

`due` and `check` need no hall: they count by what this installation knows. `preview`, `publish` and `progress` ask a
running one, signed in as its administrator.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from services.supervision.calendar.composing import turned
from services.supervision.calendar.notices import BEGINS, ENDS, CalendarFileError, Notice, read_file
from services.supervision.calendar.working_days import DIRECTORY, base_of, laid_over, load_calendar
from services.supervision.due import Office, due_date
from shared.operating import answered, fail, operator

app = typer.Typer(help="日历 the calendar that every clock of the hall counts by.", no_args_is_help=True)
console = Console(highlight=False)
MOST_DAYS, MOST_MOVES = 40, 20

Files = Annotated[Path, typer.Option(help="运营单位的日历文件夹 folder of the operator's calendar files")]
File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="放假安排 a notice of days")]
Url = Annotated[str, typer.Option(help="大厅地址 address of the hall", envvar="ONEDOOR_URL")]
HALL = "http://127.0.0.1:8000"


@app.callback()
def _calendar() -> None:
    """日历：到期日、检查和公布放假安排。The calendar: due dates, and notices of days from check to publication."""


def _day(text: str) -> date:
    """The day that was written. Raises typer.BadParameter, also where no calendar reaches."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        raise typer.BadParameter(f"{text} is no day; write one like 2026-02-12") from None
    if not BEGINS <= day <= ENDS:
        raise typer.BadParameter(f"{day} is not between {BEGINS} and {ENDS}; give a day of that time")
    return day


@app.command(context_settings={"ignore_unknown_options": True})  # so that -1 is a number that is too small
def due(
    start: Annotated[date, typer.Argument(metavar="FROM", parser=_day, help="受理日 day of acceptance, 2026-02-12")],
    days: Annotated[int, typer.Argument(metavar="N", min=0, max=100_000, help="工作日数 number of working days")],
    files: Files = DIRECTORY,
) -> None:
    """到期日；未公布的年份标 provisional。Print the last day of N working days; `provisional` past announced years."""
    try:
        last, provisional = due_date(Office(load_calendar(files)), start, days)
    except CalendarFileError as error:
        raise _unusable(error) from error
    typer.echo(f"{last} provisional" if provisional else f"{last}")


@app.command()
def check(file: File, files: Files = DIRECTORY) -> None:
    """检查一份放假安排能不能用，列出它改变的日子。Say whether a notice can be used, and which days it turns."""
    try:
        notice, base = _read(file), base_of(files)
        before, after = laid_over(base, ()), laid_over(base, (notice,))
    except CalendarFileError as error:
        raise _unusable(error) from error
    _show_days([(each.day, each.working, after.name_of(each.day)) for each in turned(before, after)])
    console.print(f"{notice.basis}：可以用。日期确定到 {after.certain_until}（原来 {before.certain_until}）。")


@app.command()
def preview(file: File, url: Url = HALL) -> None:
    """预览：公布以后会改变什么。Ask a running hall what publishing this notice would change."""
    notice = _checked(file)
    with _hall(url) as client:
        _show_preview(_asked(client, "POST", "/preview", {"name": notice.name, "text": notice.text}))


@app.command()
def publish(
    file: File,
    url: Url = HALL,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 do not ask")] = False,
) -> None:
    """预览并公布，成为新的一版日历。Preview a notice, ask, and put it in force; clocks are then recounted."""
    notice = _checked(file)
    body: dict[str, Any] = {"name": notice.name, "text": notice.text}
    with _hall(url) as client:
        found = _asked(client, "POST", "/preview", body)
        _show_preview(found)
        if not yes:
            typer.confirm(f"公布为第 {found['number']} 版日历？立即生效", abort=True)
        body["after"] = found["number"] - 1
        key = hashlib.sha256(f"{found['number']}\n{notice.name}\n{notice.text}".encode()).hexdigest()[:32]
        done = _asked(client, "POST", "/versions", body, key)
    console.print(f"已公布第 {done['number']} 版（{done['calendar']}）；重算的进度用 progress 看。")


@app.command()
def progress(url: Url = HALL) -> None:
    """现行日历和重算进度。The calendar in force in a running hall, and how far clocks are recounted by it."""
    with _hall(url) as client:
        latest = _asked(client, "GET", "/versions")[0]
        found = _asked(client, "GET", f"/versions/{latest['number']}")
    console.print(f"第 {found['number']} 版（{found['calendar']}），{found['basis']}，确定到 {found['certain_until']}")
    left, of, moved = (found["progress"][name] for name in ("left", "of", "moved"))
    console.print(f"重算：还有 {left} 份申请（共 {of} 份），已改 {moved} 个时限的日期。")


def _read(file: Path) -> Notice:
    return read_file(file)


def _checked(file: Path) -> Notice:
    """The notice, checked for itself before a hall is asked."""
    try:
        return _read(file)
    except CalendarFileError as error:
        raise _unusable(error) from error


def _unusable(error: CalendarFileError) -> typer.Exit:
    typer.echo(f"{error}\n{error.chinese}", err=True)
    return typer.Exit(2)


def _hall(url: str) -> httpx.Client:
    return operator(url.rstrip("/"))


def _asked(
    client: httpx.Client, method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None
) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    try:
        return answered(client.request(method, f"/supervision/calendar{path}", json=body, headers=headers))
    except httpx.HTTPError as error:
        raise fail(f"大厅没有回答（{type(error).__name__}）。它在运行吗？") from None


def _show_preview(found: dict[str, Any]) -> None:
    _show_days([(date.fromisoformat(each["day"]), each["working"], each["name"]) for each in found["turned"]])
    if found["past"]:
        console.print(f"其中 {found['past']} 天已经过去。")
    console.print(f"日期确定到 {found['certain_until']}（原来 {found['certain_until_before']}）。")
    some = f"（只看了 {found['running']} 份申请中的 {found['looked']} 份）" if found["bounded"] else ""
    console.print(f"会改日期的时限：{found['moving']} 个{some}")
    for move in found["moves"][:MOST_MOVES]:
        limit = "statutory_due" if move["due"] == move["due_before"] else "due"  # the law's alone may move
        was, will = (str(move[name])[:10] for name in (f"{limit}_before", limit))
        called = f"{move['clock']}{'（法定）' if limit == 'statutory_due' else ''}"
        console.print(f"  {called}  {'、'.join(move['departments'])}  {was} → {will}", markup=False)


def _show_days(days: list[tuple[date, bool, str]]) -> None:
    console.print(f"变了的日子：{len(days)} 天")
    for day, working, name in days[:MOST_DAYS]:
        console.print(f"  {day} {'上班' if working else '放假'} {name}".rstrip(), markup=False)
    if len(days) > MOST_DAYS:
        console.print(f"  … 还有 {len(days) - MOST_DAYS} 天")


if __name__ == "__main__":
    app()
