"""Who asks: the person behind a signed token, as a FastAPI dependency, and whether the action is permitted.

Claims of a token (OIDC/JWT, `Authorization: Bearer …`, verified by JWKS; Ed25519, EdDSA, RS256 or ES256):

    iss, aud, exp    required; `nbf` and `iat` are checked when present, with 30 s of leeway
    sub              required: the person's stable id at the provider, which owns what the person submits
    name             the name to show
    roles            list of the names in `shared.permissions.Role`; others are ignored
    department       code of the department, for officer and department_head
    id_number        an applicant's identity number (real-name authentication), 18 characters
    org              {"uscc": …, "name": …}: the organisation that an applicant acts for
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError, SecurityWarning
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from starlette.requests import Request

from shared import permissions
from shared.clock import Clock, system_clock
from shared.log import logger
from shared.permissions import Role, Scope
from shared.settings import Settings
from shared.token_keys import KeysUnavailable, TokenKeys
from shared.web.problems import Problem, Words, busy

ALGORITHMS = ["Ed25519", "EdDSA", "RS256", "ES256"]
LEEWAY = 30
MAX_TOKEN = 8192
SESSION_COOKIE = "onedoor_session"
"""Where a browser keeps the token: pages recognise their reader by it, and so do links to files and papers."""
REMEMBER_SECONDS = 30.0
"""How long a verified token is believed without another look: a key that is withdrawn takes effect after that."""
REMEMBERED = 10_000
# RFC 9864 renames EdDSA to Ed25519; providers still say EdDSA, with the same keys and signatures.
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)
_ROLES = frozenset(Role)
_DEPARTMENT = re.compile(r"[a-z]{2,12}")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A legal person that an applicant acts for. `uscc`: social credit code (GB 32100), 18 characters."""

    uscc: str
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. The representation shows no personal data."""

    subject: str
    name: str = field(repr=False)
    roles: frozenset[Role]
    department: str | None = None
    id_number: str | None = field(default=None, repr=False)
    org: Organisation | None = None

    def may(self, *actions: str) -> bool:
        """Whether the roles permit at least one of the actions."""
        return any(permissions.reaches(self.roles, action) for action in actions)


class _Org(BaseModel):
    uscc: str = Field(pattern=r"^[0-9A-Z]{18}$")
    name: str = Field(min_length=1, max_length=120)


class _Claims(BaseModel):
    """The claims that we read; a provider may send any others."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)
    sub: str = Field(min_length=1, max_length=128)
    name: str = Field(default="", max_length=120)
    roles: list[str] = Field(default=[], max_length=100)
    department: str | None = None
    id_number: str | None = Field(default=None, pattern=r"^[0-9]{17}[0-9X]$")
    org: _Org | None = None

    @field_validator("department")
    @classmethod
    def _code(cls, value: str | None) -> str | None:
        if value is not None and not _DEPARTMENT.fullmatch(value):
            raise ValueError("a department is its lower-case catalogue code")
        return value

    def person(self) -> Person:
        known = frozenset(Role(role) for role in self.roles if role in _ROLES)
        org = Organisation(self.org.uscc, self.org.name) if self.org else None
        return Person(self.sub, self.name, known, self.department, self.id_number, org)


