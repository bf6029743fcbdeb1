"""How a notice becomes a version of the calendar: previewed, published, and followed while clocks are recounted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.supervision.calendar.composing import with_notice
from services.supervision.calendar.in_force import InForce
from services.supervision.calendar.notices import CalendarFileError, Notice, read_notice
from services.supervision.calendar.older import count_behind, count_running
from services.supervision.calendar.previewing import Preview, previewed
from services.supervision.calendar.views import NoticeBody, PublicationBody
from services.supervision.decide.recount import MOVED
from services.supervision.model import BOOK, CalendarBook
from services.supervision.refusals import REFUSALS
from services.supervision.store import Row
from shared.identity import Person
from shared.kernel import Refused
from shared.messaging.document import Store
from shared.messaging.runtime import Runtime
from shared.permissions import Scope
from shared.web.commands import answering, own_key, refusal, tell
from shared.web.problems import Problem, Words


class Publishing:
    """What an administrator does with the calendar."""

    def __init__(self, runtime: Runtime, in_force: InForce) -> None:
        self._runtime, self._in_force = runtime, in_force

    async def book(self) -> CalendarBook:
        """The book as it is now; read anew, for another replica may have published. Problem 503 while there is none."""
        await answering(self._in_force.learn(self._runtime.store))
        if self._in_force.book is None:
            raise refusal(Refused("no_calendar_yet"), REFUSALS)
        return self._in_force.book

    async def preview(self, body: NoticeBody, asker: Person) -> Preview:
        """What it would change. Problem 422 for a notice that cannot be used."""
        book, notice = await self.book(), _read(body)
        store, rules = self._runtime.store, self._in_force.rules
        try:
            return await answering(previewed(store, rules, book, notice, self._runtime.clock(), asker.subject))
        except CalendarFileError as error:
            raise unfit(error) from error

    async def publish(self, body: PublicationBody, asker: Person, key: str | None) -> Mapping[str, Any]:
        """Put it in force. Problem 422 for a notice that cannot be used, 409 where another was published since `after`,
        or where it changes nothing."""
        book, notice = await self.book(), _read(body)
        running = await answering(count_running(self._runtime.store))
        try:
            command = with_notice(book, notice, by=asker.subject, running=running)
        except CalendarFileError as error:
            raise unfit(error) from error
        if body.after is not None:
            command = command.model_copy(update={"number": body.after + 1})
        told = own_key(asker.subject, key)
        answer = await tell(self._runtime, BOOK, command, REFUSALS, key=told, said=body)
        await answering(self._in_force.learn(self._runtime.store))
        return answer

    async def progress(self, number: int) -> tuple[int, int]:
        """How many applications are still to be counted by the version of this number, or a newer one; and how many
        clocks it has moved. Raises Problem."""
        left = await answering(count_behind(self._runtime.store, number))
        rows = await answering(self._runtime.store.tally_facts(MOVED, {"number": number}, ("number",)))
        return left, rows.get((number,), 0)


async def moved_rows(store: Store, scope: Scope, number: int, limit: int) -> Sequence[Row]:
    """The clocks that a version has moved and that these may see, by application. Raises Unavailable."""
    mine = {} if scope.all else {"departments": scope.department or ""}
    return await store.find_facts(MOVED, {"number": number, **mine}, sort=(("_id", 1),), limit=limit)


def _read(body: NoticeBody) -> Notice:
    try:
        return read_notice(body.name.removesuffix(".yaml").removesuffix(".yml"), body.text)
    except CalendarFileError as error:
        raise unfit(error) from error


def unfit(error: CalendarFileError) -> Problem:
    """A notice that cannot be used: file and line, what is wrong and what to do."""
    title = Words("这份放假安排不能用", "This notice cannot be used")
    return Problem(422, "unfit_notice", title, Words(error.chinese, str(error)))
