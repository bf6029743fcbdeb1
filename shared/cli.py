"""The `onedoor` command: run the hall, serve one service, look at it, carry a case through it, mend it."""

from __future__ import annotations

import asyncio
import json
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console

from shared.contracts.topics import SERVICES
from shared.local.auditing import audit as audit_chain
from shared.local.data import DEFAULT_DATA, live_run, start_over
from shared.operating import answered, fail, operator
from shared.steady import run_steadily

app = typer.Typer(
    name="onedoor",
    help="只进一扇门：县级政务服务大厅。The software of a county's one-stop government service hall.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
letters = typer.Typer(
    help="死信：查看、重放、放弃、审计。Parked applications: list, show, replay, discard, audit.",
    no_args_is_help=True,
)
app.add_typer(letters, name="deadletters")
app.add_typer(audit_chain, name="audit")
console = Console(highlight=False)

Data = Annotated[Path, typer.Option(help="本机运行的数据目录 data directory of a local run", envvar="ONEDOOR_DATA_DIR")]
Url = Annotated[
    str | None, typer.Option(help="大厅地址，默认取本机正在运行的 address of the hall", envvar="ONEDOOR_URL")
]
ServiceName = Enum("ServiceName", {name: name for name in SERVICES}, type=str)  # type: ignore[misc]
Service = Annotated[ServiceName, typer.Option("--service", "-s", help="服务 the service that parked it")]


def _cannot_start(error: Exception) -> typer.Exit:
    from shared.messaging.document import Unavailable

    if isinstance(error, Unavailable):
        return fail(f"Kafka 或 MongoDB 没有回答，请检查 ONEDOOR_KAFKA 和 ONEDOOR_MONGO_URI。 {error}")
    return fail(str(error))


@app.command()
def run(
    data: Data = DEFAULT_DATA,
    processes: Annotated[bool, typer.Option("--processes", help="五个服务各自一个进程 five processes")] = False,
    empty: Annotated[bool, typer.Option("--empty", help="空的数据目录也不造样例 no sample in a new directory")] = False,
) -> None:
    """启动整个大厅：真实的 Kafka、MongoDB 和五个服务。Run the whole hall; Ctrl-C stops it in order."""
    from shared.local.run import CANNOT_START
    from shared.local.run import run as run_hall

    try:
        run_steadily(run_hall(data.absolute(), processes=processes, empty=empty))
    except CANNOT_START as error:
        raise _cannot_start(error) from None


@app.command()
def fresh(data: Data = DEFAULT_DATA) -> None:
    """清空本机数据，从头开始。Delete the data of local runs (downloads are kept)."""
    if live_run(data):
        raise fail("大厅正在运行，不能清空。请先在它的窗口按 Ctrl-C 停止，再运行 make fresh。")
    start_over(data)
    console.print(f"已清空 {data}，下次启动从头开始。 [dim]data deleted; downloads kept[/dim]")


@app.command()
def serve(
    service: Annotated[ServiceName, typer.Argument(help="服务 the service to run")],
    host: Annotated[str, typer.Option(help="监听地址 address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="监听端口 port", min=1, max=65535)] = 8000,
) -> None:
    """单独运行一个服务（需要 ONEDOOR_KAFKA 和 ONEDOOR_MONGO_URI）。Run one service as its own process."""
    from shared.local.run import CANNOT_START
    from shared.local.run import serve as serve_one

    try:
        run_steadily(serve_one(service.value, host, port))
    except CANNOT_START as error:
        raise _cannot_start(error) from None


@app.command()
def topics(replication: Annotated[int, typer.Option(help="副本数 replicas of each partition", min=1)] = 1) -> None:
    """按主题表建立缺少的主题（ONEDOOR_KAFKA）。Create the topics of the table that are missing."""
    from shared.local.hall import departments
    from shared.local.run import CANNOT_START
    from shared.messaging.topics import create_topics
    from shared.settings import load_settings

    try:
        settings = load_settings(secrets=[])
        settings.need("kafka")
        created = asyncio.run(create_topics(settings.kafka, departments(), replication))
    except CANNOT_START as error:
        raise _cannot_start(error) from None
    console.print(f"新建 {len(created)} 个主题。" + ("" if created else "全部已存在。"))


@app.command()
def demo(
    matter: Annotated[
        list[str] | None, typer.Argument(help="事项或一件事的编号，如 restaurant newborn fire_check")
    ] = None,
    url: Url = None,
    data: Data = DEFAULT_DATA,
    file: Annotated[Path | None, typer.Option("--json", help="结果写入文件 write the result as JSON")] = None,
) -> None:
    """走一遍真实办件，列出推动它的每个事件。Carry a real case through the public API and show every event."""
    from shared.local.demo import Demo, DemoFailed

    try:
        results = [Demo(_address(url, data), console).carry(each) for each in matter or ["restaurant"]]
    except DemoFailed as error:
        raise fail(str(error)) from None
    except httpx.HTTPError as error:
        raise fail(f"大厅没有回答（{type(error).__name__}）。它在运行吗？") from None
    if file:
        found: Any = results[0] if len(results) == 1 else results
        file.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        console.print(f"结果已写入 {file}")


@app.command()
def status(url: Url = None, data: Data = DEFAULT_DATA) -> None:
    """一眼看清：服务、积压、待发、停放、死信、各灯在办件。Everything at a glance."""
    from shared.local.status import show_status

    try:
        well = show_status(_address(url, data), console)
    except httpx.HTTPError as error:
        raise fail(f"大厅没有回答（{type(error).__name__}）。它在运行吗？") from None
    if not well:
        raise typer.Exit(1)


@letters.command("list")
def list_letters(url: Url = None, data: Data = DEFAULT_DATA) -> None:
    """列出停放的申请。List what is parked, in every service."""
    found = 0
    with operator(_address(url, data)) as client:
        for name in SERVICES:
            for lane in answered(client.get(f"/{name}/ops/deadletters")):
                found += 1
                console.print(
                    f"[bold]{lane['lane']}[/bold]  -s {name}  等待 {lane['waiting']} 条  {lane['since'][:19]}"
                )
                console.print(f"    {lane['reason']}  {lane['detail']}", markup=False, soft_wrap=True)
    console.print(
        f"停放 {found} 份；用 show、replay、discard 处理。"
        if found
        else "没有停放的申请。 [dim]nothing is parked[/dim]"
    )


@letters.command("show")
def show_letters(lane: str, service: Service, url: Url = None, data: Data = DEFAULT_DATA) -> None:
    """查看一份停放申请的等待记录（已遮盖个人信息）。Show the waiting records of a lane, masked, in order."""
    with operator(_address(url, data)) as client:
        for record in answered(client.get(f"/{service.value}/ops/deadletters/{lane}")):
            console.print(f"[bold]{record['position']}[/bold]  {record['dead'] or '等待'}  {record['detail']}")
            for name, value in record["headers"].items():
                console.print(f"    {name}: {value}", markup=False)
            console.print(f"    {record['body']}", markup=False)


@letters.command()
def replay(lane: str, service: Service, url: Url = None, data: Data = DEFAULT_DATA) -> None:
    """从最前面的记录起重新处理（写入审计）。Handle the waiting records again, head first; audited."""
    with operator(_address(url, data)) as client:
        done = answered(client.post(f"/{service.value}/ops/deadletters/{lane}/replay"))
    console.print(
        f"{lane}：处理了 {done['handled']} 条；" + (f"仍停放：{done['held_by']}" if done["held_by"] else "已恢复。")
    )
    if done["held_by"]:
        raise typer.Exit(1)


@letters.command()
def discard(
    lane: str,
    position: Annotated[str, typer.Argument(help="最前面记录的位置，见 show  position of the head record")],
    service: Service,
    url: Url = None,
    data: Data = DEFAULT_DATA,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 do not ask")] = False,
) -> None:
    """放弃最前面的一条记录（写入审计，不可恢复）。Give up the head record; audited, and final."""
    if not yes:
        typer.confirm(f"放弃 {service.value} 中 {lane} 的记录 {position}？此操作不可恢复", abort=True)
    with operator(_address(url, data)) as client:
        answered(client.post(f"/{service.value}/ops/deadletters/{lane}/discard", params={"position": position}))
    console.print("已放弃；其余记录请用 replay 处理。 [dim]discarded; replay handles the rest[/dim]")


@letters.command()
def audit(
    limit: Annotated[int, typer.Option(help="最多列出几条 how many entries at most", min=1, max=500)] = 50,
    url: Url = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """列出重放和放弃的审计记录，最近的在前。Who replayed or discarded what, newest first, in every service."""
    entries: list[dict[str, Any]] = []
    with operator(_address(url, data)) as client:
        for name in SERVICES:
            entries += answered(client.get(f"/{name}/ops/interventions", params={"limit": limit}))
    for entry in sorted(entries, key=lambda each: str(each["at"]), reverse=True)[:limit]:
        console.print(f"{entry['at'][:19]}  [bold]{entry['action']}[/bold]  {entry['lane']}  -s {entry['service']}")
        console.print(f"    {entry['position']}  {entry['outcome']}  {entry['by']}", markup=False, soft_wrap=True)
    if not entries:
        console.print("没有重放或放弃过。 [dim]nothing was replayed or discarded[/dim]")


def _address(url: str | None, data: Path) -> str:
    if url:
        return url.rstrip("/")
    found = (live_run(data) or {}).get("address")
    if not found:
        raise fail(f"没有正在运行的大厅（数据目录 {data}）。先运行 make run，或用 --url 指明地址。")
    return str(found)


def main() -> None:
    """Entry point."""
    try:
        app(prog_name="onedoor")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
