"""A development stand-in for the identity provider: invented people, one for each role, and tokens for them.

It refuses to exist in production. Every name is marked 样例. Identity numbers pass the check of GB 11643 but begin
with 110000, a code of a whole province that no person's number begins with; the credit codes spell EXAMPLE.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter
from joserfc import jwt
from joserfc.jwk import OKPKey
from pydantic import BaseModel
from stdnum.cn import ric, uscc

from shared.clock import Clock, system_clock
from shared.identity import Organisation, Person
from shared.permissions import Role
from shared.secret_files import kept
from shared.settings import Settings, new_ed25519_pem
from shared.web.problems import Problem

NOTICE = "开发用登录：人员均为样例，不得用于正式环境。"
LIFETIME = timedelta(hours=8)
RESIDENTS = """
赵明远 钱秀芳 孙立新 李晓梅 周建国 吴桂兰 郑海涛 王淑珍 冯志强 陈丽华 褚文斌 卫国庆 蒋雪梅 沈家宝 韩冬梅 杨春生
朱玉兰 秦守业 尤晓燕 许长安 何秋菊 吕大勇 施雨桐 张家明 孔令芳 曹立夏 严冬青 华小满 金凤仪 魏东升 陶然然 姜白露
戚小雪 谢立冬 邹清明 喻谷雨 柏长青 水云天 窦小寒 章惊蛰 苏芒种 潘处暑 葛霜降 范夏至 彭秋分 鲁春分 韦大暑 马小暑
"""
"""Who else lives in the sample county: resident01, resident02 …"""
COMPANIES = """
老街面馆 城南超市 安康药房 顺达运输 新风理发 锦绣建设 云上科技 田园食品 百汇便利 朝阳幼教 东山物业 清泉洗浴
明德书店 恒信会计
"""
"""Its companies, each with a person who acts for it: company01, company02 …"""


class RefusedInProduction(Exception):
    """The development issuer was asked to start where real people are served."""


class SamplePerson(BaseModel):
    """A sample person as the list shows one."""

    person: str
    name: str
    roles: list[Role]
    department: str | None
    org: str | None


class PersonList(BaseModel):
    """Everyone whom the development issuer knows."""

    notice: str = NOTICE
    persons: list[SamplePerson]


class TokenAnswer(BaseModel):
    """A token as RFC 6749 section 5.1 writes it."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105
    expires_in: int
    notice: str = NOTICE


def sample_id_number(sequence: int, birth: str = "19900101") -> str:
    """An invented identity number: right check character, but of no county. `sequence` 0 to 999."""
    digits = f"110000{birth}{sequence:03d}"
    return digits + str(ric.calc_check_digit(digits + "0"))


def sample_uscc(sequence: int) -> str:
    """An invented credit code of a company: right check character. `sequence` 0 to 99."""
    letters = f"91000000EXAMPLE{sequence:02d}"
    return letters + str(uscc.calc_check_digit(letters))


def sample_persons(departments: Iterable[str]) -> dict[str, Person]:
    """Key -> person: one for each role, residents and companies to fill a hall, and an officer and a head for each
    department. `departments`: codes, or code → name, which is then in the name of its people."""
    company = Organisation(sample_uscc(1), "样例餐饮有限公司")
    people = [
        _applicant("applicant", "样例申请人甲", 1),
        _applicant("applicant2", "样例申请人乙", 2),
        replace(_applicant("company", "样例经办人丙", 3), org=company),
        replace(_applicant("agent", "样例代办员丁", 4), roles=frozenset({Role.AGENT})),
        _staff("clerk", "样例窗口人员", Role.CLERK),
        _staff("supervisor", "样例监管人员", Role.SUPERVISOR),
        _staff("reviewer", "样例社会监督员", Role.REVIEWER),
        _staff("administrator", "样例系统管理员", Role.ADMINISTRATOR),
    ]
    people += [
        _applicant(f"resident{n:02d}", f"样例{name}", 10 + n, f"{1958 + n}0{1 + n % 9}1{n % 10}")
        for n, name in enumerate(RESIDENTS.split(), start=1)
    ]
    people += [
        replace(_applicant(f"company{n:02d}", f"样例{name}经办人", 100 + n), org=_company(n, name))
        for n, name in enumerate(COMPANIES.split(), start=1)
    ]
    names = departments if isinstance(departments, Mapping) else {code: code for code in departments}
    for code, name in names.items():
        people.append(_staff(f"officer-{code}", f"样例经办人（{name}）", Role.OFFICER, code))
        people.append(_staff(f"head-{code}", f"样例负责人（{name}）", Role.DEPARTMENT_HEAD, code))
    return {one.subject.removeprefix("sample:"): one for one in people}


