"""The live numbers of the hall: open cases by light and department, what happened today, and who is called what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from services.supervision.clocks import LEADING
from services.supervision.marks import lit
from services.supervision.model import LIGHTS, Supervised
from services.supervision.store import Shown, open_cases, reached_since
from services.supervision.views import Numbers, Today
from services.supervision.wall.fresh import Fresh
from shared.clock import midnight
from shared.messaging.runtime import Runtime


class LiveNumbers:
    """The public numbers: one count for any number of readers."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._store = runtime, runtime.store
        self._fresh = Fresh(self._count)
        self._names: dict[str, str] = {}

    async def __call__(self) -> Numbers:
        """The numbers, at most `fresh.FRESH_SECONDS` old. Raises Unavailable."""
        return (await self.counted())[0]

    async def counted(self) -> tuple[Numbers, Shown]:
        """The same, and the open cases of which they are the sums. Raises Unavailable."""
        return await self._fresh()

    async def departments(self, codes: Iterable[str] | None = None) -> dict[str, str]:
        """What departments are called; None: all that open cases concern. Raises Unavailable.

        A name is looked up once, in any application of the department; a code stands for itself until one has it.
        """
        wanted = list(codes) if codes is not None else list((await self.counted())[1].by_department)
        for code in wanted:
            if code not in self._names and (name := await self._name(code)):
                self._names[code] = name
        return {code: self._names.get(code, code) for code in wanted}

    async def _name(self, code: str) -> str | None:
        marks = [lit(light, code) for light in LIGHTS]
        marks += [f"{mark}:{key}" for mark in marks for key in LEADING]
        for doc in await self._store.find({"lit": {"$in": marks}}, limit=1):
            if isinstance(doc.state, Supervised):
                return doc.state.department_names.get(code)
        return None

    async def _count(self) -> tuple[Numbers, Shown]:
        now = self._runtime.clock()
        shown = await open_cases(self._store)
        by_light, today = dict(shown.by_light), await self._today(midnight(now))
        return Numbers(at=now, open_cases=sum(by_light.values()), open_by_light=by_light, today=today), shown

    async def _today(self, since: datetime) -> Today:
        reached = await reached_since(self._store, since)
        return Today(
            day=since.date(),
            submitted=reached.get("submitted", 0),
            accepted=reached.get("accepted", 0),
            ended=reached.get("ended", 0),
        )
