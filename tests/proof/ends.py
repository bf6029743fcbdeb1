"""One end for each case: intake, approval, licensing and ratings tell the same about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from tests.proof.evidence import Evidence, Violation


def ends(evidence: Evidence, poisoned: Collection[str]) -> Iterator[Violation]:
    """Every decision has its one result, and nobody tells another end than its judge."""
    decided: set[str] = set()
    for application, approval in evidence.states("approval"):
        if application in poisoned:
            continue
        intake = evidence.state("intake", application)
        rated = evidence.state("ratings", application)
        for case in approval.cases:
            result = evidence.state("licensing", case.case)
            mine = intake.case(case.case) if intake else None
            if case.status in ("approved", "refused"):
                decided.add(case.case)
                yield from _with_result(case, result, mine, rated.case(case.case) if rated else None)
            elif not _agree(case, mine):
                detail = f"approval says {case.status}, intake {_told(mine)}"
                yield Violation("broken", "ends_disagree", f"intake/{case.case}", detail)
        yield from _accepted(application, approval, intake)
    for name, _ in evidence.states("licensing"):
        if name not in decided and name.partition("-")[0] not in poisoned:
            yield Violation("doubled", "result_added", f"licensing/{name}", "a result of a case that was not decided")


def _with_result(case: Any, result: Any, intake: Any, rated: Any) -> Iterator[Violation]:
    if result is None:
        yield Violation("lost", "result_missing", f"licensing/{case.case}", f"{case.status} without a result")
        return
    facts = result.facts
    kind = "refusal" if case.status == "refused" else case.result.kind
    told = {
        "licensing": facts.case == case.case and facts.kind == kind,
        "intake": intake is not None
        and intake.decided is not None
        and intake.decided.verdict == case.status
        and intake.result is not None
        and intake.result.number == facts.number,
        "ratings": rated is not None and rated.ending is not None and rated.ending.how == facts.kind,
    }
    for service, same in told.items():
        if not same:
            detail = f"approval says {case.status}, licensing {facts.kind} {facts.number}, intake {_told(intake)}"
            yield Violation("broken", "ends_disagree", f"{service}/{case.case}", detail)


def _agree(case: Any, intake: Any) -> bool:
    """Of a case without a decision. One that was taken back while its predecessor failed ended either way."""
    if intake is None:
        return False
    if case.status == "withdrawn" and intake.closed:
        return intake.withdrawal_at is not None and intake.closed.reason == "predecessor_ended"
    if case.status in ("withdrawn", "closed"):
        end = "closed" if intake.closed else intake.decided.verdict if intake.decided else None
        return bool(end == case.status)
    return not intake.ended and (case.status == "waiting") == intake.waiting


def _accepted(application: str, approval: Any, intake: Any) -> Iterator[Violation]:
    """What intake accepted, approval has."""
    known = {case.case for case in approval.cases}
    for case in intake.cases if intake else ():
        if case.outcome is not None and case.outcome.outcome == "accepted" and case.number not in known:
            yield Violation(
                "lost", "ends_disagree", f"approval/{case.number}", "accepted, and approval has no such case"
            )


def _told(intake: Any) -> str:
    if intake is None:
        return "nothing"
    return f"{intake.decided and intake.decided.verdict}, {intake.result and intake.result.number}, {intake.closed}"
