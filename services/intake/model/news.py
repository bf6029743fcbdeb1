"""What the owner of an application is told of: each turn that it takes, by kind and instant. It is not stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple

from services.intake.model.application import Application
from services.intake.model.case import Accepted, Case, NotRequired, Referred

NewsKind = Literal[
    "supplement",
    "accepted",
    "deemed",
    "procedure",
    "procedure_over",
    "extended",
    "joint_extended",
    "not_required",
    "referred",
    "approved",
    "issued",
    "refused",
    "withdrawn",
    "taken_back",
    "closed",
]


class News(NamedTuple):
    """One turn of one case, or of the whole (`case` None: a supplement list, a joint limit)."""

    kind: NewsKind
    at: datetime
    case: Case | None = None

    @property
    def id(self) -> str:
        """The same for all cases that took this turn at one instant: they are told together."""
        return f"{self.kind}@{self.at.isoformat()}"


def news_of(application: Application) -> Iterator[News]:
    """Every turn so far, in no order. It follows from the facts of the document, each of which is written once."""
    for asked in application.lists:
        yield News("supplement", asked.at)
    if application.joint_extended:
        yield News("joint_extended", application.joint_extended.at)
    for case in application.cases:
        yield from _received(case)
        yield from _timed(case)
        yield from _ended(case)


def _received(case: Case) -> Iterator[News]:
    match case.outcome:
        case Accepted(at=at, given_at=given_at, deemed=deemed, deemed_at=deemed_at):
            if given_at:
                yield News("accepted", given_at, case)
            if deemed:
                yield News("deemed", deemed_at or at, case)
        case NotRequired(at=at):
            yield News("not_required", at, case)
        case Referred(at=at):
            yield News("referred", at, case)


def _timed(case: Case) -> Iterator[News]:
    """What stops and lengthens its time. A procedure that ends with its case is no news of its own; those of one
    instant are one turn."""
    over = case.decided or case.closed
    for at in dict.fromkeys(each.started_at for each in case.procedures):
        yield News("procedure", at, case)
    for ended_at in dict.fromkeys(each.ended_at for each in case.procedures):
        if ended_at and (over is None or ended_at < over.at):
            yield News("procedure_over", ended_at, case)
    if case.extended:
        yield News("extended", case.extended.at, case)


def _ended(case: Case) -> Iterator[News]:
    if case.closed:
        taken_back = case.closed.reason == "withdrawn_before_acceptance"
        yield News("taken_back" if taken_back else "closed", case.closed.at, case)
    if case.decided is None:
        return
    yield News(case.decided.verdict, case.decided.at, case)
    if case.decided.verdict == "approved" and case.result:
        yield News("issued", max(case.result.at, case.decided.at), case)


def untold(application: Application, news: list[News]) -> list[News]:
    """Those of `news` that no phone has heard of."""
    if not news:
        return []
    told = set(application.told)
    return [each for each in news if each.id not in told]
