"""The development sign-in as a page: choose a sample person, and be that person in this browser.

Unmistakably marked as development; like the issuer whose tokens it hands out, it does not exist in production.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.requests import Request

from shared.identity import Person
from shared.local.issuer import LIFETIME, DevelopmentIssuer
from shared.permissions import Role
from shared.settings import Settings
from shared.web.i18n import _
from shared.web.navigation import home_of
from shared.web.origin import FromElsewhere, elsewhere
from shared.web.pages import Pages
from shared.web.problems import Problem, Words
from shared.web.session import Visitor, local, remember

Row = tuple[str, Person, str]
Back = Annotated[str, Query(max_length=2000)]
APPLICANTS = ("applicant", "applicant2", "company", "agent")
"""The applicants to choose from; the sample hall knows many more."""


def chooser(settings: Settings, issuer: DevelopmentIssuer, departments: Mapping[str, str]) -> APIRouter:
    """`GET` and `POST /sign-in`. `departments`: code → name."""
    router = APIRouter(include_in_schema=False)
    pages = Pages(settings)

    @router.get("/sign-in")
    async def choose(request: Request, asker: Visitor, back: Back = "/") -> HTMLResponse:
        """Everyone to choose from, by role."""
        groups = _groups(issuer.persons, departments)
        return pages.show(request, asker, "hall/sign_in.html", groups=groups, back=local(back))

    @router.post("/sign-in")
    def sign_in(
        request: Request, person: Annotated[str, Form(max_length=64)], back: Annotated[str, Form(max_length=2000)] = "/"
    ) -> RedirectResponse:
        """The browser keeps a token of this person, and goes back, or to where this person begins."""
        if elsewhere(request):
            raise FromElsewhere
        who = issuer.persons.get(person)
        if who is None:
            title = Words("没有这位样例人员", "No such sample person")
            raise Problem(
                404, "no_such_person", title, Words("请从登录页上选一位。", "Choose one on the sign-in page.")
            )
        first, aim = home_of(who), local(back)
        answer = RedirectResponse(pages.url(first.service, first.path) if aim in _HOMES else aim, 303)
        remember(answer, issuer.mint(who), settings, int(LIFETIME.total_seconds()))
        return answer

    return router


_HOMES = frozenset({"/", "/intake/", "/sign-in"})


def _groups(persons: Mapping[str, Person], departments: Mapping[str, str]) -> list[tuple[str, list[Row]]]:
    def those(*roles: Role) -> list[Row]:
        found = [(key, one) for key, one in persons.items() if one.roles & set(roles)]
        return [(key, one, _said_of(one, departments)) for key, one in found]

    return [
        (_("来办事的人"), [row for row in those(Role.APPLICANT, Role.AGENT) if row[0] in APPLICANTS]),
        (_("大厅里的人"), those(Role.CLERK, Role.SUPERVISOR, Role.REVIEWER, Role.ADMINISTRATOR)),
        (_("部门经办人"), those(Role.OFFICER)),
        (_("部门负责人"), those(Role.DEPARTMENT_HEAD)),
    ]


def _said_of(one: Person, departments: Mapping[str, str]) -> str:
    """What a button says beneath the name: the organisation, the department, or the role."""
    if one.org:
        return one.org.name
    if one.department:
        return departments.get(one.department, one.department)
    words = {
        Role.APPLICANT: _("申请人"),
        Role.AGENT: _("代办员"),
        Role.CLERK: _("综合窗口"),
        Role.SUPERVISOR: _("倒计时监管"),
        Role.REVIEWER: _("社会监督员"),
        Role.ADMINISTRATOR: _("系统管理"),
    }
    return next((words[role] for role in words if role in one.roles), "")
