"""What the catalogue topic says of an item: each new version or content once, and never an older version."""

from __future__ import annotations

from datetime import datetime

from services.intake.model import PublishedItem, State
from services.intake.model.commands import PublishItem
from shared.contracts.intake import ItemPublished
from shared.kernel import Decision, Refused


def publish(state: PublishedItem | None, command: PublishItem, now: datetime) -> Decision[State] | Refused:
    """Publish an item when its version or its content is new.

    Refuses `newer_published`: while replicas are being replaced, one that still holds the old catalogue must not
    take the item back.
    """
    if state and state.item_version > command.item_version:
        return Refused("newer_published", {"item_version": state.item_version})
    if state and (state.item_version, state.digest) == (command.item_version, command.digest):
        return Decision(state, answer={"published": False})
    said = ItemPublished(
        item=command.item,
        item_version=command.item_version,
        name=command.name,
        department=command.department,
        limits=command.limits,
        item_kind=command.item_kind,
        handling=command.handling,
        visits=command.visits,
        online_depth=command.online_depth,
        registers=command.registers,
        published_at=now,
    )
    published = PublishedItem(item=command.item, item_version=command.item_version, digest=command.digest)
    return Decision(published, (said,), {"published": True})
