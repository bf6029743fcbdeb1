"""What each answer to a question leads to, and on what ground it is asked: nobody has to answer blindly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.intake.catalogue import LOCAL, Catalogue, Promise, holds, may_hold
from services.intake.guide.wanted import Wanted, wanted


@dataclass(frozen=True)
class Effect:
    """What one answer brings that another one does not: keys of items, of items that depend on more answers, of
    materials; promised days by item where they differ; and what is to be minded then."""

    items: tuple[str, ...] = ()
    perhaps: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    promised: tuple[tuple[str, Promise], ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Something that depends on a question, by name, and its ground."""

    name: str
    ground: str


def effects(catalogue: Catalogue, key: str, answers: Mapping[str, str], question: str) -> dict[str, Effect]:
    """For each value of `question` what it brings, given the other answers. Raises NoSuchKey."""
    aim = wanted(catalogue, key)
    known = {name: value for name, value in {**answers, **aim.presets}.items() if name != question}
    choices = catalogue.questions[question].narrowed(aim.choices_limit.get(question)).choices
    found = {choice.value: _effect(catalogue, aim, {**known, question: choice.value}, question) for choice in choices}
    if len({effect.promised for effect in found.values()}) == 1:
        found = {value: Effect(**{**effect.__dict__, "promised": ()}) for value, effect in found.items()}
    return found


def _effect(catalogue: Catalogue, aim: Wanted, known: Mapping[str, str], question: str) -> Effect:
    items: list[str] = []
    perhaps: list[str] = []
    promised: list[tuple[str, Promise]] = []
    materials: dict[str, None] = {}
    notices = [notice.text for notice in aim.notices if question in notice.when and holds(notice.when, known)]
    for sub in aim.sub_items:
        if not may_hold(sub.when, known):
            continue
        if question in sub.when:
            (items if holds(sub.when, known) else perhaps).append(sub.item)
            continue
        item = catalogue.items[sub.item]
        materials |= {
            need.material: None for need in item.materials if question in need.when and may_hold(need.when, known)
        }
        if any(question in variant.when for variant in item.limits.variants):
            promised.append((sub.item, item.limits.under(known).promised))
        notices += [notice.text for notice in item.notices if question in notice.when and may_hold(notice.when, known)]
    return Effect(tuple(items), tuple(perhaps), tuple(materials), tuple(promised), tuple(dict.fromkeys(notices)))


def reasons(catalogue: Catalogue, key: str, answers: Mapping[str, str], question: str) -> list[Reason]:
    """Everything that `question` decides, each once, with its law where there is one. Raises NoSuchKey."""
    aim = wanted(catalogue, key)
    known = {name: value for name, value in {**answers, **aim.presets}.items() if name != question}
    found: dict[str, Reason] = {}
    for reason in _reasons(catalogue, aim, known, question):
        if found.get(reason.name, Reason("", LOCAL)).ground == LOCAL:
            found[reason.name] = reason
    return list(found.values())


def _reasons(catalogue: Catalogue, aim: Wanted, known: Mapping[str, str], question: str) -> Iterator[Reason]:
    for sub in aim.sub_items:
        if not may_hold(sub.when, known):
            continue
        item = catalogue.items[sub.item]
        if question in sub.when:
            yield Reason(item.name, sub.basis or "；".join(item.basis) or LOCAL)
        for need in item.materials:
            if question in need.when and may_hold(need.when, known):
                yield Reason(catalogue.materials[need.material].name, need.ground)
        for variant in item.limits.variants:
            if question in variant.when:
                yield Reason(item.name, (variant.statutory or item.limits.statutory).ground)
