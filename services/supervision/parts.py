"""What supervision's answers to people stand on, for programs and for pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from services.supervision.access import Access
from services.supervision.acts import Acts
from services.supervision.calendar.in_force import InForce
from services.supervision.calendar.publishing import Publishing
from services.supervision.digest import Digests
from services.supervision.proof import Cases, SealChecks
from services.supervision.rules import Rules
from services.supervision.sealing.keys import AuditKeys
from services.supervision.wall.numbers import LiveNumbers
from services.supervision.wall.snapshot import Snapshots
from shared.messaging.document import Store
from shared.messaging.runtime import Runtime
from shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    """The running service."""

    runtime: Runtime
    store: Store
    settings: Settings
    in_force: InForce
    access: Access
    acts: Acts
    numbers: LiveNumbers
    digests: Digests
    snapshots: Snapshots
    keys: AuditKeys
    publishing: Publishing

    @property
    def rules(self) -> Rules:
        """By the calendar that this process knows now."""
        return self.in_force.rules

    @property
    def proofs(self) -> Cases:
        """What proves an application, as far as the database goes; the event log is for `onedoor audit verify`."""
        newer = partial(self.in_force.newest, self.store)
        return Cases(self.store, SealChecks(self.store, self.keys.public), self.rules, newer=newer)
