"""What a new version of the calendar is made of, before it is asked for: a deployment's days, or one more notice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from services.supervision.calendar.notices import CalendarFileError, Notice, read_notice
from services.supervision.calendar.working_days import Base, Calendar, laid_over
from services.supervision.model import CalendarBook, KeptBase, KeptNotice, PublishCalendar
from shared.contracts.supervision import TurnedDay


def of_deployment(book: CalendarBook | None, base: Base) -> PublishCalendar | None:
    """The version that has what this deployment knows, with the notices in force over it; None where the book has had
    it, or has a newer one. Raises CalendarFileError where the notices do not fit over it."""
    if book is None:
        return _command(None, base, (), basis=_basis(base))
    newest = book.base_of(book.latest)
    if base.certain_until < newest.certain_until or any(each.digest == base.digest for each in book.bases):
        return None
    return _command(book, base, in_force(book), basis=_basis(base))


def with_notice(book: CalendarBook, notice: Notice, *, by: str, running: int = 0) -> PublishCalendar:
    """The version that this notice makes of the one in force. It takes the place of an earlier one of its name, and of
    those that it `replaces`; without days of its own it only withdraws these. Raises CalendarFileError."""
    kept = in_force(book)
    if unknown := sorted(set(notice.replaces) - {each.name for each in kept}):
        known = "、".join(each.name for each in kept)
        raise CalendarFileError(
            notice.place,
            f"replaces {unknown[0]!r}, and no such notice is in force; write one of: {known or 'none is'}",
            f"要取代的“{unknown[0]}”不在现行的通知里；现行的有：{known or '没有'}。",
        )
    others = [each for each in kept if each.name not in (notice.name, *notice.replaces)]
    notices = sorted([*others, *([notice] if notice.days else [])], key=lambda each: each.name)
    base = _base(book.base_of(book.latest))
    return _command(book, base, notices, basis=notice.basis, notice=notice.name, by=by, running=running)


def in_force(book: CalendarBook) -> list[Notice]:
    """The notices of the version in force, in order of name."""
    return _read(book.notices_of(book.latest))


def calendar_of(command: PublishCalendar) -> Calendar:
    """The calendar that a command would put in force."""
    return _laid_over(command.base, command.notices)


def calendar_in(book: CalendarBook, number: int = 0) -> Calendar:
    """The calendar of a version of the book, 0: the one in force. Raises CalendarFileError, LookupError."""
    version = book.version(number) if number else book.latest
    if version is None:
        raise LookupError(f"no version {number}")
    return _laid_over(book.base_of(version), book.notices_of(version))


def turned(before: Calendar, after: Calendar) -> tuple[TurnedDay, ...]:
    """The days on which two calendars differ, in order, as the second has them."""
    odd = set(before.odd_days) ^ set(after.odd_days)
    days = [date.fromordinal(ordinal) for ordinal in sorted(odd)]
    return tuple(TurnedDay(day=day, working=after.is_working_day(day)) for day in days)


def _command(
    book: CalendarBook | None,
    base: Base,
    notices: Sequence[Notice],
    *,
    basis: str,
    notice: str = "",
    by: str = "",
    running: int = 0,
) -> PublishCalendar:
    after = laid_over(base, notices)
    before = calendar_in(book) if book else None
    return PublishCalendar(
        number=book.latest.number + 1 if book else 1,
        calendar=after.version,
        certain_until=after.certain_until,
        basis=basis,
        base=KeptBase(digest=base.digest, certain_until=base.certain_until, text=base.text),
        notices=tuple(KeptNotice(name=each.name, digest=digest_of(each.text), text=each.text) for each in notices),
        notice=notice,
        turned=turned(before, after) if before else (),
        running=running,
        by=by,
    )


def _laid_over(base: KeptBase, notices: Sequence[KeptNotice]) -> Calendar:
    return laid_over(_base(base), _read(notices))


def _base(kept: KeptBase) -> Base:
    return Base.read(kept.text, kept.certain_until)


def _read(notices: Sequence[KeptNotice]) -> list[Notice]:
    return [_notice(each.name, each.text) for each in notices]


@lru_cache(maxsize=512)
def _notice(name: str, text: str) -> Notice:
    """A notice that was read before: reading YAML takes a hundred times as long as counting by it."""
    return read_notice(name, text)


def digest_of(text: str) -> str:
    """Names the content of a notice."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _basis(base: Base) -> str:
    return f"随系统部署的放假安排，至 {base.certain_until.year} 年"
