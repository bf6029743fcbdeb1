"""What stops or lengthens the time of a case: the procedures of 行政许可法 Art. 45 and the extensions of Art. 42."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from shared.contracts.approval import ExcludedProcedure
from shared.contracts.envelope import Instant
from shared.kernel import Frozen

GENERAL_DAYS = 20
"""行政许可法 Art. 42(1): the working days of a licence for which no law has a limit of its own."""
MOST_DAYS = 10
"""行政许可法 Art. 42(1): an extension of the general limit by the head of the body is of ten days at most."""
MOST_JOINT_DAYS = 15
"""行政许可法 Art. 42(2): one of a joint limit is of fifteen working days at most."""
MOST_PLANNED = 120
"""Working days, about half a year: what is planned for longer is a slip of the pen."""
MOST_PROCEDURES = 20
"""Of one case; a document has its bounds."""


class Procedure(Frozen):
    """特别程序 (Art. 45). `task`: the one that waits for it. `planned_days`: working days, as the written notice with
    the number `notice` told the applicant. `name`: the officer's, for colleagues; it stays here."""

    id: str
    kind: ExcludedProcedure
    task: str
    planned_days: int
    notice: str
    reason: str
    by: str
    name: str = ""
    started_at: Instant
    ended_at: Instant | None = None


class Asked(Frozen):
    """延期请示: what an officer asks of the head of the deciding body. `refused_at` None: it waits for an answer."""

    task: str
    days: int
    reason: str
    by: str
    name: str = ""
    at: Instant
    refused_at: Instant | None = None
    refused_by: str = ""
    refused_name: str = ""
    refused_reason: str = ""


class Extension(Frozen):
    """延长期限 (Art. 42): once. `approval`: of a joint limit the number of the paper of the government's head."""

    days: int
    reason: str
    by: str
    name: str = ""
    approval: str = ""
    at: Instant


def still_since(procedures: Iterable[Procedure], now: datetime) -> datetime | None:
    """Since when the clocks have stood still, or stood the last time; None: they never did."""
    since = until = None
    for each in sorted(procedures, key=lambda one: one.started_at):
        if until is None or each.started_at > until:
            since = each.started_at
        until = max(until or each.started_at, each.ended_at or now)
    return since
