"""What applicants and agents do: submit, supplement, replace, withdraw. Pages and routes alike come through here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.answers import Told
from services.intake.api.parts import Parts
from services.intake.api.words import REFUSALS, key_required
from services.intake.handing_in import MAX_FILES, MaterialBody
from services.intake.model import Application, HandedIn
from services.intake.model.commands import HandInSupplement, ReplaceMaterial, Withdraw
from services.intake.number import new_number
from services.intake.submission import ApplicationBody, invalid_application
from services.intake.texts import Key
from shared.contracts.envelope import CaseNo
from shared.identity import Person
from shared.kernel import Refused
from shared.messaging.commands import digest
from shared.web.commands import answering, own_key, refusal, tell
from shared.web.problems import FieldError


class SupplementBody(BaseModel):
    """补正：清单上的每一份材料都要交，一次交齐。"""

    model_config = ConfigDict(extra="forbid")
    materials: tuple[MaterialBody, ...] = Field(min_length=1, max_length=200)


class ReplacementBody(BaseModel):
    """换一份材料：新上传的文件、电子证照编号、告知承诺选一种；窗口还可以收纸质原件。"""

    model_config = ConfigDict(extra="forbid")
    files: tuple[Key, ...] = Field(default=(), max_length=MAX_FILES)
    licence: str | None = Field(default=None, max_length=100)
    pledge: bool = False
    paper: bool = False


class WithdrawBody(BaseModel):
    """撤回。受理前整份撤回；受理后可以只撤回列出的办件，由审批部门决定。"""

    model_config = ConfigDict(extra="forbid")
    cases: tuple[CaseNo, ...] = Field(default=(), max_length=50, description="不填为全部办件")


async def submitted(parts: Parts, asker: Person, body: ApplicationBody, key: str | None) -> Told:
    """A new application. Raises Problem: 422 with every mistake, 400 without a key."""
    if key is None:
        raise key_required()
    number = new_number(parts.settings.holder_key, asker.subject, key)
    mine = own_key(asker.subject, key)
    answer = await _said_before(parts, number, mine, body)
    if answer is None:
        command = await answering(parts.submission.checked(body, asker, number))
        answer = await tell(parts.runtime, number, command, REFUSALS, key=mine, said=body)
    return Told.model_validate(answer)


async def supplemented(parts: Parts, typed: str, asker: Person, body: SupplementBody, key: str | None) -> Told:
    """The answer to the list, whole: the acceptance period starts anew. Raises Problem."""
    application = await parts.application(asker, typed, "application.supplement")
    if application.asked is None:
        handed_in = tuple(each.handed_in() for each in body.materials)
    else:
        asked = [each.material for each in application.asked.materials]
        handed_in = await _checked(parts, application, asked, body.materials, asker)
    command = HandInSupplement(by=asker.subject, handed_in=handed_in)
    mine = own_key(asker.subject, key)
    return Told.model_validate(await tell(parts.runtime, application.number, command, REFUSALS, key=mine, said=body))


async def replaced(
    parts: Parts, typed: str, material: str, asker: Person, body: ReplacementBody, key: str | None
) -> Told:
    """One material anew, before acceptance and unasked; the acceptance period runs on. Raises Problem."""
    application = await parts.application(asker, typed, "application.replace")
    brought = MaterialBody(material=material, **body.model_dump())
    handed_in: tuple[HandedIn, ...] = (brought.handed_in(),)
    if application.pending and material in {each.material for each in application.handed_in}:
        handed_in = await _checked(parts, application, [material], [brought], asker, place="materials.0.")
    command = ReplaceMaterial(by=asker.subject, handed_in=handed_in[0])
    mine = own_key(asker.subject, key)
    return Told.model_validate(await tell(parts.runtime, application.number, command, REFUSALS, key=mine, said=body))


async def withdrawn(parts: Parts, typed: str, asker: Person, body: WithdrawBody, key: str | None) -> Told:
    """Taken back at once before acceptance, asked for afterwards. Raises Problem."""
    application = await parts.application(asker, typed, "application.withdraw")
    command = Withdraw(by=asker.subject, cases=body.cases)
    mine = own_key(asker.subject, key)
    return Told.model_validate(await tell(parts.runtime, application.number, command, REFUSALS, key=mine, said=body))


async def _said_before(parts: Parts, number: str, key: str | None, body: ApplicationBody) -> Mapping[str, Any] | None:
    """The first answer, for a repeated submission: it must not be checked again, as the catalogue may have changed."""
    document = (await answering(parts.store.load([number]))).get(number)
    remembered = document.remembered(key) if document and key else None
    if remembered is None:
        return None
    if remembered.digest != digest(body):
        raise refusal(Refused("key_reused"), REFUSALS)
    return remembered.answer


async def _checked(
    parts: Parts,
    application: Application,
    wanted: Sequence[str],
    brought: Sequence[MaterialBody],
    asker: Person,
    *,
    place: str = "",
) -> tuple[HandedIn, ...]:
    """What is brought for these materials, its mistakes told all at once; whether it may come is decided with the save.

    `place`: how the checks name the only material, where the caller's body does not name it.
    """
    planned = [
        material.model_copy(update={"fetched": False, "from_case": None})
        for material in application.form.materials
        if material.key in wanted
    ]
    people = parts.people(application)
    errors, handed_in = await answering(parts.handing_in.checked(brought, planned, people, asker))
    if errors:
        told = [
            FieldError(field=error.field.removeprefix(place) or "files", reason=error.reason, fix=error.fix)
            for error in errors
        ]
        raise invalid_application(told)
    return handed_in
