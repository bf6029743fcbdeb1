"""What people of the hall do: the window receives and hands out, departments examine, supervisors urge."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from shared.local.sample import wording
from shared.local.sample.affair import Going
from shared.local.sample.doors import Doors

Task = Mapping[str, Any]
"""A task as approval lists it."""


class Window:
    """The clerks of 综合窗口."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def receive(self, going: Going) -> list[str] | None:
        """Accept it, or say that it is not needed, or not for this county; of a bundle that concerns its last case.

        Returns the cases that ended by it; None where that was refused.
        """
        affair, named = going.affair, []
        if affair.outcome != "accept":
            one = {"case": max(going.cases), "outcome": affair.outcome, "reason": wording.INSTEAD[affair.outcome]}
            named = [one | ({"competent_body": wording.COMPETENT} if affair.outcome == "refer" else {})]
        body = {"cases": named, "desk": affair.desk}
        told = await self._doors.post("clerk", f"/intake/applications/{going.number}/accept", body, key=going.key("in"))
        return None if told is None else [one["case"] for one in named]

    async def ask(self, going: Going, materials: Sequence[str]) -> list[str]:
        """Tell once what is missing, of these materials; returns which."""
        dice = going.affair.chance("ask")
        asked = sorted(dice.sample(materials, min(len(materials), dice.randint(1, 2))))
        told = [{"material": key, "reason": dice.choice(wording.MISSING)} for key in asked]
        path = f"/intake/applications/{going.number}/supplement-request"
        await self._doors.post("clerk", path, {"desk": going.affair.desk, "materials": told}, key=going.key("ask"))
        return asked

    async def correct(self, going: Going, phone: str) -> None:
        """Put a mistyped telephone number right."""
        body = {"applicant": {"phone": phone}, "reason": wording.CORRECTED, "desk": going.affair.desk}
        await self._doors.post(
            "clerk", f"/intake/applications/{going.number}/corrections", body, key=going.key("right")
        )

    async def hand_out(self, going: Going, case: str, method: str) -> None:
        """Hand the result out, at the counter or by post."""
        path, key = f"/licensing/results/{case}/deliver", going.key("out", case[-2:])
        await self._doors.post("clerk", path, {"method": method}, key=key)


class Departments:
    """Officers and heads of all departments."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def examine(self, going: Going, task: Task) -> bool:
        """Give the opinion on a task; whether it decided the case."""
        body = {"verdict": "agree"}
        if going.affair.refused == task["item"]:
            body = {"verdict": "disagree", "reason": going.affair.chance("reason").choice(wording.DISAGREE)}
        given = await self._do("officer", going, task, "opinion", body)
        return bool(given) and given["case_status"] in ("approved", "refused")

    async def take(self, going: Going, task: Task, who: str = "officer") -> None:
        """Take it into one's hands."""
        await self._do(who, going, task, "take")

    async def hand_back(self, going: Going, task: Task) -> None:
        """Hand back what one has taken."""
        reason = going.affair.chance("hand_back", task["task"]).choice(wording.HANDED_BACK)
        await self._do("officer", going, task, "hand-back", {"reason": reason})

    async def stop(self, going: Going, task: Task) -> None:
        """Start a procedure that stops the clock."""
        await self._do("officer", going, task, "procedures", {"kind": going.affair.procedure, **wording.PROCEDURE})

    async def answer(self, going: Going, task: Task, urge: int) -> None:
        """Answer the supervisor's urge."""
        text = going.affair.chance("answer", task["task"]).choice(wording.URGE_ANSWERS)
        path = f"/supervision/cases/{task['case']}/urges/{urge}/answer"
        key = going.key("said", task["task"][14:], str(urge))
        await self._doors.post(f"officer-{task['department']}", path, {"text": text}, key=key)

    async def _do(self, who: str, going: Going, task: Task, what: str, body: Mapping[str, Any] | None = None) -> Any:
        path, key = f"/approval/tasks/{task['task']}/{what}", going.key(what, task["task"][14:])
        return await self._doors.post(f"{who}-{task['department']}", path, body, key=key)


class Supervisors:
    """Those who answer for deadlines."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def urge(self, going: Going, task: Task) -> int | None:
        """Urge the department of an open task; the number of the urge."""
        text = going.affair.chance("urge", task["task"]).choice(wording.URGES)
        body = {"text": text, "departments": [task["department"]]}
        key = going.key("urge", task["task"][14:])
        told = await self._doors.post("supervisor", f"/supervision/cases/{task['case']}/urges", body, key=key)
        return None if told is None else int(told["urge"])

    async def open_tasks(self, numbers: Collection[str] = ()) -> list[Task]:
        """Every open task, or those of some applications."""
        narrow = [f"&application={number}" for number in sorted(numbers)] or [""]
        return [task for found in await asyncio.gather(*map(self._listed, narrow)) for task in found]

    async def _listed(self, narrow: str) -> list[Task]:
        found: list[Task] = []
        page, more = 1, True
        while more:
            listed = await self._doors.get("supervisor", f"/approval/tasks?size=100&page={page}{narrow}")
            found, page, more = [*found, *listed["tasks"]], page + 1, listed["more"]
        return found
