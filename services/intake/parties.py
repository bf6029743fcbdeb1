"""Who applies, as written on a form: checked at the edge, then sealed; and whether the asker may apply for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from stdnum.cn import ric, uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from services.intake.catalogue import Item
from services.intake.texts import hidden
from shared.contracts.terms import Channel, Party
from shared.identity import Person
from shared.permissions import Role
from shared.web.commands import holder_ref
from shared.web.problems import FieldError

PHONE = re.compile(r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[0-9]{7,8}")
_CODE = re.compile(r"[0-9A-Z]{18}")
_COMPARE = "请对照证件核对；个人填身份证号码，单位填统一社会信用代码"
CODES = {"person": ("公民身份号码", ric), "organisation": ("统一社会信用代码", uscc)}


class PartyBody(BaseModel):
    """申请人或经办人。个人填公民身份号码，单位填统一社会信用代码。"""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    kind: Literal["person", "organisation"] = Field(default="person", description="person 个人，organisation 单位")
    name: str = Field(max_length=120, description="姓名或单位名称", examples=["样例申请人甲"])
    code: str = Field(max_length=40, description="18位号码", examples=["110000199001010013"])
    phone: str = Field(max_length=20, description="联系电话", examples=["13900000001"])

    def party(self) -> Party:
        """The checked values, as they are sealed."""
        return Party(kind=self.kind, name=self.name.strip(), code=tidy(self.code), phone=half_width(self.phone))


def tidy(code: str) -> str:
    """A code without blanks and hyphens, in capitals, its digits as on an English keyboard."""
    return re.sub(r"[\s\-]", "", half_width(code)).upper()


def half_width(text: str) -> str:
    """Full-width signs of a Chinese keyboard in their plain form."""
    return unicodedata.normalize("NFKC", text).strip()


def party_errors(body: PartyBody, place: str) -> list[FieldError]:
    """Everything wrong with a party: field, what, and what to do. The values are not repeated."""
    errors = []
    what = "姓名" if body.kind == "person" else "单位名称"
    if not body.name.strip():
        errors.append(FieldError(field=f"{place}.name", reason=f"{what}没有填写", fix=f"请填写证件上的{what}"))
    elif at := hidden(body.name.strip()):
        reason = f"{what}第{at}个字是不可见的控制字符"
        errors.append(FieldError(field=f"{place}.name", reason=reason, fix=f"请删去，照证件重新填写{what}"))
    wrong = _code_error(body)
    if wrong:
        reason, fix = wrong
        errors.append(FieldError(field=f"{place}.code", reason=reason, fix=fix))
    if not PHONE.fullmatch(half_width(body.phone)):
        fix = "请填写11位手机号码，或者带区号的座机号码，如 0571-88880000"
        errors.append(FieldError(field=f"{place}.phone", reason="联系电话不对", fix=fix))
    return errors


def _code_error(body: PartyBody) -> tuple[str, str] | None:
    name, check = CODES[body.kind]
    try:
        check.validate(tidy(body.code))
    except InvalidLength:
        return f"{name}应为18位，现在是{len(tidy(body.code))}位", f"请对照证件填写完整的{name}"
    except InvalidChecksum:
        return f"{name}的校验位不对，至少有一位填错了", "请对照证件逐位核对"
    except ValidationError:
        return f"{name}不符合编码规则", _COMPARE
    if not _CODE.fullmatch(tidy(body.code)):  # the check forgives signs that only look like digits and hyphens
        return f"{name}不符合编码规则", _COMPARE
    return None


def channel_of(asker: Person) -> Channel:
    """A clerk takes applications at the window; everybody else applies online."""
    return "window" if Role.CLERK in asker.roles else "online"


def owner_of(asker: Person, party: Party, holder_key: bytes) -> str:
    """Whose the application is: the submitter's, or the holder's own when a clerk handed it in for them."""
    if channel_of(asker) == "window":
        return f"holder:{holder_ref(holder_key, party.code)}"
    return asker.subject


def standing_errors(asker: Person, body: PartyBody) -> list[FieldError]:
    """Whether the asker may apply for this party: a clerk and an agent for anyone, others for who they are.

    Signed in by real name, an applicant applies as that person or as the organisation that the token names.
    """
    if asker.roles & {Role.CLERK, Role.AGENT}:
        return []
    name, code = asker.name, asker.id_number
    if body.kind == "organisation":
        name, code = (asker.org.name, asker.org.uscc) if asker.org else ("", None)
    errors = []
    if code is None or tidy(body.code) != code:
        reason = "与登录身份不一致，不能代他人申请"
        fix = "请填写您本人（或者您登录时所代表单位）的号码；代他人办理请用代办员身份登录，或到窗口办理"
        errors.append(FieldError(field="applicant.code", reason=reason, fix=fix))
    elif name and body.name.strip() != name:
        fix = "请填写实名登录时的姓名或单位名称"
        errors.append(FieldError(field="applicant.name", reason="与登录身份不一致", fix=fix))
    return errors


def applicant_errors(asker: Person, body: PartyBody) -> list[FieldError]:
    """What is wrong with the applicant, one reason for each field: a mistyped code is not somebody else's."""
    errors = party_errors(body, "applicant")
    told = {error.field for error in errors}
    return errors + [error for error in standing_errors(asker, body) if error.field not in told]


