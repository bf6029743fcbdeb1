"""What supervision hears: everything about an application, each event with its place in the log.

It hears its own clocks too: only from the topic do they have a place, and only so do they stand in the audit chain.
"""

from __future__ import annotations

from shared.contracts import approval, intake, licensing, ratings, supervision
from shared.contracts.envelope import Heard
from shared.contracts.topics import APPROVAL, INTAKE, LICENSING, RATINGS, SUPERVISION
from shared.messaging.hears import Addressed, Hears


def on_anything(heard: Heard) -> Addressed:
    """The event with its envelope, to the document of its application."""
    return ((heard.key, heard),)


HEARS = (
    Hears(INTAKE, intake.EVENTS, on_anything),
    Hears(APPROVAL, approval.EVENTS, on_anything),
    Hears(LICENSING, licensing.EVENTS, on_anything),
    Hears(RATINGS, ratings.EVENTS, on_anything),
    Hears(SUPERVISION, supervision.EVENTS, on_anything),
)
