"""Checks of single items: limits, steps, results, visits (行政许可法; consistency checks of item audits)."""

from collections.abc import Iterator
from itertools import product

from services.intake.catalogue.check.finding import Finding
from services.intake.catalogue.contents import Draft
from services.intake.catalogue.items import Item, Step
from services.intake.catalogue.model import Limit, Path, Promise


def item_questions(draft: Draft) -> Iterator[Finding]:
    for item in draft.items.values():
        used = {question for _, when in item.whens() for question in when}
        for question in sorted(used - set(item.questions)):
            yield Finding("items", item.key, ("questions",), f"{question} is used in a when but is not asked")
        for question in sorted(set(item.questions) - used):
            yield Finding("items", item.key, ("questions",), f"{question} is asked but no when uses it")


PERSONS = {"自然人", "个体工商户"}  # an individual proprietor is a natural person (民法典 Art. 54)


def applicants_are_served(draft: Draft) -> Iterator[Finding]:
    """Who may apply is one of those whom the item serves; it may be fewer."""
    for item in draft.items.values():
        served = {"person": bool(PERSONS & set(item.objects)), "organisation": bool(set(item.objects) - PERSONS)}
        for n, kind in enumerate(item.applicants):
            if not served[kind]:
                yield Finding("items", item.key, ("applicants", n), f"none of its objects is of the kind {kind}")
            if kind in item.applicants[:n]:
                yield Finding("items", item.key, ("applicants", n), f"{kind} is given twice")


def promise_within_law(draft: Draft) -> Iterator[Finding]:
    """承诺 <= 法定, in the basic limits and in every variant."""
    for item in draft.items.values():
        basic = item.limits.statutory
        pairs: list[tuple[Path, Limit, Promise]] = [(("limits", "promised"), basic, item.limits.promised)]
        for n, variant in enumerate(item.limits.variants):
            pairs.append((("limits", "variants", n, "promised"), variant.statutory or basic, variant.promised))
        for at, statutory, promised in pairs:
            if statutory.days is not None and promised.days > statutory.days:
                reason = f"promises {promised.days} days where the law allows {statutory.days}"
                yield Finding("items", item.key, at, reason)


def at_once_means_at_once(draft: Draft) -> Iterator[Finding]:
    """Our data calls an item 即办件 up to one day; the days are those of the basic promise."""
    for item in draft.items.values():
        days = item.limits.promised.days
        if item.handling == "即办件" and days > 1:
            yield Finding("items", item.key, ("handling",), f"即办件 promises at most 1 day, this one {days}")
        if item.handling == "承诺件" and days == 0:
            yield Finding("items", item.key, ("handling",), "an item that promises 0 days is 即办件")


def step_order(draft: Draft) -> Iterator[Finding]:
    for item in draft.items.values():
        kinds = [step.kind for step in item.steps]
        if kinds[0] != "accept" or kinds[-1] != "issue" or kinds.count("accept") != 1 or kinds.count("issue") != 1:
            yield Finding("items", item.key, ("steps",), "steps start with the one accept and end with the one issue")
        for n, step in enumerate(item.steps):
            if n and step.seq < item.steps[n - 1].seq:
                yield Finding("items", item.key, ("steps", n, "seq"), "seq goes back; write steps in their order")
            if step.kind in ("accept", "issue") and (step.days or step.when):
                reason = "accept and issue always happen and cost no days of the limit"
                yield Finding("items", item.key, ("steps", n), reason)
            if any(step.key == other.key for other in item.steps[:n]):
                yield Finding("items", item.key, ("steps", n, "key"), f"there is already a step {step.key}")


def steps_within_promise(draft: Draft) -> Iterator[Finding]:
    """Steps of one seq run side by side, so each seq costs its longest; the sum fits the promised days."""
    for item in draft.items.values():
        for answers in _all_answers(draft, item):
            steps = [step for step in item.steps_under(answers) if step.kind in ("review", "decide")]
            said = ", ".join(f"{question}={value}" for question, value in answers.items()) or "any answer"
            if not steps or all(step.kind != "decide" for step in steps if step.seq == steps[-1].seq):
                yield Finding("items", item.key, ("steps",), f"under {said} no decide step comes last")
            days, promised = _days(steps), item.limits.under(answers).promised.days
            if days > promised:
                reason = f"under {said} the steps take {days} days, promised are {promised}"
                yield Finding("items", item.key, ("steps",), reason)


def permit_is_reviewed(draft: Draft) -> Iterator[Finding]:
    """A 行政许可 that is not decided at once has a review before the decision."""
    for item in draft.items.values():
        if item.kind == "01" and item.handling == "承诺件" and all(step.kind != "review" for step in item.steps):
            yield Finding("items", item.key, ("steps",), "a 行政许可 that is 承诺件 has a review step")


def licence_of_this_department(draft: Draft) -> Iterator[Finding]:
    for item in draft.items.values():
        licence = draft.licence_types.get(item.result.licence_type or "")
        if licence is None:
            continue
        if licence.issuer != item.department:
            reason = f"{licence.key} is issued by {licence.issuer}, this item is {item.department}'s"
            yield Finding("items", item.key, ("result", "licence_type"), reason)
        if not licence.issued_here:
            yield Finding("items", item.key, ("result", "licence_type"), f"{licence.key} is not issued here")
        if licence.name != item.result.name:
            yield Finding("items", item.key, ("result", "name"), f"{licence.key} is called {licence.name}")


def online_and_visits(draft: Draft) -> Iterator[Finding]:
    for item in draft.items.values():
        if (item.visits.times == 0) != (item.online_depth == "结果反馈"):
            reason = f"{item.visits.times} visits do not go with online_depth {item.online_depth}"
            yield Finding("items", item.key, ("visits", "times"), reason)


def _days(steps: list[Step]) -> int:
    longest: dict[int, int] = {}
    for step in steps:
        longest[step.seq] = max(longest.get(step.seq, 0), step.days)
    return sum(longest.values())


def _all_answers(draft: Draft, item: Item) -> Iterator[dict[str, str]]:
    """Every combination of answers to the questions that choose steps or limits of the item."""
    whens = [step.when for step in item.steps] + [variant.when for variant in item.limits.variants]
    asked = sorted({question for when in whens for question in when} & draft.questions.keys())
    offered = [
        item.choices_limit.get(key) or tuple(choice.value for choice in draft.questions[key].choices) for key in asked
    ]
    for values in product(*offered):
        yield dict(zip(asked, values, strict=True))
