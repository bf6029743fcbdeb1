"""How approval's documents are stored, what of them is indexed, and the queries that its pages need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from services.approval.model import Approval, Case, Task
from shared.messaging.document import Index, Store, Where

Listed = Literal["open", "given", "ended"]
"""The task states that can be listed; planned tasks are seen in their case alone."""

EVER = datetime(1970, 1, 1, tzinfo=UTC)

LISTED: tuple[Listed, ...] = get_args(Listed)
INDEXES = (
    Index((("application", 1),)),
    *(Index(((state, 1), (f"{state}_since", 1))) for state in LISTED),
    *(Index(((f"{state}_since", 1),)) for state in LISTED),
)


class ApprovalCodec:
    """State ↔ plain values. Indexed: who has tasks in each state, and since when the oldest of them was open."""

    def dump(self, state: Approval) -> Mapping[str, Any]:
        """Plain values; the sealed holder stays sealed."""
        return state.model_dump(mode="json")

    def load(self, raw: Any) -> Approval:
        """The state; ValueError when it does not fit."""
        return Approval.model_validate(raw)

    def index(self, state: Approval) -> Mapping[str, Any]:
        """`owner` and `departments` for who may look; per state the departments with such tasks, and the oldest."""
        fields: dict[str, Any] = {
            "application": state.application,
            "owner": sorted({case.owner for case in state.cases}),
            "departments": sorted({each for case in state.cases for each in case.departments}),
        }
        for listed in LISTED:
            tasks = _tasks(state, listed)
            fields[listed] = sorted({task.department for _, task in tasks})
            fields[f"{listed}_since"] = tasks[0][1].opened_at if tasks else None
        return fields


Found = tuple[Case, Task]


async def list_tasks(
    store: Store, state: Listed, scope: Where, *, narrow: Where, skip: int, limit: int
) -> tuple[list[Found], bool]:
    """Tasks of applications by their oldest task in this state, and whether there are more.

    `scope`: who asks, over the field named like the state. `limit` counts applications: one application's tasks stay
    together, oldest first.
    """
    where = {f"{state}_since": {"$gte": EVER}, **narrow, **scope}
    found = await store.find(where, sort=((f"{state}_since", 1),), limit=limit + 1, skip=skip)
    page = [doc.state for doc in found[:limit]]
    return [each for approval in page for each in _tasks(approval, state)], len(found) > limit


def _tasks(approval: Any, state: Listed) -> list[Found]:
    """The tasks that were assigned and stand in this state, oldest first."""
    if not isinstance(approval, Approval):  # a state that cannot be read is parked, and is the operators' to mend
        return []
    found = [
        (case, task)
        for case in approval.cases
        for task in case.tasks
        if task.opened_at and case.state_of(task) == state
    ]
    return sorted(found, key=lambda pair: (pair[1].opened_at or EVER, pair[1].id))


async def find_approval(store: Store, application: str, sights: Iterable[Where]) -> Approval | None:
    """The application's document, if one of these conditions about who asks lets it be seen."""
    for sight in sights:
        for doc in await store.find({"application": application, **sight}, limit=1):
            if isinstance(doc.state, Approval):
                return doc.state
    return None
