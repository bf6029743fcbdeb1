"""What approval reacts to, in one list."""

from typing import get_args

from services.approval.model import DepartmentSays
from shared.contracts.approval import DepartmentOpinion
from shared.contracts.envelope import Heard
from shared.contracts.intake import CaseAccepted, CaseClosed, CaseReady, WithdrawalRequested
from shared.contracts.supervision import CountdownPassed, UrgeAnswered, UrgeIssued
from shared.contracts.topics import INTAKE, OPINION, SUPERVISION, department_of
from shared.messaging.hears import Addressed, Hears, by_application
from shared.timed import TimeTold


def on_opinion(heard: Heard) -> Addressed:
    """An opinion with the department that its topic belongs to, whatever it says about itself."""
    opinion = heard.event
    assert isinstance(opinion, DepartmentOpinion)  # noqa: S101  the row below names nothing else
    said = DepartmentSays(
        task=opinion.task,
        department=department_of(heard.topic) or "",
        officer=opinion.officer,
        verdict=opinion.verdict,
        reason=opinion.reason,
        opinion_id=heard.id,
    )
    return ((heard.key, said),)


HEARS = (
    Hears(INTAKE, (CaseAccepted, CaseReady, CaseClosed, WithdrawalRequested), by_application),
    Hears(OPINION, (DepartmentOpinion,), on_opinion),
    Hears(SUPERVISION, get_args(TimeTold), by_application, about="/decision"),
    Hears(SUPERVISION, get_args(TimeTold), by_application, about="/joint"),
    Hears(SUPERVISION, (UrgeIssued, UrgeAnswered), by_application),
    Hears(SUPERVISION, (CountdownPassed,), by_application, about="/reply"),
)
