"""What is still to be done for a draft: one task for each party and material, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from services.intake.catalogue import Catalogue
from services.intake.drafts import Draft
from services.intake.guide import Plan
from services.intake.pages.applicant.wanting import Wanted, brought_in_words, guided
from shared.web.i18n import _


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `path`: below the draft's; `said`: how it was done, or that it was not."""

    path: str
    name: str
    done: bool
    said: str
    wanted: Wanted | None = None


def needs_agent(plan: Plan) -> bool:
    """Whether somebody acts for the applicant, as answered (行政许可法 Art. 29)."""
    return plan.answers.get("agent") == "yes"


def party_tasks(plan: Plan, draft: Draft) -> list[Task]:
    """Who applies, and who acts for them."""
    asked = [("applicant", _("申请人"), draft.applicant)]
    if needs_agent(plan):
        asked.append(("agent", _("经办人"), draft.agent))
    return [Task(path, name, body is not None, body.name if body else _("还没有填")) for path, name, body in asked]


def material_tasks(catalogue: Catalogue, plan: Plan, draft: Draft) -> list[Task]:
    """Every material that has to be handed in."""
    return [_material(guided(catalogue, each), draft) for each in plan.materials if each.to_hand_in]


def _material(asked: Wanted, draft: Draft) -> Task:
    brought = draft.brought(asked.key)
    said = brought_in_words(brought) or _("还没有交")
    return Task(f"materials/{asked.key}", asked.name, brought.ways == 1, said, asked)


def tasks(catalogue: Catalogue, plan: Plan, draft: Draft) -> list[Task]:
    """All of them."""
    return [*party_tasks(plan, draft), *material_tasks(catalogue, plan, draft)]


def left(found: list[Task]) -> int:
    """How many are not done."""
    return sum(not task.done for task in found)


def following(found: list[Task], path: str) -> Task | None:
    """The next task that is not done, after the one at `path` and then from the beginning."""
    place = next((n for n, task in enumerate(found) if task.path == path), -1)
    return next(_open(found[place + 1 :] + found[: max(place, 0)]), None)


def _open(found: list[Task]) -> Iterator[Task]:
    return (task for task in found if not task.done)
