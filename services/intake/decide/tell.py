"""What the owner has read, and what was sent to a phone: marks beside the facts that the messages follow from."""

from __future__ import annotations

from datetime import datetime

from services.intake.model import Application, State, Telling, news_of, untold
from services.intake.model.commands import ClaimTelling, MarkRead, NoteTold
from shared.kernel import Decision, Refused


def mark_read(state: Application, command: MarkRead, now: datetime) -> Decision[State]:
    """Messages up to an instant are read; the mark never goes back, nor past now."""
    upto = min(command.upto, now)
    if state.read_upto and state.read_upto >= upto:
        return Decision(state)
    return Decision(state.model_copy(update={"read_upto": upto}))


def claim(state: Application, command: ClaimTelling, now: datetime) -> Decision[State] | Refused:
    """One replica takes on what is to be sent, so that two do not send the same; a dead one's claim runs out.

    Refuses `being_told`, and `nothing_to_tell` when all of it was told meanwhile.
    """
    if state.telling and state.telling.until > now:
        return Refused("being_told")
    left = {news.id for news in untold(state, list(news_of(state)))}
    taken = tuple(news for news in command.news if news in left)
    if not taken:
        return Refused("nothing_to_tell")
    telling = Telling(news=taken, until=command.until)
    return Decision(state.model_copy(update={"telling": telling}), answer={"news": list(taken)})


def note_told(state: Application, command: NoteTold) -> Decision[State]:
    """These were sent. What else the claim held is tried again when it runs out, and not before."""
    new = tuple(news for news in command.news if news not in state.told)
    claimed = state.telling
    left = tuple(news for news in claimed.news if news not in command.news) if claimed else ()
    telling = claimed.model_copy(update={"news": left}) if claimed and left else None
    return Decision(state.model_copy(update={"told": (*state.told, *new), "telling": telling}))
