"""Checks of bundles (一件事): what they ask, what waits for what, and what they promise about visits."""

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from services.intake.catalogue.bundles import Bundle
from services.intake.catalogue.check.finding import Finding
from services.intake.catalogue.contents import Draft
from services.intake.catalogue.items import Item


def bundle_questions(draft: Draft) -> Iterator[Finding]:
    for bundle, items in _whole_bundles(draft):
        whens = [*bundle.whens(), *(pair for item in items for pair in item.whens())]
        used = {question for _, when in whens for question in when}
        answered = set(bundle.questions) | set(bundle.presets)
        for question in sorted(used - answered):
            yield Finding("bundles", bundle.key, ("questions",), f"{question} is used but neither asked nor preset")
        for question in sorted(answered - used):
            yield Finding("bundles", bundle.key, ("questions",), f"{question} is asked or preset but nothing uses it")


def choices_of_bundle(draft: Draft) -> Iterator[Finding]:
    for bundle in draft.bundles.values():
        for question in sorted(set(bundle.presets) & set(bundle.questions)):
            yield Finding("bundles", bundle.key, ("presets", question), f"{question} is preset, so it is not asked")
        for question in sorted(set(bundle.choices_limit) - set(bundle.questions)):
            yield Finding("bundles", bundle.key, ("choices_limit", question), f"{question} is not asked here")
    for item in draft.items.values():
        for question in sorted(set(item.choices_limit) - set(item.questions)):
            yield Finding("items", item.key, ("choices_limit", question), f"{question} is not asked here")


def waits_inside(draft: Draft) -> Iterator[Finding]:
    for bundle in draft.bundles.values():
        inside = [sub.item for sub in bundle.sub_items]
        for n, sub in enumerate(bundle.sub_items):
            if sub.item in inside[:n]:
                yield Finding("bundles", bundle.key, ("sub_items", n, "item"), f"{sub.item} is already in the bundle")
            for m, other in enumerate(sub.after):
                if other not in inside:
                    reason = f"{other} is not a sub-item of this bundle"
                    yield Finding("bundles", bundle.key, ("sub_items", n, "after", m), reason)
        for n, wait in enumerate(bundle.waits):
            if wait.before not in inside:
                reason = f"{wait.before} is not a sub-item of this bundle"
                yield Finding("bundles", bundle.key, ("waits", n, "before"), reason)


def no_circle(draft: Draft) -> Iterator[Finding]:
    for bundle in draft.bundles.values():
        try:
            TopologicalSorter({sub.item: sub.after for sub in bundle.sub_items}).prepare()
        except CycleError as error:
            circle = error.args[1]
            n = next(n for n, sub in enumerate(bundle.sub_items) if sub.item in circle)
            reason = f"they wait for each other in a circle: {' → '.join(circle)}"
            yield Finding("bundles", bundle.key, ("sub_items", n, "after"), reason)


def lead_takes_part(draft: Draft) -> Iterator[Finding]:
    for bundle, items in _whole_bundles(draft):
        if all(item.department != bundle.lead_department for item in items):
            reason = f"{bundle.lead_department} has no item in this bundle"
            yield Finding("bundles", bundle.key, ("lead_department",), reason)


def one_kind_can_apply(draft: Draft) -> Iterator[Finding]:
    """One application has one applicant, so some kind of applicant fits every item that it may hold."""
    for bundle, items in _whole_bundles(draft):
        if not set.intersection(*(set(item.applicants) for item in items)):
            reason = "no kind of applicant may apply for all of its items"
            yield Finding("bundles", bundle.key, ("sub_items",), reason)


def same_visits(draft: Draft) -> Iterator[Finding]:
    for bundle, items in _whole_bundles(draft):
        most = max(item.visits.times for item in items)
        if bundle.visits != most:
            reason = f"says {bundle.visits}, but its items need up to {most} (one joint visit for all)"
            yield Finding("bundles", bundle.key, ("visits",), reason)


def _whole_bundles(draft: Draft) -> Iterator[tuple[Bundle, list[Item]]]:
    """Bundles whose items are all whole; the others are reported for what is broken, not for what follows."""
    for bundle in draft.bundles.values():
        items = [draft.items.get(sub.item) for sub in bundle.sub_items]
        if None not in items:
            yield bundle, [item for item in items if item is not None]