def agent_errors(asker: Person, body: PartyBody | None, answers: Mapping[str, str]) -> list[FieldError]:
    """Who has an agent says so and names them, and the reverse (行政许可法 Art. 29: an agent shows an authority).

    A signed-in agent need not be named on the form. Matters that do not ask about agents have no rule here.
    """
    answer, agent = answers.get("agent"), agent_name(asker, body)
    if answer == "yes" and agent is None:
        fix = "请填写经办人；不委托他人的，把 answers.agent 改为 no"
        return [FieldError(field="agent", reason="回答了委托他人代办，但没有填写经办人", fix=fix)]
    if answer == "no" and body is not None:
        fix = "请去掉经办人；确实委托他人的，把 answers.agent 改为 yes，并提交授权委托书"
        return [FieldError(field="agent", reason="填写了经办人，但回答了不委托他人代办", fix=fix)]
    if answer == "no" and agent is not None:
        fix = "请把 answers.agent 改为 yes，并提交授权委托书（行政许可法第二十九条）"
        return [FieldError(field="answers.agent", reason="您以代办员身份申请，但回答了不委托他人代办", fix=fix)]
    return []


def kind_errors(kind: str, items: Iterable[Item]) -> list[FieldError]:
    """Whether this kind of applicant may apply for each of these items."""
    closed = [item.name for item in items if kind not in item.applicants]
    if not closed:
        return []
    names = "、".join(f"“{name}”" for name in closed)
    if kind == "person":
        reason, fix = f"{names}由单位申请，不面向个人", "请以单位名义申请，填写单位名称和统一社会信用代码"
    else:
        reason, fix = f"{names}由个人申请，不面向单位", "请以个人名义申请，填写姓名和公民身份号码"
    return [FieldError(field="applicant.kind", reason=reason, fix=fix)]


def agent_of(asker: Person, body: PartyBody | None) -> Party | None:
    """The agent named on the form; a signed-in agent who names nobody is the agent."""
    if body is not None:
        return body.party()
    if Role.AGENT in asker.roles and Role.CLERK not in asker.roles and asker.id_number and asker.name:
        return Party(kind="person", name=asker.name, code=asker.id_number)
    return None


def agent_name(asker: Person, body: PartyBody | None) -> str | None:
    """The name of that agent, before the form is known to be right."""
    if body is not None:
        return body.name.strip()
    agent = agent_of(asker, None)
    return agent.name if agent else None


def masked_name(name: str) -> str:
    """The first character and stars (PIPL Art. 6)."""
    return name[:1] + "*" * (len(name) - 1)


def masked_code(party: Party) -> str:
    """A credit code is public (GB 32100); of an identity number the first six and the last four."""
    return party.code if party.kind == "organisation" else f"{party.code[:6]}{'*' * 8}{party.code[-4:]}"


def masked_phone(phone: str) -> str:
    """The last four digits."""
    return "*" * max(len(phone) - 4, 0) + phone[-4:]
