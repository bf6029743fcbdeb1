"""Sealed fields: personal data inside events, readable only by services that hold the key (PIPL Art. 51).

AES-256-GCM by `cryptography`; the key's id stands beside the box, and the application's number is authenticated
with it, so that a box cannot be moved to another application.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Base64Bytes, BaseModel, ConfigDict

T = TypeVar("T", bound=BaseModel)


class Sealed(BaseModel, Generic[T]):
    """A closed box: `T` is what is inside, as JSON, for those who can open it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    kid: str
    nonce: Base64Bytes
    box: Base64Bytes


class CannotOpen(Exception):
    """The key is unknown, or the box was changed or moved to another application."""


class Keyring:
    """Keys by id, 32 bytes each; new boxes are closed with `current`."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        self._keys = {kid: AESGCM(key) for kid, key in keys.items()}
        self._current = current

    def seal(self, value: T, application: str) -> Sealed[T]:
        """Close a value for one application. Uses fresh randomness: only at the edge, never inside a decision."""
        nonce = os.urandom(12)
        box = self._keys[self._current].encrypt(nonce, value.model_dump_json().encode(), application.encode())
        kind: Any = Sealed.__class_getitem__(type(value))  # the parameter is known only when this runs
        sealed: Sealed[T] = kind.model_construct(kid=self._current, nonce=nonce, box=box)
        return sealed

    def open(self, sealed: Sealed[T], kind: type[T], application: str) -> T:
        """The value inside; raises CannotOpen."""
        try:
            plain = self._keys[sealed.kid].decrypt(sealed.nonce, sealed.box, application.encode())
        except (KeyError, ValueError, InvalidTag) as error:
            raise CannotOpen(f"key {sealed.kid!r}, application {application}") from error
        return kind.model_validate_json(plain)
