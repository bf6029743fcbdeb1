"""What people hand in for the materials of a plan, checked all at once: what is missing, strange, or not theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from services.intake.licences import Licences, People, Wrong
from services.intake.model import HandedIn, PlannedMaterial
from services.intake.store import holds_file
from services.intake.sweeping import expired
from services.intake.texts import Key
from shared.clock import Clock
from shared.files import Files
from shared.identity import Person
from shared.messaging.document import Store
from shared.web.problems import FieldError

MAX_FILES = 20


class MaterialBody(BaseModel):
    """一份材料：上传的文件、电子证照编号、告知承诺选一种；窗口还可以收纸质原件。"""

    model_config = ConfigDict(extra="forbid")
    material: Key = Field(description="材料的 key，见一次告知单", examples=["articles"])
    files: tuple[Key, ...] = Field(default=(), max_length=MAX_FILES, description="POST /files 返回的文件 id")
    licence: str | None = Field(default=None, max_length=100, description="用来代替这份材料的电子证照的标识")
    pledge: bool = Field(default=False, description="true：以书面告知承诺代替（只限告知单 ways 有 pledge 的材料）")
    paper: bool = Field(default=False, description="true：窗口已收纸质原件（只限窗口人员）")

    def handed_in(self) -> HandedIn:
        """The values as they came; a licence is unverified until it is judged."""
        licence = self.licence.strip() if self.licence else None
        verified = None if licence is None else False
        return HandedIn(
            material=self.material,
            files=self.files,
            licence=licence,
            pledged=self.pledge,
            verified=verified,
            paper=self.paper,
        )


@dataclass(frozen=True, slots=True)
class HandingIn:
    """Checks what is handed in against a plan, whose files they are, and what its e-licences are worth."""

    files: Files
    licences: Licences
    store: Store
    clock: Clock

    async def checked(
        self, bodies: Sequence[MaterialBody], planned: Iterable[PlannedMaterial], people: People, asker: Person
    ) -> tuple[list[FieldError], tuple[HandedIn, ...]]:
        """Everything wrong with it, and what came; `planned` is what must be, and nothing else may be."""
        wanted = {material.key: material for material in planned}
        judged = await asyncio.gather(
            *(self._one(bodies, place, wanted, people, asker) for place in range(len(bodies)))
        )
        errors = [error for wrong, _ in judged for error in wrong]
        return _missing(bodies, wanted.values()) + errors, tuple(handed_in for _, handed_in in judged)

    async def _one(
        self,
        bodies: Sequence[MaterialBody],
        place: int,
        wanted: Mapping[str, PlannedMaterial],
        people: People,
        asker: Person,
    ) -> tuple[list[FieldError], HandedIn]:
        body, at = bodies[place], f"materials.{place}"
        handed_in = body.handed_in()
        errors = _place_errors(body, wanted, {each.material for each in bodies[:place]}, at)
        if not errors and body.paper and not takes_paper(asker):
            reason = f"“{wanted[body.material].name}”的纸质原件只能由窗口收"
            errors = [FieldError(field=f"{at}.paper", reason=reason, fix=_ways(wanted[body.material]))]
        if not errors and body.licence is not None:
            errors, handed_in = await self._licence(handed_in, wanted[body.material], people, at)
        named = wanted[body.material].name if body.material in wanted else body.material
        return errors + await self._file_errors(body.files, at, named, asker), handed_in

    async def _licence(
        self, given: HandedIn, material: PlannedMaterial, people: People, at: str
    ) -> tuple[list[FieldError], HandedIn]:
        kind = self.licences.catalogue.licence_types.get(material.licence_type or "")
        if kind is None:
            reason = f"“{material.name}”没有对应的电子证照"
            return [FieldError(field=f"{at}.licence", reason=reason, fix=_ways(material))], given
        judged = await self.licences.judged(given.licence or "", material.key, kind, people)
        if isinstance(judged, Wrong):
            return [FieldError(field=f"{at}.licence", reason=judged.reason, fix=judged.fix)], given
        return [], given.model_copy(update={"licence": judged.number, "verified": judged.verified})

    async def _file_errors(self, ids: Sequence[str], at: str, material: str, asker: Person) -> list[FieldError]:
        """Somebody else's file is answered as if there were none; what may be swept soon is too old to be taken."""
        errors = []
        for place, name in enumerate(ids):
            noted = await self.files.noted(name) if len(name) <= 64 else None
            if noted is None or noted.get("owner") != asker.subject or noted.get("kind"):
                reason = f"“{material}”：没有这个文件，或者不是您上传的"
                fix = "请重新上传这份材料；上传后一天内没有提交的文件会自动删除"
                errors.append(FieldError(field=f"{at}.files.{place}", reason=reason, fix=fix))
            elif expired(noted, self.clock()) and not await holds_file(self.store, name, [{}]):
                reason = f"“{material}”的文件“{noted.get('name')}”已过期"
                fix = "请重新上传；上传后一天内没有提交的文件会自动删除"
                errors.append(FieldError(field=f"{at}.files.{place}", reason=reason, fix=fix))
        return errors


def takes_paper(asker: Person) -> bool:
    """Whether papers come into this person's hands: at the window alone, and nobody has to go online to it
    (优化营商环境条例 Art. 37)."""
    return asker.may("application.accept")


def _missing(bodies: Sequence[MaterialBody], wanted: Collection[PlannedMaterial]) -> list[FieldError]:
    brought = {body.material for body in bodies}
    return [
        FieldError(field=f"materials.{material.key}", reason=f"缺少“{material.name}”", fix=_ways(material))
        for material in wanted
        if material.to_hand_in and material.key not in brought
    ]


def _ways(material: PlannedMaterial) -> str:
    ways = ["上传文件"]
    if material.licence_type:
        ways.append("出示电子证照")
    if material.pledgeable:
        ways.append("作出告知承诺")
    return "请" + "，或".join(ways)


def _place_errors(
    body: MaterialBody, wanted: Mapping[str, PlannedMaterial], seen: Collection[str], at: str
) -> list[FieldError]:
    """What is wrong with the place and the way of one material, whatever its content is worth."""
    material = wanted.get(body.material)
    if material is None:
        reason = f"这次办理不需要“{body.material}”这份材料"
        return [FieldError(field=f"{at}.material", reason=reason, fix="请去掉，或对照一次告知单改正")]
    if body.material in seen:
        reason = f"“{material.name}”写了两次"
        return [FieldError(field=f"{at}.material", reason=reason, fix="请合并成一份，文件可以有多个")]
    given = [bool(body.files), body.licence is not None, body.pledge, body.paper]
    if sum(given) != 1:
        reason = f"“{material.name}”" + ("没有内容" if not any(given) else "提交了不止一种形式")
        return [FieldError(field=at, reason=reason, fix=_ways(material) + "，选一种即可")]
    if body.pledge and not material.pledgeable:
        reason = f"“{material.name}”不能用告知承诺代替"
        return [FieldError(field=f"{at}.pledge", reason=reason, fix=_ways(material))]
    return []
