"""Parts of what people are told while they are guided: materials by what has to be done, and answers in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from services.intake.api.notice import MaterialView, Notice
from services.intake.catalogue import Question
from services.intake.pages.answers import Given
from shared.web.pages import Pages

ASK = "ask"
"""In an address: show this question again, to change its answer."""


class Groups(NamedTuple):
    """The materials by what the applicant has to do: hand in, show an e-licence instead, nothing."""

    hand_in: tuple[MaterialView, ...]
    show: tuple[MaterialView, ...]
    fetched: tuple[MaterialView, ...]


class Row(NamedTuple):
    """A question that was answered, in words, with the address where the answer is changed."""

    question: str
    answer: str
    address: str


def grouped(notice: Notice) -> Groups:
    """Every material of a notice in one of the groups; forms first among what is handed in."""
    asked = [each for each in notice.materials if each.to_hand_in]
    hand_in = sorted((each for each in asked if not each.licence_type), key=lambda each: each.kind != "申请表")
    show = (each for each in asked if each.licence_type)
    return Groups(tuple(hand_in), tuple(show), tuple(each for each in notice.materials if not each.to_hand_in))


def rows(pages: Pages, key: str, said: Given, asked: Sequence[Question]) -> list[Row]:
    """The answers so far."""
    return [
        Row(
            question.text,
            next(choice.text for choice in question.choices if choice.value == said.answers[question.key]),
            pages.url("intake", f"/matters/{key}/questions?{said.query(**{ASK: question.key})}"),
        )
        for question in asked
        if question.key in said.answers
    ]
