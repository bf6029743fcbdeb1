"""What people do who want something: hand it in with its papers, take it back, fetch what comes out, and rate."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from services.intake.catalogue import Catalogue
from services.intake.guide import Plan, PlannedMaterial, plan
from shared.identity import Person
from shared.local.sample import wording
from shared.local.sample.affair import Affair, Going
from shared.local.sample.doors import Doors
from shared.local.sample.paper import page

WRONG_PHONE = "13900009999"


class Applicants:
    """Everybody outside of the hall."""

    def __init__(self, doors: Doors, catalogue: Catalogue, persons: Mapping[str, Person]) -> None:
        self._doors, self._catalogue, self._persons = doors, catalogue, persons
        self._phones = {key: f"1390000{n:04d}" for n, key in enumerate(persons, start=1)}
        self._licences: dict[tuple[str, str], str] = {}
        """(person, licence type) -> the e-licence that they fetched last."""

    async def prepare(self, going: Going) -> None:
        """Get everything together that must be handed in."""
        wanted = self.materials(going.affair)
        going.materials = list(await asyncio.gather(*(self._handed_in(going.affair, each) for each in wanted)))

    async def submit(self, going: Going) -> bool:
        """Hand it in; some mistype their phone."""
        affair = going.affair
        party = self._party(affair.party)
        body = {
            "matter": affair.matter,
            "answers": dict(affair.answers),
            "applicant": party | ({"phone": WRONG_PHONE} if affair.mistyped else {}),
            "materials": going.materials,
            "desk": affair.desk if affair.by == "clerk" else None,
        }
        told = await self._doors.post(affair.by, "/intake/applications", body, key=affair.key)
        if told is not None:
            going.number = told["number"]
            going.cases = {case["case"]: case["item"] for case in told["cases"]}
        return told is not None

    async def replace(self, going: Going) -> None:
        """Hand in a better copy of one material, unasked."""
        affair = going.affair
        chosen = next((each for each in going.materials if "files" in each), None)
        material = next((each for each in self.materials(affair) if chosen and each.key == chosen["material"]), None)
        if material:
            path = f"/intake/applications/{going.number}/materials/{material.key}"
            body = {"files": [await self._upload(affair.by, material)]}
            await self._doors.post(affair.by, path, body, key=going.key("anew"))

    async def withdraw(self, going: Going) -> None:
        """Take it back."""
        going.withdrawn = True
        path = f"/intake/applications/{going.number}/withdrawal"
        await self._doors.post(going.affair.owner, path, {"cases": []}, key=going.key("back"))

    async def bring(self, going: Going, asked: Collection[str]) -> None:
        """Hand in what was missing."""
        by = going.affair.by
        wanted = [each for each in self.materials(going.affair) if each.key in asked]
        files = await asyncio.gather(*(self._upload(by, each) for each in wanted))
        body = {"materials": [{"material": m.key, "files": [file]} for m, file in zip(wanted, files, strict=True)]}
        await self._doors.post(by, f"/intake/applications/{going.number}/supplement", body, key=going.key("more"))

    async def download(self, going: Going, case: str) -> None:
        """Download the paper: printing takes a while."""
        await self._doors.get(going.affair.owner, f"/licensing/results/{case}/document")

    async def fetched(self, going: Going, case: str) -> None:
        """Keep the number of an e-licence, to show it the next time."""
        kind = self._catalogue.licence_for(going.cases[case])
        if kind is not None:
            result = await self._doors.get(going.affair.owner, f"/licensing/results/{case}")
            if result and result["kind"] == "licence":
                self._licences[going.affair.party, kind.key] = result["number"]

    async def rate(self, going: Going, case: str, now: datetime) -> None:
        """Rate, and perhaps read what came: those who waited too long, or were refused, are less content."""
        affair, dice = going.affair, going.affair.chance("rate", case[-2:])
        levels = wording.LATE_LEVELS if affair.pace > 1 or affair.refused else wording.LEVELS
        level = dice.choices([each for each, _ in levels], [often for _, often in levels])[0]
        tags = dice.sample(wording.TAGS[level], dice.randint(1, 2))
        if affair.pace > 1 and level in wording.LATE_TAG:
            tags.append(wording.LATE_TAG[level])
        comment = dice.choice(wording.COMMENTS[level]) if dice.random() < 0.6 else ""
        form = {"level": level, "tags": tags, "channel": dice.choice(("web", "app", "qr"))}
        form |= {"comment": comment} if comment else {}
        if dice.random() < 0.4:
            await self._doors.post(affair.owner, "/intake/mine/messages/read", {"upto": now.isoformat()})
        path = f"/ratings/cases/{case}/rating"
        await self._doors.post(affair.owner, path, form, key=going.key("rate", case[-2:]))

    def materials(self, affair: Affair) -> list[PlannedMaterial]:
        """What its one-time notice asks for."""
        planned = plan(self._catalogue, affair.matter, affair.answers)
        assert isinstance(planned, Plan)  # noqa: S101  the planner has seen it
        return [each for each in planned.materials if each.to_hand_in]

    def phone(self, affair: Affair) -> str:
        """The right telephone number of whose affair it is."""
        return self._phones[affair.party]

    async def _handed_in(self, affair: Affair, material: PlannedMaterial) -> dict[str, Any]:
        """Their own e-licence, a pledge, or the number of an older licence, where that may be; mostly a file."""
        dice = affair.chance("material", material.key)
        own = self._licences.get((affair.party, material.exempt_by or ""))
        if own:
            return {"material": material.key, "licence": own}
        if material.pledgeable and dice.random() < 0.5:
            return {"material": material.key, "pledge": True}
        if material.exempt_by and dice.random() < 0.3:
            return {"material": material.key, "licence": f"样例2024-{dice.randint(1, 9999):04d}"}
        return {"material": material.key, "files": [await self._upload(affair.by, material)]}

    async def _upload(self, by: str, material: PlannedMaterial) -> str:
        file = {"file": (f"样例-{material.name[:80]}.pdf", page(material.name), "application/pdf")}
        kept = await self._doors.post(by, "/intake/files", files=file)
        return str(kept["id"]) if kept else ""

    def _party(self, key: str) -> dict[str, str]:
        one = self._persons[key]
        if one.org:
            who = {"kind": "organisation", "name": one.org.name, "code": one.org.uscc}
        else:
            who = {"kind": "person", "name": one.name, "code": one.id_number or ""}
        return who | {"phone": self._phones[key]}
