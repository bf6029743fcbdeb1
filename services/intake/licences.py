"""E-licences shown instead of paper: what their numbers say by themselves, and what licensing says when asked.

Licensing is asked over HTTP at the edge, before anything is decided; when it does not answer, nobody is sent away.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError
from stdnum.iso7064 import mod_37_36

from services.intake.catalogue import Catalogue, LicenceType
from services.intake.http_client import HttpClient
from services.intake.parties import masked_name
from shared.contracts.terms import PartyKind
from shared.log import logger
from shared.settings import Settings

ROOT = "1.2.156.3005.2."
TIMEOUT = httpx.Timeout(2.0)
"""Seconds that an applicant waits at most for each phase of a verification."""

_PARTS = re.compile(r"([0-9A-Z]{21})\.([0-9A-Z]{18}|[0-9]{6})\.[0-9A-Z]{7,32}\.[0-9]{3}\.[0-9A-Z]")
_PAPER = re.compile(r"[0-9A-Z.\-/()\u4e00-\u9fff]{4,100}")
_COMPARE = "请对照电子证照逐位核对"


class Unreachable(Exception):
    """Licensing did not answer, or not so that it can be understood."""


class Seen(BaseModel):
    """What licensing says of an e-licence that exists. `holder`: the first character of the name and stars."""

    status: str
    status_text: str
    signature: str
    holder: str


class LicenceCheck(Protocol):
    """Asks licensing for one identifier."""

    async def __call__(self, number: str) -> Seen | None:
        """What it says; None when nothing was ever issued under this number. Raises Unreachable."""


class OverHttp(HttpClient):
    """The public verification of licensing, `GET /verify/{number}`."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        super().__init__(TIMEOUT, transport)
        self._settings = settings

    async def __call__(self, number: str) -> Seen | None:
        """As `LicenceCheck` says."""
        path = f"/verify/{quote(number, safe='')}"
        try:
            answer = await self.http.get(self._settings.url_of("licensing", path))
            if answer.status_code == 404 and answer.json().get("code") == "no_such_number":
                return None
            answer.raise_for_status()
            return Seen.model_validate(answer.json())
        except (httpx.HTTPError, ValidationError, ValueError, AttributeError) as error:
            raise Unreachable(type(error).__name__) from error


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as it is kept; `verified`: licensing vouches for it and for its holder."""

    number: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a licence cannot serve, and what to do."""

    reason: str
    fix: str


@dataclass(frozen=True, slots=True)
class Licences:
    """Judges what is shown, by the catalogue's types and what licensing says."""

    catalogue: Catalogue
    ask: LicenceCheck

    async def judged(self, typed: str, material: str, kind: LicenceType, people: People) -> Shown | Wrong:
        """A licence of type `kind` shown for `material`. What this hall cannot verify is left to the clerk."""
        number = _plain(typed)
        parts = _PARTS.fullmatch(number.removeprefix(ROOT))
        if parts is None:
            return _other_number(number)
        number = ROOT + parts[0]
        if not mod_37_36.is_valid(parts[0].replace(".", "")):
            return Wrong("电子证照标识的校验位不对", _COMPARE)
        issued = self._issued(parts)
        if issued is None:
            return Shown(number, verified=False)
        if issued.key != kind.key:
            return Wrong(f"这是“{issued.name}”的标识，不是“{kind.name}”", f"请出示{kind.name}，或改为上传文件")
        return await self._vouched(number, material, people)

    def ours(self, typed: str) -> bool:
        """Whether it looks like an identifier that this hall has issued; any other number nobody can verify here."""
        parts = _PARTS.fullmatch(_plain(typed).removeprefix(ROOT))
        return parts is not None and self._issued(parts) is not None

    def _issued(self, parts: re.Match[str]) -> LicenceType | None:
        """The type that an identifier of this hall names."""
        issued = next((each for each in self.catalogue.licence_types.values() if each.code == parts[1]), None)
        issuers = {department.uscc for department in self.catalogue.departments.values()}
        return issued if issued and issued.issued_here and parts[2] in issuers else None

    async def _vouched(self, number: str, material: str, people: People) -> Shown | Wrong:
        try:
            seen = await self.ask(number)
        except Unreachable as error:
            logger("intake").warning("licence_not_verified", number=number, because=str(error))
            return Shown(number, verified=False)
        if seen is None:
            return Wrong("本大厅没有签发过这个标识的电子证照", f"{_COMPARE}，或改为上传文件")
        if seen.signature != "matches":
            return Wrong("这份电子证照的签名没有通过核验", "请向窗口说明，并改为上传文件")
        if seen.status != "valid":
            return Wrong(f"这份电子证照现在不能使用：{seen.status_text}", "请出示有效的电子证照，或改为上传文件")
        found = self.catalogue.materials.get(material)
        return people.fit(number, seen.holder, found.held_by if found else None)


@dataclass(frozen=True, slots=True)
class People:
    """Those named on the form, to compare with the masked holder of an e-licence."""

    kind: PartyKind
    applicant: str
    agent: str | None

    def fit(self, number: str, holder: str, held_by: str | None) -> Shown | Wrong:
        """Whose licence it is. A name that need not be on the form, or of an organisation, is left to the clerk.

        An organisation's first licence was issued to the natural person who founded it.
        """
        names = {"applicant": self.applicant, "agent": self.agent}
        wanted = [names[held_by]] if held_by else list(names.values())
        if holder in [masked_name(name) for name in wanted if name]:
            return Shown(number, verified=True)
        surely = (held_by == "agent" and self.agent) or (held_by == "applicant" and self.kind == "person")
        if not surely:
            return Shown(number, verified=False)
        who = "经办人" if held_by == "agent" else "申请人"
        return Wrong(f"这份电子证照的持证人不是{who}", f"请出示{who}本人的电子证照，或改为上传文件")


def _plain(typed: str) -> str:
    """As on an English keyboard, in capitals, without blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", typed).replace("。", ".")).upper()


def _other_number(number: str) -> Shown | Wrong:
    """Numbers of older papers have no common form: nothing can be verified, the clerk looks at them."""
    if number.startswith(ROOT):
        return Wrong("电子证照标识不完整，前缀之后应为用点分开的五段", _COMPARE)
    if not _PAPER.fullmatch(number):
        return Wrong("电子证照编号的格式不对", "请填写电子证照上的标识或证照编号")
    return Shown(number, verified=False)
