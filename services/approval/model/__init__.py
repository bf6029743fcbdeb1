"""What approval knows of one application, what it is told, and the table it judges with."""

from services.approval.model.case import (
    Approval,
    Case,
    CaseStatus,
    Clock,
    Hold,
    Opinion,
    Passed,
    Task,
    TaskState,
    Urge,
)
from services.approval.model.commands import (
    MAX_OFFICER,
    MAX_OPINION_ID,
    AtTheDesk,
    DepartmentSays,
    GiveOpinion,
    HandBackTask,
    Message,
    NameDeputy,
    ReassignTask,
    TakeTask,
)
from services.approval.model.deputies import DEPUTIES, EVERYBODY, Deputies, Deputy
from services.approval.model.remedies import RULES, Remedy, Rules

__all__ = [
    "DEPUTIES", "EVERYBODY", "MAX_OFFICER", "MAX_OPINION_ID", "RULES", "Approval", "AtTheDesk", "Case", "CaseStatus",
    "Clock", "DepartmentSays", "Deputies", "Deputy", "GiveOpinion", "HandBackTask", "Hold", "Message", "NameDeputy",
    "Opinion", "Passed", "ReassignTask", "Remedy", "Rules", "TakeTask", "Task", "TaskState", "Urge",
]  # fmt: skip
