"""Who stands in for whom (AB角): named by the head of a department, for one officer or for everybody of it."""

from __future__ import annotations

from shared.contracts.envelope import DepartmentCode, Instant
from shared.kernel import Frozen

DEPUTIES = "deputies"
"""The id of the one document that holds them; applications have thirteen characters."""
EVERYBODY = ""
"""In place of an officer: whoever of the department has no deputy of their own."""


class Deputy(Frozen):
    """The B-role of an officer of a department: references, with what colleagues call them. `by`: the head."""

    department: DepartmentCode
    officer: str
    officer_name: str = ""
    deputy: str
    deputy_name: str = ""
    by: str
    at: Instant


class Deputies(Frozen):
    """The state: everyone who was named and not taken back, in order of department and officer."""

    named: tuple[Deputy, ...]

    def of(self, department: str) -> tuple[Deputy, ...]:
        """Those of one department."""
        return tuple(each for each in self.named if each.department == department)

    def standing_in(self, department: str, officer: str) -> Deputy | None:
        """Who stands in for an officer: the own deputy, or the one of the department; nobody stands in for oneself."""
        rows = {each.officer: each for each in self.of(department) if each.deputy != officer}
        return rows.get(officer) or rows.get(EVERYBODY)
