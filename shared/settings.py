"""Everything that an operator sets, read once from the environment (`ONEDOOR_…`), checked before any start.

Missing secrets stop a production start by name; on a development machine they are made once and kept in the
data directory.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterable
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import BeforeValidator, ByteSize, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shared.contracts.sealed import Keyring
from shared.secret_files import kept

DEVELOPMENT_ISSUER = "https://issuer.onedoor.invalid"
SECRETS = ("seal_keys", "holder_key", "form_key", "signing_key", "audit_key")
KEY_FILES = ("signing_key", "audit_key")
PRODUCTION = ("kafka", "mongo_uri", "public_url", "issuer", "jwks")


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which, why and what to set. Never holds a value."""


def _key(text: object) -> object:
    """A 32-byte key from base64."""
    if not isinstance(text, str) or not text:
        return text
    try:
        key = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise ValueError("is not base64; make one with `openssl rand -base64 32`") from error
    if len(key) != 32:
        raise ValueError(f"holds {len(key)} bytes and must hold 32; make one with `openssl rand -base64 32`")
    return key


def _pairs(text: object, mark: str) -> object:
    """`a<mark>x,b<mark>y` as a dict, in the order given."""
    if not isinstance(text, str):
        return text
    parts = [part.strip().partition(mark) for part in text.split(",") if part.strip()]
    if any(not name or not value for name, _, value in parts):
        raise ValueError(f"must look like `name{mark}value,name{mark}value`")
    if len({name for name, _, _ in parts}) != len(parts):
        raise ValueError("names something twice")
    return {name: value for name, _, value in parts}


def _paths(text: object) -> object:
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


def _keys(text: object) -> object:
    pairs = _pairs(text, ":")
    return {kid: _key(value) for kid, value in pairs.items()} if isinstance(pairs, dict) else pairs


class Settings(BaseSettings):
    """What an operator sets. Each field is `ONEDOOR_<FIELD>` in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="ONEDOOR_", frozen=True, hide_input_in_errors=True, env_ignore_empty=True, extra="forbid"
    )

    # Where it runs. `production` refuses development stand-ins: made-up secrets, the development issuer.
    env: Literal["development", "production"] = "development"
    data_dir: Path = Path(".onedoor")
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    # What it runs on. Empty in development: the local platform starts both. Kafka: `host:port,host:port`.
    kafka: str = ""
    mongo_uri: str = Field(default="", repr=False)
    mongo_driver: Literal["motor", "pymongo"] = "motor"
    database_prefix: str = Field(default="onedoor", pattern=r"^[a-z][a-z0-9_]{0,30}$")

    # How browsers reach it: the hall's address and, where a service has its own, `intake=https://…,approval=…`.
    public_url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^/\s]+(/\S*)?$")
    service_urls: Annotated[dict[str, str], NoDecode, BeforeValidator(lambda v: _pairs(v, "="))] = {}

    # Whose tokens it believes: the issuer, its keys (an address or a file), and whom a token must be for.
    issuer: str = DEVELOPMENT_ISSUER
    jwks: str = ""
    audience: str = "onedoor"

    # Secrets. Seal keys `k1:base64,k0:base64`: the first closes new boxes, the others still open old ones.
    seal_keys: Annotated[dict[str, bytes], NoDecode, BeforeValidator(_keys)] = Field(default={}, repr=False)
    holder_key: Annotated[bytes, BeforeValidator(_key)] = Field(default=b"", repr=False)
    form_key: Annotated[bytes, BeforeValidator(_key)] = Field(default=b"", repr=False)  # tokens of forms on pages
    signing_key: Path | None = None  # PEM file of the Ed25519 key that signs licences
    audit_key: Path | None = None  # PEM file of the Ed25519 key that signs each day of the audit chain
    retired_keys: Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_paths)] = ()  # their earlier public keys, PEM

    # How pages name the hall, and where a browser signs in and out (a proxy's or provider's address); empty in
    # development: the chooser of sample persons.
    hall: str = "样例县政务服务中心"
    hall_place: str = "县政务服务中心综合窗口"
    hall_hours: str = "工作日 9:00—12:00、13:30—17:30"
    sign_in_url: str = ""
    sign_out_url: str = ""

    # How an applicant's phone is told: `none`, `file` (development), or the address of a gateway for SMS and mail,
    # which gets `{"id", "phone", "text"}` by POST. Empty: `file` in development, `none` in production.
    sender: str = Field(default="", pattern=r"^(none|file|https?://[^/\s]+(/\S*)?)?$", repr=False)

    # Local rules: when a working day ends (民法典 Art. 203, Asia/Shanghai); the largest single file.
    cut_off: time = time(18, 0)
    upload_limit: ByteSize = ByteSize(20 * 1024 * 1024)

    @property
    def production(self) -> bool:
        """Whether stand-ins are forbidden."""
        return self.env == "production"

    @property
    def keyring(self) -> Keyring:
        """The ring for `Sealed` fields; the first key is current. SettingsError when there is none."""
        self.need("seal_keys")
        return Keyring(self.seal_keys, next(iter(self.seal_keys)))

    def need(self, *fields: str) -> None:
        """SettingsError naming every one of `fields` that is not set."""
        missing = [variable(field) for field in fields if not getattr(self, field)]
        if missing:
            raise SettingsError(f"not set: {', '.join(missing)}. Set them in the environment and start again.")

    def database(self, service: str) -> str:
        """The name of a service's own database."""
        return f"{self.database_prefix}_{service}"

    def url_of(self, service: str, path: str = "") -> str:
        """The public address of a service's page; `path` begins with `/`."""
        home = self.service_urls.get(service) or f"{self.public_url.rstrip('/')}/{service}"
        return home.rstrip("/") + path