def _company(sequence: int, name: str) -> Organisation:
    return Organisation(sample_uscc(10 + sequence), f"样例{name}有限公司")


def _applicant(key: str, name: str, sequence: int, birth: str = "19900101") -> Person:
    number = sample_id_number(sequence, birth)
    return Person(f"sample:{key}", name, frozenset({Role.APPLICANT}), id_number=number)


def _staff(key: str, name: str, role: Role, department: str | None = None) -> Person:
    return Person(f"sample:{key}", name, frozenset({role}), department)


class DevelopmentIssuer:
    """Signs tokens for sample people with a key kept in the data directory, and writes its JWKS beside it.

    Raises RefusedInProduction.
    """

    def __init__(self, settings: Settings, departments: Iterable[str] = (), clock: Clock = system_clock) -> None:
        if settings.production:
            raise RefusedInProduction(
                "ONEDOOR_ENV=production: the development issuer does not start. Set ONEDOOR_ISSUER."
            )
        home = settings.data_dir / "issuer"
        self._key = OKPKey.import_key(kept(home / "key.pem", new_ed25519_pem))
        self._key.ensure_kid()
        self._issuer, self._audience, self._clock = settings.issuer, settings.audience, clock
        self.persons = sample_persons(departments)
        _write(home / "jwks.json", json.dumps(self.jwks()))

    def jwks(self) -> dict[str, list[dict[str, object]]]:
        """The public key as RFC 7517 writes it."""
        return {"keys": [{**self._key.as_dict(private=False), "alg": "Ed25519", "use": "sig"}]}

    def mint(self, person: str | Person, lifetime: timedelta = LIFETIME) -> str:
        """A token for a sample person (by key) or any person that a test invents. KeyError for an unknown key."""
        who = self.persons[person] if isinstance(person, str) else person
        now = int(self._clock().timestamp())
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._audience,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "sub": who.subject,
            "name": who.name,
            "roles": sorted(who.roles),
        }
        optional = {"department": who.department, "id_number": who.id_number}
        claims |= {name: value for name, value in optional.items() if value}
        if who.org:
            claims["org"] = {"uscc": who.org.uscc, "name": who.org.name}
        return jwt.encode({"alg": "Ed25519", "kid": self._key.kid}, claims, self._key, algorithms=["Ed25519"])

    def router(self) -> APIRouter:
        """`GET /dev/persons`, `POST /dev/token?person=…`, `GET /.well-known/jwks.json`."""
        router = APIRouter(tags=["development"])

        @router.get("/dev/persons", summary="样例人员（仅开发环境）")
        def persons() -> PersonList:
            return PersonList(persons=[_shown(key, one) for key, one in self.persons.items()])

        @router.post("/dev/token", summary="为样例人员签发令牌（仅开发环境）")
        def token(person: str) -> TokenAnswer:
            if person not in self.persons:
                raise Problem(404, "no_such_person", "没有这位样例人员", "可选人员见 GET /dev/persons。")
            return TokenAnswer(access_token=self.mint(person), expires_in=int(LIFETIME.total_seconds()))

        @router.get("/.well-known/jwks.json", summary="开发用签发器的公钥")
        def jwks() -> dict[str, list[dict[str, object]]]:
            return self.jwks()

        return router


def _shown(key: str, one: Person) -> SamplePerson:
    org = one.org.name if one.org else None
    return SamplePerson(person=key, name=one.name, roles=sorted(one.roles), department=one.department, org=org)


def _write(path: Path, text: str) -> None:
    """Replaces the file in one step: another process may be reading it."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(text)
    beside.replace(path)
