"""Whether the versions of the calendar are made of what they name: whoever edits a day in the book is found."""

from __future__ import annotations

from services.supervision.calendar.composing import calendar_in, digest_of
from services.supervision.model import BOOK, CalendarBook
from services.supervision.proof.findings import Finding
from shared.messaging.document import Store


async def calendars_found(store: Store) -> Finding | None:
    """The first version that is not what it is called after: its base, its notices, or the days that they give."""
    try:
        document = (await store.load([BOOK])).get(BOOK)
    except (KeyError, TypeError, ValueError) as error:  # somebody has changed what every document has
        return Finding("calendar_differs", row=BOOK, detail=repr(error)[:200])
    book = document.state if document else None
    if not isinstance(book, CalendarBook):
        return None if document is None else Finding("calendar_differs", row=BOOK, detail="it cannot be read")
    for number, version in enumerate(book.versions, start=1):
        try:
            same = version.number == number and version.calendar == calendar_in(book, number).version
            same = same and all(each.digest == digest_of(each.text) for each in book.notices_of(version))
        except (ValueError, LookupError, StopIteration):
            same = False
        if not same:
            return Finding("calendar_differs", row=f"{BOOK}/{number}", detail=f"{version.calendar}: {version.basis}")
    return None
