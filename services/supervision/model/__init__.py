"""What supervision knows of one application, what it is asked to do, and what it asks of time."""

from services.supervision.model.application import LIGHTS, NOTHING_HEARD, Case, Outcome, Supervised
from services.supervision.model.book import BOOK, CalendarBook, CalendarVersion, KeptBase, KeptNotice
from services.supervision.model.clock import NO_CALENDAR, Act, Clock, Key, Kind, Over, Pause, Stop
from services.supervision.model.commands import (
    AnswerUrge,
    IssueUrge,
    Message,
    PublishCalendar,
    RecordOutcome,
    Recount,
    Scan,
)
from services.supervision.model.item import Offered
from services.supervision.model.ports import Change, Countdown, Instants, Judgement, Rules, RungOf, Timing
from services.supervision.model.seals import PAGE, SEALS, AddPage, CloseDay, Leaf, Opened, Seals
from services.supervision.model.urge import Answer, Record, Urge

__all__ = [
    "BOOK", "LIGHTS", "NOTHING_HEARD", "NO_CALENDAR", "PAGE", "SEALS", "Act", "AddPage", "Answer", "AnswerUrge",
    "CalendarBook",
    "CalendarVersion", "Case", "Change", "Clock", "CloseDay", "Countdown", "Instants", "IssueUrge", "Judgement",
    "KeptBase", "KeptNotice", "Key", "Kind", "Leaf", "Message", "Offered", "Opened", "Outcome", "Over", "Pause",
    "PublishCalendar", "Record", "RecordOutcome", "Recount", "Rules", "RungOf", "Scan", "Seals", "Stop", "Supervised",
    "Timing", "Urge",
]  # fmt: skip
