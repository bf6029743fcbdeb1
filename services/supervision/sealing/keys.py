"""The keys of the audit: the one that signs days now, and all public keys with which a sealed day can be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared import signing
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class AuditKeys:
    """`public`: by key id; whatever signed before stays in it (`ONEDOOR_RETIRED_KEYS`)."""

    signer: signing.Signer
    public: Mapping[str, signing.PublicKey]

    @classmethod
    def of(cls, settings: Settings) -> AuditKeys:
        """As the settings name them. Raises SettingsError when none is set, WrongKey for a file that holds none."""
        settings.need("audit_key")
        assert settings.audit_key is not None  # noqa: S101  need() has seen it
        signer = signing.load(settings.audit_key)
        return cls(signer, {**signing.load_public(settings.retired_keys), signer.key_id: signer.public})
