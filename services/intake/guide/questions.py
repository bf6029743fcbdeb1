"""Which questions the guide asks: only those that can still change what the applicant has to do."""

from collections.abc import Iterator, Mapping

from services.intake.catalogue import Catalogue, Question, may_hold
from services.intake.guide.wanted import NoSuchKey, Wanted, wanted

Conditions = list[tuple[Mapping[str, tuple[str, ...]], list[dict[str, tuple[str, ...]]]]]


def questions(catalogue: Catalogue, key: str, answers: Mapping[str, str]) -> list[Question]:
    """The relevant questions still without an answer, in the order of the catalogue; empty = ready to plan.

    Choices are narrowed to those that the item or bundle offers. Raises NoSuchKey.
    """
    return [question for question in relevant(catalogue, key, answers) if question.key not in answers]


def relevant(catalogue: Catalogue, key: str, answers: Mapping[str, str]) -> list[Question]:
    """All relevant questions, answered or not.

    The rule reads like a form from top to bottom: a question matters when it stands in the `when` of a
    sub-item, or of a material, step, limit or notice of a sub-item, that the presets and the answers to the
    relevant questions above it have not ruled out. The limits, waits and notices of the bundle itself bring no
    question up: they follow from what the items ask. Raises NoSuchKey.
    """
    aim = wanted(catalogue, key)
    keys = relevant_keys(catalogue, aim, answers)
    return [catalogue.questions[key].narrowed(aim.choices_limit.get(key)) for key in keys]


def relevant_keys(catalogue: Catalogue, aim: Wanted, answers: Mapping[str, str]) -> list[str]:
    """The keys of the relevant questions, in order."""
    conditions: Conditions = [
        (sub.when, [sub.when, *(when for _, when in catalogue.items[sub.item].whens())]) for sub in aim.sub_items
    ]
    known = dict(aim.presets)
    asked = []
    for key in aim.questions:
        if any(key in when for when in _open(conditions, known)):
            asked.append(key)
            if key in answers:
                known[key] = answers[key]
    return asked


def _open(conditions: Conditions, known: Mapping[str, str]) -> Iterator[dict[str, tuple[str, ...]]]:
    for taken, whens in conditions:
        if may_hold(taken, known):
            yield from (when for when in whens if may_hold(when, known))


__all__ = ["NoSuchKey", "questions", "relevant", "relevant_keys"]
