"""The guide page of one item or bundle as plain text in Chinese, for pages and API (行政许可法 Art. 30)."""

from collections.abc import Mapping
from typing import Any

from services.intake.catalogue import KINDS, LOCAL, Bundle, Catalogue, Item, Limit, Need, Promise, Step
from services.intake.guide.outline import outline
from services.intake.guide.wanted import NoSuchKey

UNITS = {"working_days": "个工作日", "calendar_days": "个自然日"}
MODES = {"required": "必办", "conditional": "视情况办理", "opt_in": "可以自选"}


def guide_page(catalogue: Catalogue, key: str) -> dict[str, Any]:
    """Everything that must be published about an item or a bundle; values are texts and lists of texts.

    Every ground is a law or 本地设定. Raises NoSuchKey.
    """
    if key in catalogue.bundles:
        return _bundle_page(catalogue, catalogue.bundles[key])
    if key in catalogue.items:
        return _item_page(catalogue, catalogue.items[key])
    raise NoSuchKey(key)


def limit_text(limit: Limit | Promise, unit: str) -> str:
    """`10个工作日`; 0 days is `当场办结`, no limit says so."""
    if limit.days is None:
        return "法律法规没有规定期限"
    return f"{limit.days}{UNITS[unit]}" if limit.days else "当场办结"


def when_text(catalogue: Catalogue, when: Mapping[str, tuple[str, ...]]) -> str:
    """A `when` as people read it: `是否委托他人代办？——是`; empty when nothing is asked."""
    parts = []
    for key, values in when.items():
        question = catalogue.questions[key]
        chosen = "、".join(choice.text for choice in question.choices if choice.value in values)
        parts.append(f"{question.text}——{chosen}")
    return "；".join(parts)


def _item_page(catalogue: Catalogue, item: Item) -> dict[str, Any]:
    licence = catalogue.licence_for(item.key)
    hall, department = catalogue.hall, catalogue.departments[item.department]
    return {
        "kind": "item",
        "key": item.key,
        "version": item.version,
        "name": item.name,
        "type": KINDS[item.kind],
        "handling": item.handling,
        "department": department.name,
        "performed_by": item.performed_by or department.name,
        "power_source": item.power_source,
        "objects": list(item.objects),
        "basis": list(item.basis) or [LOCAL],
        "conditions": [{"text": condition.text, "ground": condition.ground} for condition in item.conditions],
        "materials": [_material(catalogue, need) for need in item.materials],
        "steps": [_step(catalogue, item, step) for step in item.steps],
        "limits": _limits(catalogue, item),
        "special_procedures": [{"kind": s.kind, "cause": s.cause, "ground": s.ground} for s in item.special_procedures],
        "result": {
            "name": item.result.name,
            "licence": item.result.kind == "licence",
            "validity": licence.validity.text if licence else None,
            "ground": item.result.ground,
        },
        "fee": {"text": item.fee.amount or "不收费", "ground": item.fee.ground},
        "online": item.online_depth,
        "visits": {"times": item.visits.times, "text": item.visits.reason},
        "applicant_deadline": item.applicant_deadline
        and {"text": item.applicant_deadline.text, "ground": item.applicant_deadline.ground},
        "place": hall.place,
        "hours": hall.hours,
        "notices": [{"text": n.text, "when": when_text(catalogue, n.when)} for n in item.notices],
    }


def _material(catalogue: Catalogue, need: Need) -> dict[str, Any]:
    material = catalogue.materials[need.material]
    counts = [f"原件{need.originals}份"] * bool(need.originals) + [f"复印件{need.copies}份"] * bool(need.copies)
    licence = catalogue.licence_types[material.licence_type].name if material.licence_type else None
    return {
        "key": material.key,
        "name": material.name,
        "kind": material.kind,
        "counts": "，".join(counts) or "系统调取，不用提交",
        "e_licence": licence,
        "when": when_text(catalogue, need.when),
        "ground": need.ground,
    }


def _step(catalogue: Catalogue, item: Item, step: Step) -> dict[str, Any]:
    framed = step.kind in ("accept", "issue")
    return {
        "seq": step.seq,
        "name": step.name,
        "departments": [catalogue.departments[code].name for code in step.departments],
        "time": "不计入办理期限" if framed else limit_text(Promise(days=step.days, local=True), item.limits.unit),
        "on_site": step.on_site,
        "when": when_text(catalogue, step.when),
        "ground": step.basis or LOCAL,
    }


def _limits(catalogue: Catalogue, item: Item) -> list[dict[str, str]]:
    """The basic limits first, then each variant with the answers under which it applies."""
    unit, basic = item.limits.unit, item.limits
    rows = [("", basic.statutory, basic.promised)]
    for variant in basic.variants:
        rows.append((when_text(catalogue, variant.when), variant.statutory or basic.statutory, variant.promised))
    return [
        {
            "when": when,
            "statutory": limit_text(statutory, unit),
            "statutory_ground": statutory.ground,
            "promised": limit_text(promised, unit),
            "promised_ground": promised.ground,
        }
        for when, statutory, promised in rows
    ]


def _bundle_page(catalogue: Catalogue, bundle: Bundle) -> dict[str, Any]:
    joint, figures = bundle.limits.joint_statutory, outline(catalogue, bundle.key)
    promises = [("", bundle.limits.promised)]
    promises += [(when_text(catalogue, variant.when), variant.promised) for variant in bundle.limits.variants]
    return {
        "kind": "bundle",
        "key": bundle.key,
        "version": bundle.version,
        "name": bundle.name,
        "summary": bundle.summary,
        "lead_department": catalogue.departments[bundle.lead_department].name,
        "basis": list(bundle.basis) or [LOCAL],
        "items": [
            {
                "key": sub.item,
                "name": catalogue.items[sub.item].name,
                "department": catalogue.departments[catalogue.items[sub.item].department].name,
                "mode": MODES[sub.mode],
                "when": when_text(catalogue, sub.when),
                "after": [catalogue.items[other].name for other in sub.after],
            }
            for sub in bundle.sub_items
        ],
        "waits": [
            {"name": w.name, "days": w.calendar_days, "when": when_text(catalogue, w.when), "ground": w.ground}
            for w in bundle.waits
        ],
        "limits": [
            {"when": when, "promised": limit_text(promised, bundle.limits.unit), "ground": promised.ground}
            for when, promised in promises
        ],
        "joint_statutory": joint
        and {"text": f"{joint.days}个工作日，经批准可以延长{joint.extension}个工作日", "ground": joint.ground},
        "materials_at_most": figures.materials_distinct,
        "materials_replaceable": figures.replaceable_by_licence,
        "visits": bundle.visits,
        "place": catalogue.hall.place,
        "hours": catalogue.hall.hours,
        "notices": [{"text": n.text, "when": when_text(catalogue, n.when)} for n in bundle.notices],
    }
