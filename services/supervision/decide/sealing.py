"""The sealing of days: pages of chain heads one after another, then the seal that vouches for them and for all before.

Everything goes through one document, so a compare-and-set decides between replicas, and what one began another ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from services.supervision.decide.tree import leaf_hash, root_of
from services.supervision.model import PAGE, AddPage, CloseDay, Leaf, Message, Opened, Seals
from shared.contracts.envelope import Heard
from shared.contracts.supervision import DaySealed
from shared.kernel import Decision, Fact, Refused

PAGES = "leaves"
ROWS = "seals"
PLACES = "seal_places"


def on_seals(state: object, message: Message) -> Decision[Seals] | Refused:
    """What is done to the one document that seals days. TypeError for anything else that is said to it."""
    seals = Seals(sealed=0) if state is None else state
    match seals, message:
        case Seals(), AddPage():
            return page_added(seals, message)
        case Seals(), CloseDay():
            return day_closed(seals, message)
        case Seals(), Heard(event=DaySealed() as event):
            return published(seals, message, event)
        case _:
            raise TypeError(f"{type(message).__name__} is not said to {type(seals).__name__}")


def page_added(state: Seals, page: AddPage) -> Decision[Seals] | Refused:
    """One more page of the day that is being sealed. Refused: `not_next`, where another replica was faster."""
    opened = state.open or Opened(day=page.day, began=page.began)
    place = (page.day, page.number)
    if not _follows(state, page.day) or place != (opened.day, len(opened.roots)) or opened.count % PAGE:
        return Refused("not_next")
    further = {
        "roots": (*opened.roots, page_root([leaf.text for leaf in page.leaves])),
        "count": opened.count + len(page.leaves),
        "heard_on": page.heard_on,
        "application": page.application,
    }
    return Decision(state.model_copy(update={"open": opened.model_copy(update=further)}), facts=(_row(page),))


def day_closed(state: Seals, command: CloseDay) -> Decision[Seals] | Refused:
    """The day is sealed, and everyone is told. Refused: `not_next`, where the seal is not of what is open now."""
    day = date.fromisoformat(command.facts["day"])
    opened = state.open or Opened(day=day, began=command.began)
    root = day_root(opened.roots)
    wanted = {"count": opened.count, "root": root, "before": state.hash}
    if not _follows(state, day) or day != opened.day or {name: command.facts[name] for name in wanted} != wanted:
        return Refused("not_next")
    said = DaySealed(day=day, count=opened.count, root=root, signed=command.signed, signature=command.signature)
    row = {"signed": command.signed, "signature": command.signature, "pages": list(opened.roots)}
    after = Seals(sealed=state.sealed + 1, day=day, began=opened.began, hash=seal_hash(command.signed))
    return Decision(after, (said,), facts=(Fact(ROWS, day.isoformat(), row),))


def published(state: Seals, heard: Heard, event: DaySealed) -> Decision[Seals]:
    """A seal has its place in the log, where a copy of it stands outside the database."""
    place = {"topic": heard.topic, "partition": heard.partition, "offset": heard.offset}
    return Decision(state, facts=(Fact(PLACES, event.day.isoformat(), place),))


def page_root(leaves: Sequence[str]) -> str:
    """The root over the leaves of one page, in hex."""
    return root_of([leaf_hash(text.encode()) for text in leaves]).hex()


def day_root(pages: Sequence[str]) -> str:
    """The root over a day, from those of its pages, in hex."""
    return root_of([bytes.fromhex(root) for root in pages]).hex()


def seal_hash(signed: str) -> str:
    """What the next seal names as the one before: SHA-256 over the signed text, in hex."""
    return hashlib.sha256(signed.encode()).hexdigest()


def page_id(day: date, number: int) -> str:
    """The id under which a page is kept."""
    return f"{day.isoformat()}/{number:05d}"


def _follows(state: Seals, day: date) -> bool:
    return state.day is None or day == state.day + timedelta(days=1)


def _row(page: AddPage) -> Fact:
    row = {
        "day": page.day.isoformat(),
        "of": [leaf.application for leaf in page.leaves],
        "leaves": [leaf.text for leaf in page.leaves],
    }
    return Fact(PAGES, page_id(page.day, page.number), row)


def leaf_in(text: str) -> Leaf | None:
    """A leaf as it is stored; None where it cannot be one."""
    application, _, rest = text.partition(" ")
    entries, _, head = rest.partition(" ")
    if not entries.isascii() or not entries.isdigit() or len(head) != 64:
        return None
    return Leaf(application=application, entries=int(entries), head=head)
