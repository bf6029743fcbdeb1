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
    MAX_PAPER,
    AskExtension,
    AtTheDesk,
    DepartmentSays,
    EndProcedure,
    ExtendJointLimit,
    ExtendLimit,
    GiveOpinion,
    HandBackTask,
    Message,
    NameDeputy,
    ReassignTask,
    RefuseExtension,
    StartProcedure,
    TakeTask,
    Wish,
)
from services.approval.model.deputies import DEPUTIES, EVERYBODY, Deputies, Deputy
from services.approval.model.limits import (
    GENERAL_DAYS,
    MOST_DAYS,
    MOST_JOINT_DAYS,
    MOST_PLANNED,
    MOST_PROCEDURES,
    Asked,
    Extension,
    Procedure,
    still_since,
)
from services.approval.model.remedies import RULES, Remedy, Rules

__all__ = [
    "DEPUTIES", "EVERYBODY", "GENERAL_DAYS", "MAX_OFFICER", "MAX_OPINION_ID", "MAX_PAPER", "MOST_DAYS",
    "MOST_JOINT_DAYS", "MOST_PLANNED", "MOST_PROCEDURES", "RULES", "Approval", "AskExtension", "Asked", "AtTheDesk",
    "Case", "CaseStatus", "Clock", "DepartmentSays", "Deputies", "Deputy", "EndProcedure", "ExtendJointLimit",
    "ExtendLimit", "Extension", "GiveOpinion", "HandBackTask", "Hold", "Message", "NameDeputy", "Opinion", "Passed",
    "Procedure", "ReassignTask", "RefuseExtension", "Remedy", "Rules", "StartProcedure", "TakeTask", "Task",
    "TaskState", "Urge", "Wish", "still_since",
]  # fmt: skip