def variable(field: str) -> str:
    """The name of the environment variable of a field."""
    return f"ONEDOOR_{field.upper()}"


def load_settings(secrets: Iterable[str] = SECRETS, **given: Any) -> Settings:
    """Settings from the environment, complete or not at all. Raises SettingsError.

    `secrets` are those of SECRETS that this process may hold: in production each must be set, in development
    the missing ones are made. `given` overrides the environment.
    """
    wanted = tuple(secrets)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        lines = [f"{variable(str(e['loc'][0]))} {e['msg'].removeprefix('Value error, ')}" for e in error.errors()]
        raise SettingsError("; ".join(lines)) from None
    if settings.production:
        _check_production(settings, wanted)
        return settings
    return settings.model_copy(update=_made(settings, wanted))


def _check_production(settings: Settings, secrets: tuple[str, ...]) -> None:
    unset = [name for name in PRODUCTION if name not in settings.model_fields_set]
    unset += [name for name in secrets if not getattr(settings, name)]
    if unset:
        names = ", ".join(variable(name) for name in unset)
        raise SettingsError(f"ONEDOOR_ENV=production needs {names}. Set them in the environment and start again.")
    if settings.issuer == DEVELOPMENT_ISSUER:
        raise SettingsError("ONEDOOR_ISSUER names the development issuer; name your identity provider's.")
    if settings.sender == "file":
        raise SettingsError("ONEDOOR_SENDER=file is for development; name a gateway, or none.")
    if settings.jwks.startswith("http://"):
        raise SettingsError("ONEDOOR_JWKS must be an https:// address or a file in production.")
    for name in KEY_FILES:
        if name in secrets and not os.access(str(getattr(settings, name)), os.R_OK):
            raise SettingsError(f"{variable(name)}: the file {getattr(settings, name)} cannot be read.")


def _made(settings: Settings, secrets: tuple[str, ...]) -> dict[str, object]:
    """What a development start adds: absolute data directory, the local issuer's keys, secrets made once."""
    home = settings.data_dir.absolute()
    made: dict[str, object] = {"data_dir": home}
    if not settings.jwks:
        made["jwks"] = str(home / "issuer" / "jwks.json")
    if "seal_keys" in secrets and not settings.seal_keys:
        made["seal_keys"] = {"dev1": kept(home / "secrets" / "seal.key", lambda: os.urandom(32))}
    if "holder_key" in secrets and not settings.holder_key:
        made["holder_key"] = kept(home / "secrets" / "holder.key", lambda: os.urandom(32))
    if "form_key" in secrets and not settings.form_key:
        made["form_key"] = kept(home / "secrets" / "form.key", lambda: os.urandom(32))
    for name in KEY_FILES:
        if name in secrets and getattr(settings, name) is None:
            made[name] = key_file(home, name)
            kept(key_file(home, name), new_ed25519_pem)
    return made


def key_file(home: Path, name: str) -> Path:
    """Where a development machine keeps one of KEY_FILES: `secrets/signing.pem`, `secrets/audit.pem`."""
    return home / "secrets" / f"{name.removesuffix('_key')}.pem"


def new_ed25519_pem() -> bytes:
    """A fresh Ed25519 private key as PKCS#8 PEM."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
