"""The calendar as supervision keeps it: every version that was ever in force, with all that it was made of."""

from __future__ import annotations

from datetime import date

from shared.contracts.envelope import Instant
from shared.contracts.supervision import TurnedDay
from shared.kernel import Frozen

BOOK = "calendar"
"""The id of the one document that holds it; applications have thirteen characters."""


class KeptBase(Frozen):
    """What a deployment knew of days by itself (`calendar.Base`): its text, and the last day that it knew."""

    digest: str
    certain_until: date
    text: str


class KeptNotice(Frozen):
    """One notice as the operator wrote it."""

    name: str
    digest: str
    text: str


class CalendarVersion(Frozen):
    """The `number`-th version, which is in force from `published_at` until the next one. `calendar` names its content.

    `base` and `notices` (name, digest) say what it is made of; `notice` is the one that it was published for, and empty
    where it came with a deployment. `by` is a subject reference. `running`: how many applications had a running clock
    when it was published.
    """

    number: int
    calendar: str
    certain_until: date
    basis: str
    base: str
    notices: tuple[tuple[str, str], ...] = ()
    notice: str = ""
    turned: tuple[TurnedDay, ...] = ()
    published_at: Instant
    by: str = ""
    running: int = 0


class CalendarBook(Frozen):
    """The state: versions in order, and the texts that they are made of, each once."""

    versions: tuple[CalendarVersion, ...]
    bases: tuple[KeptBase, ...]
    notices: tuple[KeptNotice, ...] = ()

    @property
    def latest(self) -> CalendarVersion:
        """The version in force."""
        return self.versions[-1]

    def version(self, number: int) -> CalendarVersion | None:
        """The version of this number, if there is one."""
        return self.versions[number - 1] if 1 <= number <= len(self.versions) else None

    def base_of(self, version: CalendarVersion) -> KeptBase:
        """What its deployment knew."""
        return next(base for base in self.bases if base.digest == version.base)

    def notices_of(self, version: CalendarVersion) -> tuple[KeptNotice, ...]:
        """The notices that it is made of, in order of name."""
        kept = {(notice.name, notice.digest): notice for notice in self.notices}
        return tuple(kept[each] for each in version.notices)
