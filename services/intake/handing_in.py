"""What people hand in for the materials of a plan, checked all at once: what is missing, strange, or not theirs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from pydantic import BaseModel, ConfigDict, Field
from stdnum.iso7064 import mod_37_36

from services.intake.model import HandedIn, PlannedMaterial
from services.intake.texts import Key
from shared.files import Files
from shared.identity import Person
from shared.web.problems import FieldError

IDENTIFIER_ROOT = "1.2.156.3005.2."
_LICENCE = re.compile(r"^[0-9A-Za-z.\-/（）()\u4e00-\u9fff]{4,100}$")
MAX_FILES = 20


class MaterialBody(BaseModel):
    """一份材料：上传的文件、电子证照编号、告知承诺，三者选一。"""

    model_config = ConfigDict(extra="forbid")
    material: Key = Field(description="材料的 key，见一次告知单", examples=["articles"])
    files: tuple[Key, ...] = Field(default=(), max_length=MAX_FILES, description="POST /files 返回的文件 id")
    licence: str | None = Field(default=None, max_length=100, description="用来代替这份材料的电子证照的标识")
    pledge: bool = Field(default=False, description="true：以书面告知承诺代替（只限证明类材料）")

    def handed_in(self) -> HandedIn:
        """The checked values."""
        licence = self.licence.strip() if self.licence else None
        return HandedIn(material=self.material, files=self.files, licence=licence, pledged=self.pledge)


async def material_errors(
    bodies: Sequence[MaterialBody], planned: Iterable[PlannedMaterial], files: Files, asker: Person
) -> list[FieldError]:
    """Everything wrong with what is handed in; `planned` is what must be, and nothing else may be."""
    wanted = {material.key: material for material in planned}
    errors = _missing(bodies, wanted.values())
    seen: set[str] = set()
    for place, body in enumerate(bodies):
        at = f"materials.{place}"
        material = wanted.get(body.material)
        if material is None:
            reason = f"这次办理不需要“{body.material}”这份材料"
            errors.append(FieldError(field=f"{at}.material", reason=reason, fix="请去掉，或对照一次告知单改正"))
        elif body.material in seen:
            reason = f"“{material.name}”写了两次"
            errors.append(FieldError(field=f"{at}.material", reason=reason, fix="请合并成一份，文件可以有多个"))
        else:
            errors += _way_errors(body, material, at)
        seen.add(body.material)
        errors += await _file_errors(body.files, at, files, asker)
    return errors


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


def _way_errors(body: MaterialBody, material: PlannedMaterial, at: str) -> list[FieldError]:
    given = [bool(body.files), body.licence is not None, body.pledge]
    if sum(given) != 1:
        reason = f"“{material.name}”" + ("没有内容" if not any(given) else "提交了不止一种形式")
        return [FieldError(field=at, reason=reason, fix=_ways(material) + "，选一种即可")]
    if body.pledge and not material.pledgeable:
        reason = f"“{material.name}”不能用告知承诺代替"
        return [FieldError(field=f"{at}.pledge", reason=reason, fix=_ways(material))]
    if body.licence is not None:
        return _licence_errors(body.licence.strip(), material, f"{at}.licence")
    return []


def _licence_errors(licence: str, material: PlannedMaterial, at: str) -> list[FieldError]:
    if material.licence_type is None:
        return [FieldError(field=at, reason=f"“{material.name}”没有对应的电子证照", fix=_ways(material))]
    if not _LICENCE.match(licence):
        return [FieldError(field=at, reason="电子证照编号的格式不对", fix="请填写电子证照上的标识或证照编号")]
    if licence.startswith(IDENTIFIER_ROOT) and not mod_37_36.is_valid(
        licence.removeprefix(IDENTIFIER_ROOT).replace(".", "")
    ):
        return [FieldError(field=at, reason="电子证照标识的校验位不对", fix="请对照电子证照逐位核对")]
    return []


async def _file_errors(ids: Sequence[str], at: str, files: Files, asker: Person) -> list[FieldError]:
    """Somebody else's file is answered as if there were none."""
    errors = []
    for place, name in enumerate(ids):
        noted = await files.noted(name) if len(name) <= 64 else None
        if noted is None or noted.get("owner") != asker.subject:
            fix = "请重新上传，再用返回的 id 提交"
            errors.append(FieldError(field=f"{at}.files.{place}", reason="没有这个文件，或者不是您上传的", fix=fix))
    return errors