class Identity:
    """Recognises people by their tokens. One for each app, at `app.state.identity`."""

    def __init__(self, settings: Settings, *, keys: TokenKeys | None = None, clock: Clock = system_clock) -> None:
        self._keys = keys or TokenKeys(settings.jwks)
        self._clock = clock
        self._issuer = settings.issuer
        self._audience = settings.audience
        self._recognised: OrderedDict[bytes, tuple[Person, float]] = OrderedDict()

    async def recognise(self, token: str) -> Person:
        """The person of a token. Raises Problem: 401 with the reason, 503 when no key can be read.

        A token that was verified is believed for REMEMBER_SECONDS more, while it has not expired.
        """
        digest, now = hashlib.sha256(token.encode("utf-8", "replace")).digest(), self._clock().timestamp()
        known = self._recognised.get(digest)
        if known and known[1] > now:
            return known[0]
        found, expires = await self._verified(token)
        self._recognised[digest] = (found, min(expires, now + REMEMBER_SECONDS))
        while len(self._recognised) > REMEMBERED:
            self._recognised.popitem(last=False)
        return found

    async def _verified(self, token: str) -> tuple[Person, float]:
        """The person, and when the token expires."""
        try:
            claims = await self._claims(token)
            return _Claims.model_validate(claims).person(), float(claims["exp"])
        except KeysUnavailable as error:
            raise busy(15) from error
        except ExpiredTokenError as error:
            raise _unrecognised("token_expired", Words("登录已过期", "The sign-in has expired")) from error
        except (JoseError, ValidationError, ValueError, RecursionError) as error:
            logger("identity").info("token_refused", reason=type(error).__name__)
            raise _unrecognised("token_invalid", Words("登录凭证无效", "The token is not valid")) from error

    async def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN:
            raise ValueError("the token is too long")
        header = jws.extract_compact(token.encode()).headers()
        kid = header.get("kid")
        key = await self._keys.get(kid) if isinstance(kid, str) else None
        if key is None:
            raise ValueError("the token names no key of the issuer")
        decoded = jwt.decode(token, key, algorithms=ALGORITHMS)
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        registry.validate(decoded.claims)
        return decoded.claims


_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="OIDC 登录后得到的访问令牌")


async def person(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Person:
    """Dependency: who asks. Problem 401 when nobody does, or nobody we recognise.

    A browser's cookie counts for reading only: another site can make a browser send it.
    """
    token = credentials.credentials if credentials else None
    if token is None and request.method in ("GET", "HEAD"):
        token = request.cookies.get(SESSION_COOKIE)
    if token is None:
        raise unsigned()
    identity: Identity = request.app.state.identity
    return await identity.recognise(token)


def unsigned() -> Problem:
    """401: nobody has signed in."""
    return _unrecognised("not_signed_in", Words("请先登录", "Please sign in"), challenge="Bearer")


def require(*actions: str) -> Callable[..., Awaitable[Person]]:
    """Dependency factory: the person, if any one of the actions is permitted; else Problem 401 or 403.

    `asker: Annotated[Person, Depends(require("application.read_own", "application.read_any"))]`.
    ValueError at import time for an action that the table does not know, or that is public.
    """
    unknown = [action for action in actions if action not in permissions.ACTIONS]
    if unknown or not actions:
        raise ValueError(f"not in shared.permissions.ACTIONS: {', '.join(unknown) or 'no action given'}")

    async def permitted(asker: Annotated[Person, Depends(person)]) -> Person:
        scope_of(asker, *actions)
        return asker

    return permitted


def scope_of(asker: Person, *actions: str) -> Scope:
    """What the asker may see under these actions together, to be put into the query. Problem 403 when nothing."""
    found = {reach for action in actions for reach in permissions.reaches(asker.roles, action)}
    scope = permissions.scope(asker.subject, asker.department, found)
    if found and scope == Scope():
        raise _forbidden(
            actions, Words("您的账号没有登记所属部门，请联系管理员。", "Your account names no department.")
        )
    if not found:
        raise _forbidden(actions, Words("当前身份不能办理此事，如有疑问请咨询窗口。", "Your roles do not permit this."))
    return scope


def _forbidden(actions: tuple[str, ...], detail: Words) -> Problem:
    return Problem(403, "forbidden", Words("没有权限", "Not permitted"), detail, more={"actions": list(actions)})


def _unrecognised(code: str, title: Words, challenge: str = 'Bearer error="invalid_token"') -> Problem:
    detail = Words("请重新登录后再试。", "Sign in and try again.")
    return Problem(401, code, title, detail, headers={"WWW-Authenticate": challenge})
