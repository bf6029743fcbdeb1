"""The plan: which items, materials, steps and limits follow from the answers, before anything is submitted."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from services.intake.catalogue import Catalogue, Joint, Limit, NearLimit, Promise, Result, Step, SubItem, Wait, holds
from services.intake.guide.materials import PlannedMaterial, merge
from services.intake.guide.questions import relevant_keys
from services.intake.guide.wanted import NoSuchKey, Wanted, longest_path, wanted


@dataclass(frozen=True)
class GuideProblem:
    """Why there is no plan yet: the question (or `key`, `opted_in`) and what to do, in Chinese."""

    field: str
    reason: str


@dataclass(frozen=True)
class PlannedItem:
    """One case to be. `steps` are those that apply, accept and issue included; days in `unit`."""

    key: str
    version: int
    name: str
    department: str
    handling: str
    waits_for: tuple[str, ...]
    steps: tuple[Step, ...]
    unit: Literal["working_days", "calendar_days"]
    statutory: Limit
    promised: Promise
    near: NearLimit | None
    visits: int
    materials: tuple[str, ...]
    result: Result


@dataclass(frozen=True)
class Plan:
    """Everything that an application will need, told once (行政许可法 Art. 30, 优化营商环境条例 Art. 36).

    `answers` are the relevant answers and the presets. `offered` are opt-in items that the answers allow but
    that were not taken. `promised` is the bundle's own promise in working days, or that of the single item.
    `critical_path_days` adds the promised days along the waits-for edges; a calendar day counts as a working
    day there, so the sum is an upper bound. `waits` (public notices) come on top.
    """

    kind: Literal["item", "bundle"]
    key: str
    version: int
    name: str
    answers: dict[str, str]
    items: tuple[PlannedItem, ...]
    offered: tuple[str, ...]
    materials: tuple[PlannedMaterial, ...]
    waits: tuple[Wait, ...]
    promised: Promise
    unit: Literal["working_days", "calendar_days"]
    joint_statutory: Joint | None
    visits: int
    critical_path_days: int
    notices: tuple[str, ...]


def plan(
    catalogue: Catalogue, key: str, answers: Mapping[str, str], opted_in: Collection[str] | None = None
) -> Plan | list[GuideProblem]:
    """The plan for an item or a bundle, or everything that stands against it.

    An opt-in item is in when the answers satisfy its `when` and, if `opted_in` is given, it is named there:
    None = the answers are the choice. Answers to questions that no longer matter are left out.
    """
    try:
        aim = wanted(catalogue, key)
    except NoSuchKey:
        return [GuideProblem("key", f"没有编号为“{key}”的事项或一件事，请从目录中选择")]
    problems = _answer_problems(catalogue, aim, answers)
    if problems:
        return problems
    kept = {question: answers[question] for question in relevant_keys(catalogue, aim, answers)}
    kept = {**kept, **aim.presets}
    possible = [sub for sub in aim.sub_items if holds(sub.when, kept)]
    problems = _opt_in_problems(catalogue, aim, possible, opted_in)
    if problems:
        return problems
    taken = [sub for sub in possible if sub.mode != "opt_in" or opted_in is None or sub.item in opted_in]
    return _planned(catalogue, aim, kept, possible, taken)


def so_far(catalogue: Catalogue, key: str, answers: Mapping[str, str]) -> Plan | None:
    """What follows already from the answers given: only what no open question can still take away, with the basic
    limits; None while nothing does. `answers` must fit the questions. Raises NoSuchKey."""
    aim = wanted(catalogue, key)
    known = {**answers, **aim.presets}
    sure = [sub for sub in aim.sub_items if holds(sub.when, known)]
    found = _planned(catalogue, aim, known, sure, sure)
    return found if isinstance(found, Plan) else None


def _answer_problems(catalogue: Catalogue, aim: Wanted, answers: Mapping[str, str]) -> list[GuideProblem]:
    problems = []
    for question, value in answers.items():
        if question in aim.presets:
            if value != aim.presets[question]:
                problems.append(GuideProblem(question, "这个问题的答案已由本“一件事”确定，请不要改动"))
        elif question not in aim.questions:
            problems.append(GuideProblem(question, f"“{aim.name}”没有“{question}”这个问题，请去掉这个答案"))
        else:
            offered = catalogue.questions[question].narrowed(aim.choices_limit.get(question)).choices
            if value not in {choice.value for choice in offered}:
                texts = "、".join(f"{choice.value}（{choice.text}）" for choice in offered)
                problems.append(GuideProblem(question, f"没有“{value}”这个选项，可选：{texts}"))
    for question in relevant_keys(catalogue, aim, answers):
        if question not in answers:
            problems.append(GuideProblem(question, f"请先回答：{catalogue.questions[question].text}"))
    return problems


def _opt_in_problems(
    catalogue: Catalogue, aim: Wanted, possible: Iterable[SubItem], opted_in: Collection[str] | None
) -> list[GuideProblem]:
    offered = {sub.item for sub in possible if sub.mode == "opt_in"}
    inside = {sub.item for sub in aim.sub_items if sub.mode == "opt_in"}
    problems = []
    for item in sorted(set(opted_in or ()) - offered):
        if item in inside:
            reason = f"按您的回答，不需要“{catalogue.items[item].name}”，请修改回答或者不选这一项"
        else:
            reason = f"“{item}”不是“{aim.name}”里可以自选的事项"
        problems.append(GuideProblem("opted_in", reason))
    return problems


def _planned(
    catalogue: Catalogue, aim: Wanted, answers: dict[str, str], possible: list[SubItem], taken: list[SubItem]
) -> Plan | list[GuideProblem]:
    if not taken:
        return [GuideProblem("key", "按您的回答，没有需要办理的事项")]
    chosen = {sub.item for sub in taken}
    after = {sub.item: tuple(other for other in sub.after if other in chosen) for sub in taken}
    items = tuple(_planned_item(catalogue, key, answers, waits) for key, waits in after.items())
    needs = [
        (item.key, need) for item in items for need in catalogue.items[item.key].materials if holds(need.when, answers)
    ]
    limits = aim.limits.under(answers) if aim.limits else None
    notices = [*aim.notices, *(notice for item in items for notice in catalogue.items[item.key].notices)]
    return Plan(
        kind=aim.kind,
        key=aim.key,
        version=aim.version,
        name=aim.name,
        answers=answers,
        items=items,
        offered=tuple(sub.item for sub in possible if sub.item not in chosen),
        materials=merge(catalogue, needs, after),
        waits=tuple(wait for wait in aim.waits if wait.before in chosen and holds(wait.when, answers)),
        promised=limits.promised if limits else items[0].promised,
        unit=limits.unit if limits else items[0].unit,
        joint_statutory=limits.joint_statutory if limits else None,
        visits=max(item.visits for item in items),
        critical_path_days=longest_path({item.key: item.promised.days for item in items}, after),
        notices=tuple(notice.text for notice in notices if holds(notice.when, answers)),
    )


def _planned_item(
    catalogue: Catalogue, key: str, answers: Mapping[str, str], waits_for: tuple[str, ...]
) -> PlannedItem:
    item = catalogue.items[key]
    limits = item.limits.under(answers)
    return PlannedItem(
        key=key,
        version=item.version,
        name=item.name,
        department=item.department,
        handling=item.handling,
        waits_for=waits_for,
        steps=item.steps_under(answers),
        unit=limits.unit,
        statutory=limits.statutory,
        promised=limits.promised,
        near=limits.near,
        visits=item.visits.times,
        materials=tuple(need.material for need in item.materials if holds(need.when, answers)),
        result=item.result,
    )
