"""监察信号: what supervision notices beside the clocks, as one table: its level, its type, its ground in law.

A limit that passes is a signal too (时效): DeadlinePassed and CountdownPassed say it, and nothing is said twice. Here
are those of content, procedure and charges. The levels and types are those of other supervision systems, so that they
can be exchanged: 预警 1, 报警 2, 提醒 3; 时效 1, 流程 2, 内容 3, 收费 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal, NamedTuple

from services.supervision.decide.audit import instant
from services.supervision.decide.wording import unfit
from services.supervision.model.application import Supervised
from services.supervision.model.commands import CloseSignal, RaiseSignal
from services.supervision.model.signal import Closing, Signal
from shared.contracts.approval import CaseRefused, OpinionGiven
from shared.contracts.envelope import Event
from shared.contracts.intake import SupplementRequested
from shared.contracts.ratings import RatingGiven
from shared.contracts.supervision import SignalClosed, SignalCode, SignalRaised
from shared.kernel import Decision, Fact, Refused

SIGNALS_OF = "signals"
MOST_SIGNALS = 50
Level = Literal["warning", "alarm", "reminder"]
Category = Literal["time", "procedure", "content", "charge"]


class Row(NamedTuple):
    """One kind of signal; what raises it by itself says `_raised`."""

    level: Level
    category: Category
    basis: str


SIGNALS: Mapping[SignalCode, Row] = {
    "second_list": Row("reminder", "procedure", "行政许可法 Art. 32(4), 72"),
    "no_reason": Row("alarm", "content", "行政许可法 Art. 38(2), 72"),
    "extra_condition": Row("alarm", "content", "行政许可法 Art. 16(4), 74; 优化营商环境条例 Art. 35"),
    "extra_material": Row("alarm", "content", "行政许可法 Art. 31(1); 优化营商环境条例 Art. 44"),
    "not_told": Row("warning", "content", "行政许可法 Art. 30(1), 72"),
    "asked_again": Row("warning", "content", "优化营商环境条例 Art. 37; 国务院令第716号 Art. 7"),
    "said_late": Row("warning", "time", "行政许可法 Art. 42, 74; 优化营商环境条例 Art. 36"),
    "sent_around": Row("warning", "procedure", "行政许可法 Art. 26; 优化营商环境条例 Art. 36"),
    "not_accepted": Row("alarm", "procedure", "行政许可法 Art. 32(5), 72"),
    "charge": Row("alarm", "charge", "行政许可法 Art. 58, 59, 75"),
    "other": Row("warning", "procedure", "行政许可法 Art. 60, 61"),
}
TAGS: Mapping[str, SignalCode] = {
    "108": "extra_condition",
    "109": "extra_material",
    "110": "said_late",
    "113": "sent_around",
    "114": "sent_around",
    "207": "not_told",
    "208": "not_told",
    "209": "said_late",
    "210": "asked_again",
    "211": "sent_around",
}
"""The tags of a bad rating that speak of more than manners (国办发〔2019〕51号; services/ratings/tags.py)."""
SAYS_NOTHING = frozenset({"不符合条件", "不符合要求", "不符合规定", "材料不符合要求", "不予办理", "不予许可", "不同意"})
"""Whole reasons that name neither a fact nor a rule: what is refused so was refused without reasons."""
BY_HAND: tuple[SignalCode, ...] = ("extra_condition", "extra_material", "no_reason", "not_accepted", "charge", "other")


def signalled(decided: Decision[Supervised], event: Event) -> Decision[Supervised]:
    """The decision with the signals that this event raises; each cause raises its own once."""
    state, said, facts = decided.state, list(decided.events), list(decided.facts)
    for found in _raised(state, event):
        place = (found.code, found.subject, found.cause)
        known = any((each.code, each.subject, each.cause) == place for each in state.signals)
        if known or len(state.signals) >= MOST_SIGNALS:
            continue
        state, event_of, fact = _with(state, found)
        said.append(event_of)
        facts.append(fact)
    return decided if state is decided.state else replace(decided, state=state, events=tuple(said), facts=tuple(facts))


def raised_by_hand(state: Supervised | None, command: RaiseSignal, now: datetime) -> Decision[Supervised] | Refused:
    """A supervisor raises one, of a complaint. Refused: `no_such_case`, `not_by_hand`, `too_many_signals`, and as
    `unfit` says."""
    if state is None or not any(case.case == command.case for case in state.cases):
        return Refused("no_such_case")
    if command.code not in BY_HAND:
        return Refused("not_by_hand")
    if refused := unfit(command.text):
        return refused
    if len(state.signals) >= MOST_SIGNALS:
        return Refused("too_many_signals")
    departments = state.case(command.case).departments
    signal = Signal(
        number=0, code=command.code, subject=command.case, case=command.case, departments=departments,
        cause=f"hand/{len(state.signals) + 1}", text=command.text.strip(), by=command.by, at=now,
    )  # fmt: skip
    after, said, fact = _with(state, signal)
    return Decision(after, (said,), {"application": state.application, "signal": said.signal}, (fact,))


def closed(state: Supervised | None, command: CloseSignal, now: datetime) -> Decision[Supervised] | Refused:
    """A supervisor says what came of it. Refused: `no_such_signal`, `signal_closed`, and as `unfit` says."""
    signal = next((each for each in state.signals if each.number == command.number), None) if state else None
    if state is None or signal is None:
        return Refused("no_such_signal")
    if signal.closing:
        return Refused("signal_closed")
    if refused := unfit(command.text):
        return refused
    closing = Closing(outcome=command.outcome, text=command.text.strip(), by=command.by, at=now)
    done = signal.model_copy(update={"closing": closing})
    after = state.model_copy(update={"signals": tuple(done if each is signal else each for each in state.signals)})
    said = SignalClosed(
        application=state.application, signal=signal.number, outcome=closing.outcome, text=closing.text, by=closing.by,
        at=now,
    )  # fmt: skip
    return Decision(after, (said,), {"application": state.application, "signal": signal.number}, (row_of(after, done),))


def contradicted(state: Supervised, signal: Signal) -> bool | None:
    """Of a rating that speaks of time: whether the clock says otherwise; None of others, or while the case runs."""
    on_time = state.clock(signal.case, "decision").on_time
    return on_time if signal.code == "said_late" else None


def _raised(state: Supervised, event: Event) -> Iterator[Signal]:
    """A second list, an objection or a refusal without reasons, and each tag of a bad rating that speaks of a rule."""
    match event:
        case SupplementRequested() if len(state.waits) > 1:
            yield Signal(
                number=0, code="second_list", subject=state.application, cause=instant(event.at),
                departments=state.departments, at=event.at,
            )  # fmt: skip
        case OpinionGiven(verdict="disagree") if _empty((event.reason or "",)):
            yield _of_case("no_reason", event, subject=event.task)
        case CaseRefused() if _empty(event.reasons):
            yield _of_case("no_reason", event, subject=event.case)
        case RatingGiven():
            yield from (_of_case(TAGS[tag], event, subject=event.case, cause=tag) for tag in event.tags if tag in TAGS)


def _of_case(
    code: SignalCode, event: OpinionGiven | CaseRefused | RatingGiven, *, subject: str, cause: str = ""
) -> Signal:
    return Signal(
        number=0, code=code, subject=subject, case=event.case, cause=cause, departments=(event.department,), at=event.at
    )


def _empty(reasons: tuple[str, ...]) -> bool:
    """Whether nothing is said but forms of words."""
    return all(reason.strip(" 。，.,、") in SAYS_NOTHING | {""} for reason in reasons)


def _with(state: Supervised, found: Signal) -> tuple[Supervised, SignalRaised, Fact]:
    signal = found.model_copy(update={"number": len(state.signals) + 1})
    row = SIGNALS[signal.code]
    said = SignalRaised(
        application=state.application, signal=signal.number, subject=signal.subject, code=signal.code, level=row.level,
        category=row.category, departments=signal.departments, cause=signal.cause, text=signal.text or None,
        by=signal.by, at=signal.at,
    )  # fmt: skip
    after = state.model_copy(update={"signals": (*state.signals, signal)})
    return after, said, row_of(after, signal)


def row_of(state: Supervised, signal: Signal) -> Fact:
    """The row that lists are read from: once raised, and once more when it is closed."""
    row = SIGNALS[signal.code]
    values = {
        "application": state.application,
        "matter": state.matter_name,
        "signal": signal.number,
        "case": signal.case,
        "code": signal.code,
        "level": row.level,
        "category": row.category,
        "cause": signal.cause,
        "departments": list(signal.departments),
        "at": instant(signal.at),
        "open": signal.closing is None,
        "outcome": signal.closing.outcome if signal.closing else "",
    }
    return Fact(SIGNALS_OF, f"{state.application}/{signal.number:03d}", values, 2 if signal.closing else 1)
