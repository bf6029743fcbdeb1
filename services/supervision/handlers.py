"""What supervision hears: everything about an application, each event with its place in the log.

It hears its own clocks too: only from the topic do they have a place, and only so do they stand in the audit chain.
"""

from __future__ import annotations

from services.supervision.model import SEALS
from shared.contracts import approval, intake, licensing, ratings, supervision
from shared.contracts.envelope import ApplicationEvent, Heard
from shared.contracts.supervision import DaySealed
from shared.contracts.topics import APPROVAL, CATALOGUE, INTAKE, LICENSING, RATINGS, SUPERVISION
from shared.messaging.hears import Addressed, Hears


def on_anything(heard: Heard) -> Addressed:
    """The event with its envelope, to the document of its application."""
    return ((heard.key, heard),)


def on_item(heard: Heard) -> Addressed:
    """What the catalogue says of an item, to the document of that item; its code never looks like an application's."""
    return ((heard.key, heard),)


def on_sealed(heard: Heard) -> Addressed:
    """A sealed day, to the document that seals them: now it has a place in the log."""
    return ((SEALS, heard),)


OWN = tuple(event for event in supervision.EVENTS if issubclass(event, ApplicationEvent))
"""What is said of the hall as a whole has no application whose chain it could enter."""

HEARS = (
    Hears(INTAKE, intake.EVENTS, on_anything),
    Hears(APPROVAL, approval.EVENTS, on_anything),
    Hears(LICENSING, licensing.EVENTS, on_anything),
    Hears(RATINGS, ratings.EVENTS, on_anything),
    Hears(SUPERVISION, OWN, on_anything),
    Hears(CATALOGUE, intake.CATALOGUE_EVENTS, on_item),
    Hears(SUPERVISION, (DaySealed,), on_sealed),
)
