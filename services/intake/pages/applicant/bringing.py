"""The form for one material, without scripts: upload several files, show an e-licence, pledge, or take a file away.

Everything chosen is uploaded and kept at once, and mistakes stand at their fields, so that whoever corrects one mistake
does not have to choose the other files again. The fields of material `lease` are `files.lease`, `licence.lease`,
`pledge.lease`, and at the window `paper.lease`; its files have buttons `remove` with the value `lease/<file>`, and the
asker's own e-licences have buttons `show` with the value `lease/<number>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import UploadFile

from services.intake.api.files import uploaded
from services.intake.api.parts import Parts
from services.intake.drafts import Bringing, Brought, DraftFile
from services.intake.handing_in import MAX_FILES, MaterialBody, takes_paper
from services.intake.licences import People
from services.intake.pages.applicant.wanting import Wanted
from shared.identity import Person
from shared.web import i18n
from shared.web.commands import answering
from shared.web.forms import Sent
from shared.web.i18n import _
from shared.web.problems import FieldError, Problem
from shared.web.validation import checked

DONE = 303
"""The status of a form after which there is nothing left to show: on to what came of it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a form says about one material: the file taken away, those that came, and the other ways as they stand.

    `unverified`: an e-licence came with it that only the clerk can verify.
    """

    removed: str = ""
    added: tuple[DraftFile, ...] = ()
    licence: str | None = None
    pledge: bool = False
    paper: bool = False
    unverified: bool = False

    def made(self, before: Brought) -> Brought:
        """What is there afterwards. The same content twice (a double press, the back button) is one file."""
        files = tuple(file for file in before.files if file.id != self.removed)
        there = {file.sha256 for file in files}
        files += tuple({file.sha256: file for file in self.added if file.sha256 not in there}.values())
        return Brought(files=files, licence=self.licence, pledge=self.pledge, paper=self.paper)


async def read(
    parts: Parts, asker: Person, form: Sent, asked: Wanted, before: Brought, people: People | None
) -> Change:
    """What the form says about a material; what is wrong stands in `form.errors` then, and the rest still counts.

    `people`: those named on the application, with whom an e-licence is compared; None where nobody is yet.
    """
    key, removed, chosen = asked.key, form.value("remove"), form.value("show")
    licence = form.optional(f"licence.{key}") if asked.licence else None
    if asked.licence and chosen.startswith(f"{key}/"):
        licence = chosen.removeprefix(f"{key}/")
        form.values = {**form.values, f"licence.{key}": (licence,)}
    change = Change(
        removed=removed.removeprefix(f"{key}/") if removed.startswith(f"{key}/") else "",
        added=await _uploads(parts, asker, form, key, len(before.files)),
        licence=licence,
        pledge=asked.pledge is not None and form.has(f"pledge.{key}", "yes"),
        paper=takes_paper(asker) and form.has(f"paper.{key}", "yes"),
    )
    after = change.made(before)
    if after.ways > 1:
        place = "licence" if licence else "pledge" if change.pledge else "paper"
        form.errors[f"{place}.{key}"] = _("“%(name)s”交一种就够了，请只留一种，清掉另一种", name=asked.name)
    elif licence and licence != before.licence:
        found = await judged(parts, asker, asked, licence, people)
        if found.wrong:
            form.errors[f"licence.{key}"] = found.wrong
            return replace(change, licence=before.licence)
        return replace(change, unverified=found.verified is False)
    return change


async def _uploads(parts: Parts, asker: Person, form: Sent, key: str, there: int) -> tuple[DraftFile, ...]:
    """The good files of those that were chosen; what is wrong with the others stands at the field, all of it."""
    found: list[DraftFile] = []
    wrong: list[str] = []
    chosen: Sequence[UploadFile] = form.files.get(f"files.{key}", ())
    for file in chosen:
        if there + len(found) >= MAX_FILES:
            wrong.append(_("一份材料最多 %(n)s 个文件，其余的没有上传；可以先合并成一个 PDF", n=MAX_FILES))
            break
        try:
            view = await uploaded(parts, asker, file)
        except Problem as problem:
            if problem.status_code >= 500:
                raise
            wrong.append(_("“%(file)s”没有上传：%(why)s", file=_shortened(file.filename or ""), why=_why(problem)))
        else:
            found.append(DraftFile(id=view.id, name=view.name, size=view.size, sha256=view.sha256))
    if wrong:
        form.errors[f"files.{key}"] = "；".join(wrong)
    return tuple(found)


def _why(problem: Problem) -> str:
    if problem.errors:
        return "；".join(_("%(reason)s，%(fix)s", reason=each.reason, fix=each.fix) for each in problem.errors)
    return problem.text.spoken(i18n.current()).rstrip("。.")


def _shortened(name: str) -> str:
    return name if len(name) <= 40 else f"{name[:30]}…{name[-8:]}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of an e-licence before it is handed in. `verified` None: nobody is named yet to compare it with."""

    wrong: str = ""
    verified: bool | None = None


