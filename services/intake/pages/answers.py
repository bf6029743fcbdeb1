"""Answers and own choices as they stand in a page's address: `?a.<question>=<value>…&opt=<item>…`.

The address holds everything, so questions, notice and application form can be gone back to, kept and sent on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from services.intake.catalogue import Catalogue, holds
from services.intake.guide import relevant
from services.intake.guide.wanted import wanted

PREFIX, OPT = "a.", "opt"
_LONGEST, _MOST = 64, 100


@dataclass(frozen=True, slots=True)
class Given:
    """What an address says: answers by question, and the opt-in items that were chosen.

    `opted_in` None: nothing was said, the answers are the choice; an empty one takes none (`opt=` alone says that).
    """

    answers: Mapping[str, str]
    opted_in: tuple[str, ...] | None = None

    def query(self, **more: str) -> str:
        """The same as the query of an address, with `more` in front; empty without anything."""
        return urlencode([*more.items(), *self.fields])

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Names and values of hidden fields that carry this through a form."""
        chosen = [] if self.opted_in is None else [(OPT, ""), *((OPT, item) for item in self.opted_in)]
        return [(f"{PREFIX}{question}", value) for question, value in self.answers.items()] + chosen

    def without(self, question: str) -> Given:
        """The same with one answer taken back."""
        return Given({key: value for key, value in self.answers.items() if key != question}, self.opted_in)


def given(catalogue: Catalogue, key: str, query: Iterable[tuple[str, str]]) -> Given:
    """What the address of a page about `key` says; answers and choices that do not matter (any more) are dropped.

    Raises NoSuchKey.
    """
    pairs = [(name, value) for name, value in query if len(name) <= _LONGEST and len(value) <= _LONGEST][:_MOST]
    said = {name.removeprefix(PREFIX): value for name, value in pairs if name.startswith(PREFIX)}
    chosen = [value for name, value in pairs if name == OPT]
    answers = kept(catalogue, key, said)
    offered = choosable(catalogue, key, answers)
    return Given(answers, tuple(item for item in offered if item in chosen) if chosen else None)


def kept(catalogue: Catalogue, key: str, said: Mapping[str, str]) -> dict[str, str]:
    """Those answers that matter, in the order of the questions. Raises NoSuchKey."""
    aim = wanted(catalogue, key)
    valid = {}
    for name in aim.questions:
        offered = catalogue.questions[name].narrowed(aim.choices_limit.get(name)).choices
        if said.get(name) in {choice.value for choice in offered}:
            valid[name] = said[name]
    return {question.key: valid[question.key] for question in relevant(catalogue, key, valid) if question.key in valid}


def choosable(catalogue: Catalogue, key: str, answers: Mapping[str, str]) -> list[str]:
    """The opt-in items that these answers allow. Raises NoSuchKey."""
    aim = wanted(catalogue, key)
    known = {**answers, **aim.presets}
    return [sub.item for sub in aim.sub_items if sub.mode == "opt_in" and holds(sub.when, known)]
