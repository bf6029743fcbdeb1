"""Signs what the hall vouches for, so that a licence, or a day of the audit, proves itself to who has the public key.

An SM2 signer (GB/T 32918, wanted where the hall must use national algorithms) plugs in here without any
other change: one class with the members of `Signer` and one with those of `PublicKey`; callers know only
these two protocols.
"""

import base64
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc.jwk import OKPKey

Json: TypeAlias = bool | int | str | Sequence["Json"] | Mapping[str, "Json"] | None

_EXACT = 2**53 - 1  # the largest integer that every JSON reader keeps exact


class WrongKey(ValueError):
    """A key file is missing, unreadable or of another kind; the message says which file and what to do."""


class PublicKey(Protocol):
    """One public key, whatever its algorithm."""

    @property
    def algorithm(self) -> str: ...
    def verify(self, payload: bytes, signature: bytes) -> bool: ...
    def jwk(self) -> dict[str, str]: ...


class Signer(Protocol):
    """Holds one private key. `key_id` must find the public key again years later: it is never reused."""

    @property
    def key_id(self) -> str: ...
    @property
    def algorithm(self) -> str: ...
    @property
    def public(self) -> PublicKey: ...
    def sign(self, payload: bytes) -> bytes: ...


class Ed25519Public:
    """An Ed25519 public key (RFC 8032)."""

    algorithm = "Ed25519"

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    def verify(self, payload: bytes, signature: bytes) -> bool:
        """True only for this key's signature over exactly these bytes; a malformed one is just False."""
        try:
            self._key.verify(signature, payload)
        except InvalidSignature:
            return False
        return True

    def jwk(self) -> dict[str, str]:
        """The key as a JWK of type OKP (RFC 8037), without key id."""
        raw = self._key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}


class Ed25519Signer:
    """An Ed25519 private key: the same payload always gives the same 64 bytes."""

    algorithm = "Ed25519"

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = Ed25519Public(key.public_key())
        self.key_id = thumbprint(self.public)

    def sign(self, payload: bytes) -> bytes:
        return self._key.sign(payload)


def thumbprint(key: Ed25519Public) -> str:
    """The key id: the RFC 7638 thumbprint, 43 characters of base64url, the same wherever it is computed."""
    return OKPKey.import_key({**key.jwk()}).thumbprint()


def payload(kind: str, facts: Mapping[str, Json]) -> bytes:
    """The bytes that are signed: canonical JSON (RFC 8785; numbers are integers only) of kind and facts.

    `facts` are the public facts of what is signed, dates and instants as ISO text. `kind` (such as `licence`,
    `notice` or `audit_day`) keeps a signature over one sort of thing from serving for another. Raises `ValueError`
    with the path of a value that has no exact JSON form.
    """
    text = json.dumps(_ordered({"kind": kind, "facts": facts}, "$"), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def verify(public_keys: Mapping[str, PublicKey], key_id: str, payload: bytes, signature: bytes) -> bool:
    """True if the key named `key_id` is among ours and signed these bytes. An unknown key id is False."""
    key = public_keys.get(key_id)
    return key is not None and key.verify(payload, signature)


def jwks(public_keys: Mapping[str, PublicKey]) -> dict[str, list[dict[str, str]]]:
    """The key set (RFC 7517) for `/.well-known`: every key that ever signed stays in it."""
    return {
        "keys": [
            {**key.jwk(), "kid": name, "alg": key.algorithm, "use": "sig"} for name, key in sorted(public_keys.items())
        ]
    }


def pem(key: PublicKey) -> str:
    """The key as PEM (SubjectPublicKeyInfo), which openssl reads."""
    raw = base64.urlsafe_b64decode(f"{key.jwk()['x']}=")
    public = Ed25519PublicKey.from_public_bytes(raw)
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(encoding, form).decode()


def load(path: Path) -> Ed25519Signer:
    """The signer in a PEM file (PKCS 8, no passphrase). Raises `WrongKey`."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise WrongKey(f"{path}: no private key in PEM form without passphrase can be read here: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise WrongKey(f"{path}: this is no Ed25519 key; make one with `openssl genpkey -algorithm ed25519`")
    return Ed25519Signer(key)


def load_public(paths: Iterable[Path]) -> dict[str, PublicKey]:
    """Public keys (PEM) of retired signers by key id: what they signed still verifies. Raises `WrongKey`."""
    found: dict[str, PublicKey] = {}
    for path in paths:
        try:
            key = serialization.load_pem_public_key(path.read_bytes())
        except (OSError, ValueError) as error:
            raise WrongKey(f"{path}: no public key in PEM form can be read here: {error}") from error
        if not isinstance(key, Ed25519PublicKey):
            raise WrongKey(f"{path}: this is no Ed25519 public key")
        public = Ed25519Public(key)
        found[thumbprint(public)] = public
    return found


def generate(path: Path) -> Ed25519Signer:
    """Make a new development key, readable by its owner only (mode 0600), and load it.

    Never overwrites: who loses a signing key can never sign again under its id. Raises `FileExistsError`.
    """
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
    return load(path)


def _ordered(value: Any, where: str) -> Any:
    """The value with its keys in RFC 8785 order (UTF-16 code units), once it is certain to be exact JSON."""
    if isinstance(value, str):
        if any(0xD800 <= ord(c) < 0xE000 for c in value):
            raise ValueError(f"{where}: half of a surrogate pair is no text")
        return value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) <= _EXACT:
        return value
    if isinstance(value, Mapping):
        if wrong := [key for key in value if not isinstance(key, str)]:
            raise ValueError(f"{where}: the key {wrong[0]!r} is no text")
        keys = sorted(value, key=lambda key: _ordered(key, where).encode("utf-16-be"))
        return {key: _ordered(value[key], f"{where}.{key}") for key in keys}
    if isinstance(value, list | tuple):
        return [_ordered(one, f"{where}[{i}]") for i, one in enumerate(value)]
    raise ValueError(f"{where}: {type(value).__name__} {value!r:.40} has no exact JSON form; give it as text")
