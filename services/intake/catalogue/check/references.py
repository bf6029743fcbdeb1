"""Checks that whatever is named exists: departments, licence types, questions and their choices, tree entries."""

from collections.abc import Iterator, Mapping

from stdnum.cn import uscc

from services.intake.catalogue.bundles import Bundle
from services.intake.catalogue.check.finding import Finding
from services.intake.catalogue.contents import Draft
from services.intake.catalogue.items import Item
from services.intake.catalogue.model import Path, Tree

Reference = tuple[Path, str, str]  # where it stands, which kind it names, which key


def known_references(draft: Draft) -> Iterator[Finding]:
    for kind, key, references in _all_references(draft):
        for at, target, name in references:
            if name not in draft.known[target]:
                yield Finding(kind, key, at, f"there is no {name} among the {target}")


def answers_exist(draft: Draft) -> Iterator[Finding]:
    for kind, entities in (("items", draft.items), ("bundles", draft.bundles)):
        for key, entity in entities.items():
            whens = [*entity.whens(), (("choices_limit",), entity.choices_limit)]
            if isinstance(entity, Bundle):
                whens.append((("presets",), {question: (value,) for question, value in entity.presets.items()}))
            for at, when in whens:
                for place, reason in _wrong_answers(draft, when):
                    yield Finding(kind, key, (*at, *place), reason)


def codes_are_right(draft: Draft) -> Iterator[Finding]:
    """USCC: GB 32100 check character; two departments or licence types never share a code."""
    seen: dict[str, str] = {}
    for department in draft.departments.values():
        if not uscc.is_valid(department.uscc) or uscc.compact(department.uscc) != department.uscc:
            yield Finding("departments", department.code, ("uscc",), "not a unified social credit code (GB 32100)")
        if department.uscc in seen:
            reason = f"{seen[department.uscc]} has the same code"
            yield Finding("departments", department.code, ("uscc",), reason)
        seen[department.uscc] = department.code
    for licence in draft.licence_types.values():
        if not uscc.is_valid(licence.code[:18]):
            reason = "its first 18 characters are not a unified social credit code (GB 32100)"
            yield Finding("licence_types", licence.key, ("code",), reason)
        if licence.code in seen:
            yield Finding("licence_types", licence.key, ("code",), f"{seen[licence.code]} has the same code")
        seen[licence.code] = licence.key


def only_proofs_are_pledged(draft: Draft) -> Iterator[Finding]:
    """告知承诺 replaces 证明 alone (优化营商环境条例 Art. 40)."""
    for key, material in draft.materials.items():
        if material.pledgeable and material.kind != "证明":
            reason = f"a {material.kind} cannot be pledged, only a 证明"
            yield Finding("materials", key, ("pledgeable",), reason)


def trees_are_full(draft: Draft) -> Iterator[Finding]:
    items = {key for tree in draft.trees.values() for stage in tree.stages for key in stage.items}
    for key in draft.items.keys() - items:
        yield Finding("items", key, (), "stands in no stage of trees.yaml, so nobody finds it")
    for key, bundle in draft.bundles.items():
        tree = draft.trees.get(bundle.tree)
        if tree and all(key not in stage.bundles for stage in tree.stages):
            yield Finding("bundles", key, ("tree",), f"stands in no stage of the tree {bundle.tree}")


def words_name_matters(draft: Draft) -> Iterator[Finding]:
    for key in draft.words:
        if key not in draft.known["items"] and key not in draft.known["bundles"]:
            yield Finding("words", key, ("key",), f"there is neither an item nor a bundle {key}")


def _all_references(draft: Draft) -> Iterator[tuple[str, str, Iterator[Reference]]]:
    for key, licence in draft.licence_types.items():
        yield "licence_types", key, iter([(("issuer",), "departments", licence.issuer)])
    for key, material in draft.materials.items():
        if material.licence_type:
            yield "materials", key, iter([(("licence_type",), "licence_types", material.licence_type)])
    for key, tree in draft.trees.items():
        yield "trees", key, _of_tree(tree)
    for key, item in draft.items.items():
        yield "items", key, _of_item(item)
    for key, bundle in draft.bundles.items():
        yield "bundles", key, _of_bundle(bundle)


def _of_tree(tree: Tree) -> Iterator[Reference]:
    for n, stage in enumerate(tree.stages):
        yield from ((("stages", n, "items", m), "items", key) for m, key in enumerate(stage.items))
        yield from ((("stages", n, "bundles", m), "bundles", key) for m, key in enumerate(stage.bundles))


def _of_item(item: Item) -> Iterator[Reference]:
    yield ("department",), "departments", item.department
    yield from ((("materials", n, "material"), "materials", need.material) for n, need in enumerate(item.materials))
    for n, step in enumerate(item.steps):
        yield from ((("steps", n, "departments", m), "departments", key) for m, key in enumerate(step.departments))
    yield from ((("questions", n), "questions", key) for n, key in enumerate(item.questions))
    if item.result.licence_type:
        yield ("result", "licence_type"), "licence_types", item.result.licence_type


def _of_bundle(bundle: Bundle) -> Iterator[Reference]:
    yield ("tree",), "trees", bundle.tree
    yield ("lead_department",), "departments", bundle.lead_department
    yield from ((("sub_items", n, "item"), "items", sub.item) for n, sub in enumerate(bundle.sub_items))
    yield from ((("questions", n), "questions", key) for n, key in enumerate(bundle.questions))


def _wrong_answers(draft: Draft, when: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[Path, str]]:
    for key, values in when.items():
        question = draft.questions.get(key)
        if question is None:
            if key not in draft.known["questions"]:
                yield (key,), f"there is no {key} among the questions"
            continue
        offered = [choice.value for choice in question.choices]
        for value in values:
            if value not in offered:
                yield (key,), f"{key} has no choice {value}; it offers {', '.join(offered)}"
