"""`onedoor audit verify`: proves a case, a day or everything from the database itself; no web server is asked."""

from __future__ import annotations

import asyncio
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from shared.local.data import DEFAULT_DATA, live_run

audit = typer.Typer(
    help="审计链：核验办件、一天或全部。The audit chain: prove a case, a day, or everything.", no_args_is_help=True
)
console, errors = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
HOLDS, BROKEN, BAD_INPUT = 0, 1, 2


@audit.callback()
def _group() -> None:
    """Keeps `verify` a command of its own."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be proved: the application of `number`, one day, or everything. `records`: entries against the event
    log too."""

    number: str = ""
    day: date | None = None
    records: bool = True


class CannotVerify(Exception):
    """What was asked cannot be proved or not be reached; the text says what to do."""


@audit.command()
def verify(
    case: Annotated[str | None, typer.Option(help="申请编号或办件编号 number of an application or a case")] = None,
    day: Annotated[str | None, typer.Option(help="一天，如 2026-11-25  a sealed day")] = None,
    records: Annotated[
        bool,
        typer.Option("--records", help="也与事件日志逐条比对；--case 总是比对 compare entries with Kafka too"),
    ] = False,
    key: Annotated[
        list[Path] | None, typer.Option(help="自己保存的公钥（PEM），代替大厅的 your own copy of the public keys")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象 print one JSON object")] = False,
    data: Annotated[
        Path, typer.Option(help="本机运行的数据目录 data directory of a local run", envvar="ONEDOOR_DATA_DIR")
    ] = DEFAULT_DATA,
) -> None:
    """核验审计链：重新计算，与每日封签、事件日志和当前状态比对，指出第一处断裂。

    Without --case and --day everything is proved. Reads the database and the broker of the running hall (--data), or
    those of ONEDOOR_MONGO_URI and ONEDOOR_KAFKA. Exit code 0: it holds; 1: it is broken, and the first broken link is
    named (application, entry, row in the database, what differs); 2: it could not be looked at.
    """
    try:
        wanted = Wanted(_number(case), _day(day), records or case is not None)
        if wanted.number and wanted.day:
            raise CannotVerify("--case 和 --day 只能给一个。 give one of the two")
        report = asyncio.run(_verified(wanted, data.absolute(), key or []))
    except CannotVerify as problem:
        if as_json:
            print(json.dumps({"holds": None, "error": str(problem)}, ensure_ascii=False))
        else:
            errors.print(f"[red]✗[/red] {problem}")
        raise typer.Exit(BAD_INPUT) from None
    if as_json:
        print(json.dumps(report.as_data(), ensure_ascii=False))
    else:
        _tell(report)
    raise typer.Exit(HOLDS if report.holds else BROKEN)


def _number(text: str | None) -> str:
    """Nothing only where it was not asked for: an empty one would prove everything instead."""
    number = (text or "").strip().upper()
    if text is not None and not re.fullmatch(r"[0-9A-Z]{13}(-[0-9]{2})?", number):
        raise CannotVerify(
            f"“{number}”不是申请编号（13 位）或办件编号（13 位-2 位）。 no number of an application or case"
        )
    return number


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise CannotVerify(f"“{text}”不是日期，请写成 2026-11-25。 write the day as 2026-11-25") from None


async def _verified(wanted: Wanted, data: Path, keys: list[Path]) -> Any:
    """The report. Raises CannotVerify."""
    from services.supervision.proof.findings import UNREADABLE
    from shared.messaging.document import Unavailable
    from shared.settings import SettingsError
    from shared.signing import WrongKey

    try:
        return await _proof(wanted, _settings(data), keys)
    except Unavailable as error:
        raise CannotVerify(f"MongoDB 或 Kafka 没有回答。 no answer: {error}") from None
    except (SettingsError, WrongKey) as error:
        raise CannotVerify(str(error)) from None
    except UNREADABLE as error:
        raise CannotVerify(f"数据库里有读不懂的内容。 something in the database cannot be read: {error!r}") from error


def _settings(data: Path) -> Any:
    from shared.settings import key_file, load_settings, variable

    running = live_run(data) or {}
    fields = ("kafka", "mongo_uri", "cut_off")
    given = {name: os.environ.get(variable(name)) or running.get(name) for name in fields}
    if not given["mongo_uri"]:
        raise CannotVerify(
            f"没有正在运行的大厅（数据目录 {data}）。先运行 make run，或设置 ONEDOOR_MONGO_URI（和 ONEDOOR_KAFKA）。"
            " no hall runs here: start it, or name its database"
        )
    settings = load_settings([], data_dir=data, **{name: value for name, value in given.items() if value})
    kept = key_file(data, "audit_key")
    return settings if settings.audit_key or not kept.exists() else settings.model_copy(update={"audit_key": kept})


async def _proof(wanted: Wanted, settings: Any, keys: list[Path]) -> Any:
    from services.supervision.calendar.in_force import InForce
    from services.supervision.proof import Cases, Days, SealChecks
    from services.supervision.store import SupervisionCodec
    from shared.backing import RealBacking
    from shared.messaging.document import Unavailable
    from shared.messaging.lookup import KafkaRecords

    public, backing = _public_keys(settings, keys), RealBacking("supervision", settings)
    log, why = KafkaRecords(settings.kafka), "" if settings.kafka else "no broker is named (ONEDOOR_KAFKA)"
    try:
        store = backing.store(SupervisionCodec())
        await store.ping()
        try:
            await log.start() if not why else None
        except Unavailable as error:
            why = str(error)
        records = None if why else log
        calendars = InForce.of_deployment(settings.cut_off)
        with suppress(ValueError, LookupError, StopIteration):  # a book that somebody has edited: the proof names it
            await calendars.read(store)
        compared, newer = records if wanted.records else None, partial(calendars.newest, store)
        cases = Cases(store, SealChecks(store, public, records), calendars.rules, compared, newer)
        report = await _asked(wanted, cases, Days(cases))
        report.not_compared = why or ("" if wanted.records else "entries are compared with --case or --records")
        return report
    finally:
        await log.stop()
        await backing.close()


async def _asked(wanted: Wanted, cases: Any, days: Any) -> Any:
    if wanted.number:
        report = await cases.proof(wanted.number)
        missing = f"没有 {wanted.number}，请核对编号。 nothing is known of it"
    elif wanted.day:
        report = await days.day(wanted.day)
        missing = f"{wanted.day} 没有封签：还没有封，或早于第一个封签。 this day was not sealed"
    else:
        report = await days.everything()
        missing = (
            "这个数据库里没有申请，也没有封签：请核对 ONEDOOR_MONGO_URI 和 ONEDOOR_DATABASE_PREFIX。"
            " nothing is kept in this database"
        )
        report = None if report.holds and not (report.applications or report.seals) else report
    if report is None:
        raise CannotVerify(missing)
    return report


def _public_keys(settings: Any, keys: list[Path]) -> Any:
    from services.supervision.sealing.keys import AuditKeys
    from shared.signing import load_public

    if keys:
        return load_public(keys)
    if not settings.audit_key and settings.retired_keys:
        return load_public(settings.retired_keys)
    if not settings.audit_key:
        raise CannotVerify("不知道封签的公钥：设置 ONEDOOR_AUDIT_KEY，或用 --key 给出公钥文件。 no public key is known")
    return AuditKeys.of(settings).public


SCOPES = {"case": "申请 application", "day": "日期 day", "all": "全部 everything"}


def _tell(report: Any) -> None:
    """The report for people: the first broken link first."""
    subject = f" {report.subject}" if report.subject else ""
    if report.holds:
        console.print(f"[green]✓[/green] {SCOPES[report.scope]}{subject}：审计链完整。 [dim]it holds[/dim]")
    else:
        first = report.findings[0]
        chinese, english = first.words
        console.print(f"[red]✗[/red] {SCOPES[report.scope]}{subject}：第一处断裂 first broken link")
        parts = {
            "申请 application": first.application,
            "第几条 entry": first.n,
            "封签 seal of": first.day,
            "数据库中 row": first.row,
            "原因 what": f"{chinese} ({english})",
            "不同 differs": first.detail,
        }
        for name, value in parts.items():
            if value:
                console.print(f"  {name}: {value}", markup=False)
        if report.found > 1:
            console.print(f"  另有 {report.found - 1} 处，用 --json 查看。 [dim]and others[/dim]")
    console.print(
        f"  核对了 {report.applications} 份申请、{report.entries} 条记录、{report.seals} 个封签、{report.leaves} 片叶子"
        f"；与事件日志比对 {report.compared} 条记录、{report.published} 个封签"
    )
    if report.sealed_until:
        after = f"，其后 {report.uncovered} 条尚未封签" if report.uncovered else ""
        console.print(f"  封签到 {report.sealed_until}{after}")
    if report.not_compared or report.gone:
        gone = f"；事件日志已不再保存 {report.gone} 条" if report.gone else ""
        console.print(f"  没有与事件日志比对的 not compared: {report.not_compared or '—'}{gone}", markup=False)
    if report.waiting:
        console.print(f"  {report.waiting} 份申请有事件在途，状态没有比对 [dim]own events on their way[/dim]")
