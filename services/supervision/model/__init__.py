"""What supervision knows of one application, what it is asked to do, and what it asks of time."""

from services.supervision.model.application import LIGHTS, NOTHING_HEARD, Case, Outcome, Supervised
from services.supervision.model.clock import Act, Clock, Kind, Pause, Stop
from services.supervision.model.commands import AnswerUrge, IssueUrge, Message, Scan
from services.supervision.model.ports import Change, Countdown, Instants, Judgement, Rules, Timing
from services.supervision.model.urge import Answer, Urge

__all__ = [
    "LIGHTS", "NOTHING_HEARD", "Act", "Answer", "AnswerUrge", "Case", "Change", "Clock", "Countdown", "Instants",
    "IssueUrge", "Judgement", "Kind", "Message", "Outcome", "Pause", "Rules", "Scan", "Stop", "Supervised", "Timing",
    "Urge",
]  # fmt: skip
