"""The ladder of 督办 as a table: what brings each rung about, who is told, and within how many days an answer is due.

All of it is policy of the hall, no law: sources name the rungs (提醒、催办、督办、约谈、问责移送) and no day. Causes,
days and readers are changed here; `decide/climbing.py` says what a row does.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.supervision.countdown import Role
from services.supervision.model import Key
from shared.contracts.supervision import Rung
from shared.contracts.terms import Light


@dataclass(frozen=True, slots=True)
class Cause:
    """A clock of the case that stands under a light; one that only counts down is red once its limit has passed.

    `after`: for the reply to an urge, on which rung that stood. `text` is what the departments are asked.
    """

    clock: Key
    light: Light
    text: str
    after: Rung | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One rung. `causes` issue it by themselves where `by_itself`, and propose it to a supervisor otherwise.

    `told`: whose affair it is from this rung on. `asks`: an answer of each department is asked for, within `days`
    working days where nobody names a day; it always falls due, for whoever owes an answer is not urged anew.
    `recorded`: what came of it is written down by the supervisor, with its day.
    """

    rung: Rung
    name: str
    causes: tuple[Cause, ...]
    told: tuple[Role, ...]
    by_itself: bool = True
    asks: bool = True
    days: int = 0
    recorded: bool = False


LADDER: tuple[Step, ...] = (
    Step(
        rung="remind",
        name="提醒",
        causes=(Cause("decision", "yellow", "办理时限临近到期，请按期办结。"),),
        told=("officer",),
        asks=False,
    ),
    Step(
        rung="urge",
        name="催办",
        causes=(
            Cause("decision", "red", "已超过承诺的办理期限，请说明原因和办结时间。"),
            Cause("step", "red", "本环节已超过时限，请说明原因和办结时间。"),
        ),
        told=("officer", "department_head"),
        days=2,
    ),
    Step(
        rung="supervise",
        name="督办",
        causes=(
            Cause("decision", "deep_red", "已超过法定的办理期限，请立即办理，并书面说明原因。"),
            Cause("reply", "red", "催办到期没有答复，请立即办理，并说明没有答复的原因。", after="urge"),
        ),
        told=("officer", "department_head", "supervisor"),
        days=3,
    ),
    Step(
        rung="talk",
        name="约谈",
        causes=(Cause("reply", "red", "督办到期没有答复", after="supervise"),),
        told=("department_head", "supervisor"),
        by_itself=False,
        asks=False,
        recorded=True,
    ),
    Step(
        rung="refer",
        name="问责移送",
        causes=(),
        told=("department_head", "supervisor"),
        by_itself=False,
        asks=False,
        recorded=True,
    ),
)
"""From its foot. A referral is proposed once a talk was held and the case is still over its limit."""