async def judged(parts: Parts, asker: Person, asked: Wanted, typed: str, people: People | None) -> Judged:
    """What is wrong with an e-licence, or whether licensing vouches for it; the same as at the submission."""
    try:
        body = checked(MaterialBody, {"material": asked.key, "licence": typed})
    except Problem as problem:
        return Judged(_why(problem))
    if people is None:
        return Judged(verified=None if parts.handing_in.licences.ours(typed) else False)
    errors, handed_in = await answering(parts.handing_in.checked([body], [asked.planned], people, asker))
    if errors:
        return Judged("；".join(_("%(reason)s，%(fix)s", reason=each.reason, fix=each.fix) for each in errors))
    return Judged(verified=handed_in[0].verified)


def act_of(form: Sent) -> str:
    """What is to be done with what was brought; empty where a button only changed it (`remove`, `show`)."""
    return "" if form.value("remove") or form.value("show") else form.value("act")


def entries(asked: Sequence[Wanted], bringing: Bringing) -> dict[str, str]:
    """What a form about these materials begins with."""
    values: dict[str, str] = {}
    for each in asked:
        brought = bringing.brought(each.key)
        values[f"licence.{each.key}"] = brought.licence or ""
        values |= {f"pledge.{each.key}": "yes" if brought.pledge else ""}
        values |= {f"paper.{each.key}": "yes" if brought.paper else ""}
    return values


def bodies(asked: Sequence[Wanted], bringing: Bringing) -> list[MaterialBody]:
    """What is there for these materials, as it is handed in; those with nothing are left out."""
    found = [(each.key, bringing.brought(each.key)) for each in asked]
    return [
        MaterialBody(
            material=key,
            files=tuple(file.id for file in brought.files),
            licence=brought.licence,
            pledge=brought.pledge,
            paper=brought.paper,
        )
        for key, brought in found
        if brought.ways
    ]


def material_of(error: FieldError, brought: Sequence[MaterialBody], known: Mapping[str, Wanted]) -> str | None:
    """Which of the known materials a mistake is about: `materials.<key>` or `materials.<place>.…`."""
    parts = error.field.removeprefix("body.").split(".")
    if parts[0] != "materials" or len(parts) < 2:
        return None
    name = parts[1]
    if name.isdigit():
        name = brought[int(name)].material if int(name) < len(brought) else ""
    return name if name in known else None


def noted(form: Sent, problem: Problem, brought: Sequence[MaterialBody], known: Mapping[str, Wanted]) -> None:
    """Put what a command says about these materials at their fields, and all else above."""
    for error in problem.errors:
        key = material_of(error, brought, known) or next(iter(known))
        way = error.field.rsplit(".", 1)[-1]
        place = f"{way if way in ('licence', 'pledge', 'paper') else 'files'}.{key}"
        form.errors.setdefault(place, _("%(reason)s，%(fix)s", reason=error.reason, fix=error.fix))
    if not problem.errors:
        form.wrong(problem)
