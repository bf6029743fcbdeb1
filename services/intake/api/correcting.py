"""更正登记信息 at the window: what of the people on a form was mistyped, checked as on the form, sealed anew."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.intake.api.answers import Told
from services.intake.api.parts import Parts
from services.intake.api.words import REFUSALS
from services.intake.blind import found_by
from services.intake.model import DESK, Application
from services.intake.model.commands import CorrectEntry
from services.intake.parties import PartyBody, party_errors
from services.intake.submission import invalid_application
from services.intake.texts import DeskName, Reason
from shared.contracts.terms import Party
from shared.identity import Person
from shared.log import logger
from shared.web.commands import holder_ref, own_key, tell
from shared.web.problems import FieldError

Who = Literal["applicant", "agent"]
FIELDS = ("name", "code", "phone")


class PartyCorrection(BaseModel):
    """改成什么；不填的不变。"""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    name: str | None = Field(default=None, max_length=120)
    code: str | None = Field(default=None, max_length=40)
    phone: str | None = Field(default=None, max_length=20)


class CorrectionBody(BaseModel):
    """更正登记信息。受理后只能更正联系电话。"""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    applicant: PartyCorrection | None = None
    agent: PartyCorrection | None = None
    reason: Reason = Field(description="为什么更正、核对了什么", examples=["号码录错一位，已核对身份证原件"])
    desk: DeskName = Field(default=DESK, examples=["综合窗口3号"])


async def corrected(parts: Parts, typed: str, asker: Person, body: CorrectionBody, key: str | None) -> Told:
    """Correct what differs, with a record. Raises Problem: 422 with every mistake, each at its field."""
    application = await parts.application(asker, typed, "application.correct")
    command = _checked(parts, application, body, asker)
    mine = own_key(asker.subject, key)
    answer = await tell(parts.runtime, application.number, command, REFUSALS, key=mine, said=body)
    logger("intake").info("entry_corrected", application=application.number, by=asker.subject, fields=command.fields)
    return Told.model_validate(answer)


def _checked(parts: Parts, application: Application, body: CorrectionBody, asker: Person) -> CorrectEntry:
    form, number, holder_key = application.form, application.number, parts.settings.holder_key
    applicant = parts.opened(form.holder, number)
    agent = parts.opened(form.agent, number) if form.agent else None
    new_applicant, errors = _party("applicant", applicant, body.applicant)
    new_agent, more = _party("agent", agent, body.agent)
    if errors or more:
        raise invalid_application(errors + more)
    fields = (*_differing("applicant", applicant, new_applicant), *_differing("agent", agent, new_agent))
    return CorrectEntry(
        by=asker.subject,
        desk=body.desk,
        reason=body.reason,
        fields=fields,
        seen=len(application.corrections),
        holder=parts.keyring.seal(new_applicant, number) if new_applicant and new_applicant != applicant else None,
        agent=parts.keyring.seal(new_agent, number) if new_agent and new_agent != agent else None,
        applicant_ref=holder_ref(holder_key, (new_applicant or applicant).code),
        found_by=found_by(holder_key, new_applicant, new_agent),
    )


def _party(who: Who, old: Party | None, change: PartyCorrection | None) -> tuple[Party | None, list[FieldError]]:
    """The party as it shall be; only what is changed is checked."""
    given = change.model_dump(exclude_none=True) if change else {}
    if old is None and given:
        fix = "这份申请没有经办人；要补充经办人，请申请人撤回后重新提交"
        return None, [FieldError(field=who, reason="没有可以更正的经办人", fix=fix)]
    if old is None or not given:
        return old, []
    body = PartyBody(kind=old.kind, **{**old.model_dump(include=set(FIELDS)), **given})
    errors = [error for error in party_errors(body, who) if error.field.rpartition(".")[2] in given]
    return (old if errors else body.party()), errors


def _differing(who: Who, old: Party | None, new: Party | None) -> list[str]:
    if old is None or new is None:
        return []
    return [f"{who}.{field}" for field in FIELDS if getattr(old, field) != getattr(new, field)]
