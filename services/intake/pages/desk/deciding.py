"""The page on which an application is examined: materials beside the decision, in one of five outcomes (Art. 32)."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from services.intake.api.parts import Number, Parts
from services.intake.api.receiving import AcceptBody, SupplementRequestBody, accepted, asked
from services.intake.pages.desk.outcomes import outcome_pages
from services.intake.pages.desk.seen import Seen, at_desk, desk_of, seen
from services.intake.pages.happened import happened
from shared.identity import Person
from shared.web.forms import Form, Sent
from shared.web.i18n import _, ngettext
from shared.web.pages import Pages
from shared.web.problems import Problem
from shared.web.session import signed_in
from shared.web.validation import checked

Clerk = Annotated[Person, Depends(signed_in("application.accept"))]
Done = Annotated[str, Query(pattern="^(accepted|asked|decided|corrected|replaced)?$")]
ELSEWHERE = {"accept": "accept", "correct": "correct", "refer": "outcomes?as=refer"}
ELSEWHERE |= {"not_required": "outcomes?as=not_required"}
"""Outcome → where it is gone on with. A list of what is missing is shown right here, with what was marked."""


def deciding_pages(parts: Parts, pages: Pages) -> APIRouter:
    """`/desk/pages/{number}` and the checks before an acceptance and before a list are sent."""
    router = APIRouter()

    def shown(request: Request, asker: Person, name: str, found: Seen, form: Form, **more: Any) -> HTMLResponse:
        values: dict[str, Any] = {"seen": found, "form": form, "outcomes": outcomes(found), "done": ""} | more
        return pages.show(request, asker, f"desk/{name}.html", current="desk", **values)

    @router.get("/desk/pages/{number}")
    async def look(request: Request, number: Number, asker: Clerk, done: Done = "") -> HTMLResponse:
        found = await seen(parts, number, asker)
        return shown(request, asker, "decide", found, pages.blank(asker), done=happened(found.application, done))

    @router.post("/desk/pages/{number}")
    async def examined(request: Request, number: Number, asker: Clerk) -> Response:
        """Nothing is decided here: on to what the outcome asks for, with everything that was marked."""
        form = await pages.forms.sent(request, asker)
        found = await seen(parts, number, asker)
        if not found.open:
            return pages.go("intake", f"/desk/pages/{found.view.number}")
        judge(form, found)
        outcome = form.value("outcome")
        if form.errors:
            return shown(request, asker, "decide", found, form, status=422)
        if outcome in ELSEWHERE:
            return pages.go("intake", f"/desk/pages/{found.view.number}/{ELSEWHERE[outcome]}")
        form.values = {**form.values, "desk": (desk_of(request),)}
        return shown(request, asker, "supplement", found, form, marked=marked(form, found))

    @router.get("/desk/pages/{number}/accept")
    async def check(request: Request, number: Number, asker: Clerk) -> Response:
        found = await seen(parts, number, asker)
        if not found.open:
            return pages.go("intake", f"/desk/pages/{found.view.number}")
        return shown(request, asker, "accept", found, pages.blank(asker, desk=desk_of(request)))

    @router.post("/desk/pages/{number}/accept")
    async def accept(request: Request, number: Number, asker: Clerk) -> Response:
        """As `POST /applications/{number}/accept`, with nothing named: all are accepted."""
        form = await pages.forms.sent(request, asker)
        try:
            body = checked(AcceptBody, {"desk": form.text("desk")})
            told = await accepted(parts, number, asker, body, form.key)
        except Problem as problem:
            found = await seen(parts, number, asker)
            return shown(request, asker, "accept", found, form.wrong(problem), status=problem.status_code)
        return at_desk(pages.go("intake", f"/desk/pages/{told.number}?done=accepted"), quote(body.desk))

    @router.get("/desk/pages/{number}/supplement")
    async def asked_without_marks(number: Number, asker: Clerk) -> Response:  # noqa: ARG001
        """What was marked comes with the form alone: back to where it is marked."""
        return pages.go("intake", f"/desk/pages/{number}")

    @router.post("/desk/pages/{number}/supplement")
    async def ask(request: Request, number: Number, asker: Clerk) -> Response:
        """As `POST /applications/{number}/supplement-request`."""
        form = await pages.forms.sent(request, asker)
        found = await seen(parts, number, asker)
        keys = marked(form, found)
        try:
            materials = [{"material": key, "reason": form.text(f"why.{key}")} for key in keys]
            body = checked(SupplementRequestBody, {"materials": materials, "desk": form.text("desk")})
            told = await asked(parts, number, asker, body, form.key)
        except Problem as problem:
            wrong = form.wrong(problem, {f"materials.{place}.reason": f"why.{key}" for place, key in enumerate(keys)})
            status = problem.status_code
            return shown(request, asker, "supplement", found, wrong, marked=keys, status=status)
        return at_desk(pages.go("intake", f"/desk/pages/{told.number}?done=asked"), quote(body.desk))

    router.include_router(outcome_pages(parts, pages))
    return router


def outcomes(found: Seen) -> list[tuple[str, str, str]]:
    """The five outcomes as choices."""
    told = bool(found.application.lists)
    ask = _("只能就已告知过的材料再提 · 32 条(4)") if told else _("标出要补的，一次说全 · 32 条(4)")
    return [
        ("accept", _("受理"), _("材料齐全、合法定形式 · 32 条(5)")),
        ("supplement", _("一次告知补正"), ask),
        ("correct", _("当场更正"), _("录错的登记信息、交错的文件，现在就改 · 32 条(3)")),
        ("refer", _("不予受理：不归这里管"), _("写明该去哪个机关 · 32 条(2)")),
        ("not_required", _("不受理：不用办"), _("依法不需要办理 · 32 条(1)")),
    ]


def marked(form: Sent, found: Seen) -> list[str]:
    """The materials that are to be put right, in the order of the list."""
    return [each.view.key for each in found.handed_in if form.value(f"mark.{each.view.key}") == "no"]


def judge(form: Sent, found: Seen) -> None:
    """Notes on the form what does not fit together."""
    outcome, keys = form.value("outcome"), marked(form, found)
    known = {value for value, *_rest in outcomes(found)}
    if outcome not in known:
        form.errors["outcome"] = _("请选一种受理决定")
    elif outcome == "accept" and keys:
        told = ngettext(
            "有 %(n)s 份标了要补，不能直接受理：请选“一次告知补正”，或者改标合格",
            "有 %(n)s 份标了要补，不能直接受理：请选“一次告知补正”，或者改标合格",
            len(keys),
        )
        form.errors["outcome"] = told % {"n": len(keys)}
    elif outcome == "supplement":
        if not keys:
            form.errors["outcome"] = _("没有标出要补的材料：请先在材料里标“要补”，写明怎么补")
        for key in keys:
            if not form.text(f"why.{key}"):
                name = next(each.view.name for each in found.handed_in if each.view.key == key)
                form.errors[f"why.{key}"] = _("请写明“%(name)s”怎么补", name=name)
