"""Who may apply for a plan, and what of a party is settled by the sign-in and never typed."""

from __future__ import annotations

from services.intake.catalogue import Catalogue
from services.intake.guide import Plan
from services.intake.pages.applicant.journey import at_window, on_behalf
from services.intake.parties import PartyBody, applicant_errors, party_errors
from services.intake.submission import invalid_application
from shared.contracts.terms import PartyKind
from shared.identity import Person
from shared.permissions import Role
from shared.web.forms import Sent
from shared.web.i18n import _
from shared.web.problems import FieldError
from shared.web.validation import checked

KINDS: tuple[PartyKind, ...] = ("person", "organisation")
Settled = tuple[str, str]
"""Name and code as the token says them."""


def kinds_of(catalogue: Catalogue, plan: Plan) -> list[PartyKind]:
    """The kinds of applicant that every item of the plan serves; a plan without any is refused at load."""
    items = [catalogue.items[item.key] for item in plan.items]
    return [kind for kind in KINDS if all(kind in item.applicants for item in items)]


def settled(asker: Person, kind: PartyKind) -> Settled | None:
    """Whom the sign-in names as this kind of applicant; None where it names nobody."""
    if kind == "person":
        return (asker.name, asker.id_number) if asker.id_number else None
    return (asker.org.name, asker.org.uscc) if asker.org else None


def may_apply(catalogue: Catalogue, asker: Person, plan: Plan) -> list[PartyKind]:
    """As which kinds the asker may apply: any of the plan's for others, those that the sign-in names for oneself."""
    kinds = kinds_of(catalogue, plan)
    return kinds if on_behalf(asker) else [kind for kind in kinds if settled(asker, kind)]


def entered_applicant(catalogue: Catalogue, asker: Person, plan: Plan, form: Sent) -> PartyBody:
    """The applicant of a form; who applies for themselves types only the telephone. Raises Problem, all at once."""
    kinds = may_apply(catalogue, asker, plan)
    chosen = form.text("kind") or (kinds[0] if len(kinds) == 1 else "")
    kind = next((each for each in kinds if each == chosen), None)
    if kind is None:
        raise invalid_application([_no_kind(kinds)])
    body = _body(form, kind, None if on_behalf(asker) else settled(asker, kind))
    if errors := applicant_errors(asker, body):
        raise invalid_application(errors)
    return body


def _no_kind(kinds: list[PartyKind]) -> FieldError:
    if kinds:
        return FieldError(field="kind", reason=_("还没有选以什么名义申请"), fix=_("请选一种"))
    reason = _("您登录的身份不能申请这件事")
    return FieldError(field="kind", reason=reason, fix=_("请用单位身份登录，或者到窗口办理"))


def own_agent(asker: Person) -> Settled | None:
    """The agent that the sign-in names; a clerk or an applicant types whoever it is."""
    if Role.AGENT in asker.roles and not at_window(asker):
        return settled(asker, "person")
    return None


def entered_agent(asker: Person, form: Sent) -> PartyBody:
    """The agent of a form. Raises Problem with every mistake."""
    body = _body(form, "person", own_agent(asker))
    if errors := party_errors(body, "agent"):
        raise invalid_application(errors)
    return body


def _body(form: Sent, kind: str, named: Settled | None) -> PartyBody:
    name, code = named or (form.text("name"), form.text("code"))
    return checked(PartyBody, {"kind": kind, "name": name, "code": code, "phone": form.text("phone")})
