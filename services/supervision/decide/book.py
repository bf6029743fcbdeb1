"""How the calendar goes on: a version is made of what was previewed, or of what a newer deployment knows."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from services.supervision.model import CalendarBook, CalendarVersion, KeptBase, KeptNotice, PublishCalendar
from shared.contracts.supervision import CalendarPublished
from shared.contracts.terms import PERSONAL
from shared.kernel import Decision, Refused

MOST_VERSIONS = 300
"""Its document has a largest size."""

K = TypeVar("K", KeptBase, KeptNotice)


def published(book: CalendarBook | None, command: PublishCalendar, now: datetime) -> Decision[CalendarBook] | Refused:
    """The next version, in force from `now` on. Refused: `calendar_moved_on` where it was not made from the one in
    force, `nothing_changes`, `older_base`, `too_many_versions`, `personal_data`."""
    versions = book.versions if book else ()
    if refused := _unfit(book, command):
        return refused
    version = CalendarVersion(
        number=command.number, calendar=command.calendar, certain_until=command.certain_until, basis=command.basis,
        base=command.base.digest, notices=tuple((each.name, each.digest) for each in command.notices),
        notice=command.notice, turned=command.turned, published_at=now, by=command.by, running=command.running,
    )  # fmt: skip
    said = CalendarPublished(
        number=version.number, calendar=version.calendar, certain_until=version.certain_until, basis=version.basis,
        turned=version.turned, by=version.by, at=now,
    )  # fmt: skip
    after = CalendarBook(
        versions=(*versions, version),
        bases=_with(book.bases if book else (), (command.base,)),
        notices=_with(book.notices if book else (), command.notices),
    )
    return Decision(after, (said,), {"number": version.number, "calendar": version.calendar})


def _unfit(book: CalendarBook | None, command: PublishCalendar) -> Refused | None:
    number = book.latest.number if book else 0
    if command.number != number + 1:
        return Refused("calendar_moved_on", {"number": number})
    if number >= MOST_VERSIONS:
        return Refused("too_many_versions")
    if PERSONAL.search(command.basis):
        return Refused("personal_data")
    if book is None:
        return None
    latest = book.latest
    if not command.notice:
        return _older(book, command.base)
    same = latest.notices == tuple((each.name, each.digest) for each in command.notices)
    return Refused("nothing_changes") if same and latest.base == command.base.digest else None


def _older(book: CalendarBook, base: KeptBase) -> Refused | None:
    """A deployment never takes back what a newer one has brought: a base that was there before, or knows less."""
    known = any(each.digest == base.digest for each in book.bases)
    return Refused("older_base") if known or base.certain_until < book.base_of(book.latest).certain_until else None


def _with(kept: tuple[K, ...], more: tuple[K, ...]) -> tuple[K, ...]:
    """These texts, each once."""
    return kept + tuple(each for each in more if each not in kept)
