"""What the parts of a catalogue owe each other, as one table; each check reads the whole and names the faults."""

from collections.abc import Callable, Iterator

from services.intake.catalogue.check.bundles import (
    bundle_questions,
    choices_of_bundle,
    lead_takes_part,
    no_circle,
    one_kind_can_apply,
    same_visits,
    waits_inside,
)
from services.intake.catalogue.check.finding import Finding
from services.intake.catalogue.check.items import (
    applicants_are_served,
    at_once_means_at_once,
    item_questions,
    licence_of_this_department,
    online_and_visits,
    permit_is_reviewed,
    promise_within_law,
    step_order,
    steps_within_promise,
)
from services.intake.catalogue.check.references import (
    answers_exist,
    codes_are_right,
    known_references,
    only_proofs_are_pledged,
    trees_are_full,
    words_name_matters,
)
from services.intake.catalogue.contents import Draft

CHECKS: tuple[tuple[str, Callable[[Draft], Iterator[Finding]]], ...] = (
    ("every key that is named exists", known_references),
    ("every when, preset and narrowing names a question and its choices", answers_exist),
    ("credit codes and licence codes are right and unique", codes_are_right),
    ("only a 证明 may be replaced by a pledge", only_proofs_are_pledged),
    ("every item and bundle stands in its tree", trees_are_full),
    ("everyday words name an item or a bundle", words_name_matters),
    ("only those whom an item serves may apply for it", applicants_are_served),
    ("an item lists exactly the questions that it uses", item_questions),
    ("promised never exceeds statutory", promise_within_law),
    ("即办件 promises at most one day, and 0 days is 即办件", at_once_means_at_once),
    ("steps run from accept to issue, in order, each once", step_order),
    ("under every answer a decision follows and the steps fit the promised days", steps_within_promise),
    ("a permit that is not decided at once is reviewed first", permit_is_reviewed),
    ("a licence is issued here, by its issuer, under its own name", licence_of_this_department),
    ("0 visits means online to the end, and the reverse", online_and_visits),
    ("a bundle asks exactly what it and its items use", bundle_questions),
    ("a bundle does not ask what it presets", choices_of_bundle),
    ("after and before name sub-items, each item once", waits_inside),
    ("nothing waits for itself", no_circle),
    ("the lead department has an item in the bundle", lead_takes_part),
    ("one kind of applicant may apply for a bundle as a whole", one_kind_can_apply),
    ("the visits of a bundle are the most that any of its items needs", same_visits),
)


def findings(draft: Draft) -> list[Finding]:
    """Run every check of the table."""
    return [finding for _, check in CHECKS for finding in check(draft)]


__all__ = ["CHECKS", "Finding", "findings"]
