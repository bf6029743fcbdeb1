"""`onedoor status`: the whole hall at a glance, from what the services themselves answer."""

from __future__ import annotations

import os
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from shared.contracts.topics import SERVICES

LIGHTS = {"green": "正常", "yellow": "临期", "red": "超承诺", "deep_red": "超法定", "paused": "暂停"}


def show_status(address: str, console: Console) -> bool:
    """Print the tables; False when any service is not ready, holds a parked application, or cannot be asked."""
    with httpx.Client(base_url=address, timeout=15) as client:
        token = os.environ.get("ONEDOOR_TOKEN") or _development_token(client)
        client.headers["Authorization"] = f"Bearer {token}"
        rows = [_service(client, name) for name in SERVICES]
        numbers = _json(client, "/supervision/numbers")
    console.print(_services_table(address, rows))
    console.print("[dim]service · ready · lag · outbox · oldest, s · parked · waiting records[/dim]")
    if numbers:
        console.print(_lights_table(numbers))
        console.print("[dim]open cases: in time · near · promised passed · statutory passed · paused[/dim]")
    if any(row["parked"] for row in rows):
        console.print("[red]✗[/red] 有停放的申请：./onedoor deadletters list")
    for row in rows:
        for part in row.values():
            if isinstance(part, dict) and part.get("words"):
                console.print(f"[yellow]![/yellow] {part['words']}")
    for row in rows:
        for fault in row["faults"]:
            console.print(f"[red]✗ {row['name']}[/red] {fault}")
    return all(row["ready"] and not row["parked"] for row in rows)


def _service(client: httpx.Client, name: str) -> dict[str, Any]:
    row: dict[str, Any] = {"name": name, "ready": False, "faults": [], "parked": None}
    try:
        probe = client.get(f"/{name}/healthz/ready")
        row["ready"] = probe.status_code == 200
        if not row["ready"]:
            parts = probe.json().get("parts", [])
            row["faults"] = [f"{part['part']}: {part['reason']}" for part in parts if not part["ok"]]
        reply = client.get(f"/{name}/ops/status")
    except (httpx.HTTPError, ValueError) as error:
        row["faults"] = row["faults"] or [f"没有回答 no answer ({type(error).__name__})"]
        return row
    if reply.is_success:
        row |= reply.json()
    else:
        row["faults"].append(f"/ops/status 回答 {reply.status_code}")
    return row


def _services_table(address: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(title=f"onedoor {address}", title_justify="left")
    for heading in ("服务", "就绪"):
        table.add_column(heading, no_wrap=True)
    for heading in ("积压", "待发", "最久(秒)", "停放", "死信等待"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        parked = row.get("parked")
        table.add_row(
            row["name"],
            "[green]✓[/green]" if row["ready"] else "[red]✗[/red]",
            _shown(row.get("lag")),
            _shown(row.get("outbox_documents")),
            _shown(row.get("outbox_age_seconds")),
            f"[red]{parked}[/red]" if parked else _shown(parked),
            _shown(row.get("waiting_records")),
        )
    return table


def _lights_table(numbers: dict[str, Any]) -> Table:
    table = Table(title=f"在办 {numbers['open_cases']} 件", title_justify="left")
    for name in LIGHTS.values():
        table.add_column(name, justify="right")
    table.add_row(*(_shown(numbers["open_by_light"].get(light, 0)) for light in LIGHTS))
    return table


def _shown(value: Any) -> str:
    return "–" if value is None else str(value)


def _development_token(client: httpx.Client) -> str:
    reply = client.post("/dev/token", params={"person": "administrator"})
    return str(reply.json()["access_token"]) if reply.is_success else ""


def _json(client: httpx.Client, path: str) -> dict[str, Any] | None:
    try:
        reply = client.get(path)
        found: dict[str, Any] | None = reply.json() if reply.is_success else None
        return found
    except (httpx.HTTPError, ValueError):
        return None
