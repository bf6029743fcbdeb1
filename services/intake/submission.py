"""From a filled form to a checked `Submit`: every mistake is told at once, each with its place and its remedy."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from services.intake.blind import found_by
from services.intake.catalogue import Catalogue
from services.intake.guide import Plan, plan
from services.intake.handing_in import HandingIn, MaterialBody
from services.intake.licences import People
from services.intake.model import DESK, Form, HandedIn, PlannedMaterial
from services.intake.model.commands import Submit
from services.intake.parties import (
    PartyBody,
    agent_errors,
    agent_name,
    agent_of,
    applicant_errors,
    channel_of,
    kind_errors,
    owner_of,
    party_errors,
)
from services.intake.planning import planned_cases, planned_materials, whole_of
from services.intake.texts import DeskName, Key
from shared.contracts.sealed import Keyring
from shared.identity import Person
from shared.web.commands import holder_ref
from shared.web.problems import FieldError, Problem, Words


class ApplicationBody(BaseModel):
    """一份申请。先用 `POST /guides/{key}/notice` 看清要哪些材料。"""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    matter: Key = Field(description="事项或“一件事”的 key", examples=["restaurant"])
    answers: dict[Key, Key] = Field(default={}, max_length=100, description="对导办问题的回答")
    opted_in: tuple[Key, ...] | None = Field(default=None, max_length=50, description="自选事项；不填以回答为准")
    applicant: PartyBody
    agent: PartyBody | None = Field(default=None, description="委托他人办理时的经办人")
    materials: tuple[MaterialBody, ...] = Field(default=(), max_length=200)
    desk: DeskName | None = Field(default=None, description="窗口名称（窗口代收时）", examples=["综合窗口3号"])


class Submission:
    """Checks forms against one catalogue and seals whom they name."""

    def __init__(self, catalogue: Catalogue, handing_in: HandingIn, keyring: Keyring, holder_key: bytes) -> None:
        self._catalogue, self._handing_in = catalogue, handing_in
        self._keyring, self._holder_key = keyring, holder_key

    async def checked(self, body: ApplicationBody, asker: Person, number: str) -> Submit:
        """The command for application `number`. Raises Problem 422 `invalid_application` with every mistake."""
        errors = applicant_errors(asker, body.applicant)
        errors += party_errors(body.agent, "agent") if body.agent else []
        planned = plan(self._catalogue, body.matter, body.answers, body.opted_in)
        if not isinstance(planned, Plan):
            guide_errors = [_guide_error(self._catalogue, each.field, each.reason) for each in planned]
            raise invalid_application(guide_errors + errors)
        errors += agent_errors(asker, body.agent, planned.answers)
        errors += kind_errors(body.applicant.kind, (self._catalogue.items[item.key] for item in planned.items))
        cases = planned_cases(self._catalogue, planned, number)
        materials = planned_materials(planned, cases)
        people = People(body.applicant.kind, body.applicant.name.strip(), agent_name(asker, body.agent))
        wrong, handed_in = await self._handing_in.checked(body.materials, materials, people, asker)
        errors += wrong
        if errors:
            raise invalid_application(errors)
        return Submit(form=self._form(body, asker, number, planned, materials, handed_in), cases=cases)

    def _form(
        self,
        body: ApplicationBody,
        asker: Person,
        number: str,
        planned: Plan,
        materials: tuple[PlannedMaterial, ...],
        handed_in: tuple[HandedIn, ...],
    ) -> Form:
        party, agent, channel = body.applicant.party(), agent_of(asker, body.agent), channel_of(asker)
        joint, several = planned.joint_statutory, len(planned.items) > 1
        return Form(
            number=number,
            matter=planned.key,
            matter_name=planned.name,
            bundle=planned.kind == "bundle",
            joint_days=joint.days if joint and several else None,
            whole=whole_of(planned) if several else None,
            channel=channel,
            owner=owner_of(asker, party, self._holder_key),
            by=asker.subject,
            desk=(body.desk or DESK) if channel == "window" else None,
            applicant_kind=party.kind,
            applicant_ref=holder_ref(self._holder_key, party.code),
            holder=self._keyring.seal(party, number),
            agent=self._keyring.seal(agent, number) if agent else None,
            found_by=found_by(self._holder_key, party, agent),
            answers=planned.answers,
            materials=materials,
            handed_in=handed_in,
        )


def invalid_application(errors: list[FieldError]) -> Problem:
    """422 with all mistakes, in the order of the form."""
    return Problem(
        422,
        "invalid_application",
        Words("申请填写有误", "The application has mistakes"),
        Words(
            f"共 {len(errors)} 处需要修改，见 errors；改好后一次重新提交即可。",
            f"{len(errors)} place(s) to correct, see errors; then submit again.",
        ),
        errors=errors,
    )


def _guide_error(catalogue: Catalogue, field: str, reason: str) -> FieldError:
    if field == "key":
        return FieldError(
            field="matter", reason=reason, fix="可办事项见 GET /catalogue/items 和 GET /catalogue/bundles"
        )
    if field == "opted_in":
        return FieldError(field="opted_in", reason=reason, fix="可自选的事项见一次告知单的 offered")
    question = catalogue.questions.get(field)
    choices = "、".join(f"{choice.value}（{choice.text}）" for choice in question.choices) if question else ""
    fix = f"请从中选一个：{choices}" if choices else "请对照 POST /guides/{key}/questions 的问题回答"
    return FieldError(field=f"answers.{field}", reason=reason, fix=fix)
