"""What licensing hears: the two decisions that yield a result. Withdrawn and closed cases yield none."""

from __future__ import annotations

from shared.contracts.approval import CaseApproved, CaseRefused
from shared.contracts.envelope import Heard
from shared.contracts.topics import APPROVAL
from shared.messaging.hears import Addressed, Hears


def on_approval(heard: Heard) -> Addressed:
    """The decision itself, to the document of its case."""
    assert isinstance(heard.event, CaseApproved | CaseRefused)  # noqa: S101  what HEARS routes here
    return ((heard.event.case, heard.event),)


HEARS = (Hears(APPROVAL, (CaseApproved, CaseRefused), on_approval),)
