"""The rules of 好差评: one invitation at the ending of every case, one rating by its owner, with tags of its level."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import assert_never

from services.ratings.model import (
    Ending,
    EndingEvent,
    GiveRating,
    HowEnded,
    Message,
    Outline,
    RatedCase,
    Rating,
    RatingFile,
    Rules,
    month_of,
)
from shared.contracts.approval import CaseWithdrawn
from shared.contracts.intake import ApplicationSubmitted, CaseClosed, CaseNotRequired, CaseReferred, EntryCorrected
from shared.contracts.licensing import ResultIssued
from shared.contracts.ratings import RatingGiven, RatingInvited
from shared.kernel import Decision, Fact, Refused

Answer = Decision[RatingFile] | Refused


def decide(state: RatingFile | None, message: Message, now: datetime, rules: Rules) -> Answer:
    """What follows from one message. Events are never refused; commands may be."""
    match message:
        case ApplicationSubmitted():
            return introduce(_file(state, message), message, now)
        case EntryCorrected():  # a mistyped code was put right at the window: its true holder rates
            return Decision(_file(state, message).model_copy(update={"owner": message.owner}))
        case ResultIssued() | CaseWithdrawn() | CaseClosed() | CaseNotRequired() | CaseReferred():
            return end(_file(state, message), message, now)
        case GiveRating():
            return rate(state, message, now, rules)
        case _:
            assert_never(message)


def introduce(file: RatingFile, event: ApplicationSubmitted, now: datetime) -> Answer:
    """Note whose application it is and which department each case belongs to; invite to what has ended already."""
    file = file.model_copy(update={"owner": event.owner, "desk": event.desk})
    for told in event.cases:
        outline = Outline(
            item=told.item, name=told.name, department=told.department, department_name=told.department_name
        )
        file = file.having(_case(file, told.case).model_copy(update={"outline": outline}))
    return invite(file, now)


def end(file: RatingFile, event: EndingEvent, now: datetime) -> Answer:
    """Note how the case ended. Of several endings the earliest is the one, in whatever order they are heard."""
    case, heard = _case(file, event.case), Ending(at=event.at, how=_how(event))
    endings = [heard, case.ending] if case.ending else [heard]
    ending = min(endings, key=lambda each: (each.at, each.how))
    return invite(file.having(case.model_copy(update={"ending": ending})), now)


def invite(file: RatingFile, now: datetime) -> Answer:
    """Invite the owner once to each case that has ended and whose department is known (GB/T 39734-2020, 一事一评)."""
    events = []
    for case in file.cases:
        if case.outline and case.ending and not case.invited_at:
            file = file.having(case.model_copy(update={"invited_at": now}))
            events.append(
                RatingInvited(application=file.application, case=case.case, department=case.outline.department, at=now)
            )
    return Decision(file, tuple(events))


def rate(file: RatingFile | None, command: GiveRating, now: datetime, rules: Rules) -> Answer:
    """The owner's one rating. To anybody else the case does not exist; nobody rates in the owner's place (51号)."""
    case = file.case(command.case) if file and file.owner in command.owners else None
    if file is None or case is None or case.outline is None:
        return Refused("no_such_case")
    if case.rating:
        return Refused("already_rated", {"rated_at": case.rating.at.isoformat()})
    if not case.invited_at:
        return Refused("not_invited")
    if wrong := _wrong_tags(command, rules):
        return wrong
    rating = Rating(
        level=command.level,
        tags=tuple(sorted(command.tags)),
        comment=command.comment,
        channel=command.channel,
        at=now,
    )
    return _rated(file, case, case.outline, rating)


def _wrong_tags(command: GiveRating, rules: Rules) -> Refused | None:
    """Tags are those of the level given, each at most once; a retired code is as wrong as an invented one."""
    wrong = sorted(set(command.tags) - rules.codes(command.level))
    if wrong:
        return Refused("wrong_tag", {"level": command.level, "codes": wrong})
    twice = sorted({code for code in command.tags if command.tags.count(code) > 1})
    return Refused("repeated_tag", {"codes": twice}) if twice else None


def _rated(file: RatingFile, case: RatedCase, outline: Outline, rating: Rating) -> Decision[RatingFile]:
    given = RatingGiven(
        application=file.application,
        case=case.case,
        department=outline.department,
        level=rating.level,
        tags=rating.tags,
        channel=rating.channel,
        commented=rating.comment is not None,
        at=rating.at,
    )
    return Decision(
        file.having(case.model_copy(update={"rating": rating})),
        (given,),
        {"case": case.case, "level": rating.level, "tags": list(rating.tags), "at": rating.at.isoformat()},
        (_fact(file, case, outline, rating),),
    )


def _fact(file: RatingFile, case: RatedCase, outline: Outline, rating: Rating) -> Fact:
    """A row for boards and lists: `default` marks what nobody gave, never to be mixed with what somebody did.

    `place` orders ratings by time, is unique, and tells nobody the number of a case.
    """
    instant = f"{rating.at:%Y%m%dT%H%M%S.%fZ}"
    row = {
        "department": outline.department,
        "department_name": outline.department_name,
        "desk": file.desk,
        "item": outline.item,
        "name": outline.name,
        "month": month_of(rating.at),
        "level": rating.level,
        "tags": list(rating.tags),
        "channel": rating.channel,
        "at": rating.at,
        "default": False,
        "place": f"{instant}-{sha256(case.case.encode()).hexdigest()[:12]}",
    }
    return Fact("ratings", case.case, row)


def _how(event: EndingEvent) -> HowEnded:
    match event:
        case ResultIssued():
            return event.kind
        case CaseWithdrawn():
            return "withdrawn"
        case CaseClosed():
            return "closed"
        case CaseNotRequired():
            return "not_required"
        case CaseReferred():
            return "referred"


def _file(state: RatingFile | None, event: ApplicationSubmitted | EntryCorrected | EndingEvent) -> RatingFile:
    return state or RatingFile(application=event.application)


def _case(file: RatingFile, number: str) -> RatedCase:
    return file.case(number) or RatedCase(case=number)
