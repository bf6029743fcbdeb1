"""What is learned of an application: names of departments, what waits for what, and a corrected owner."""

from shared.contracts import intake
from shared.contracts.terms import Step
from tests.unit.supervision.sample import APP, CASE, SECOND, accepted, at, story, submitted

FILED = at("02-12 09:00")


def outlined(**names: str):
    """An application whose outlines name their departments; the second case waits for the first."""
    event = submitted(FILED, *names)
    cases = [
        case.model_copy(update={"department_name": name, "waits_for": (CASE,) if case.case == SECOND else ()})
        for case, name in zip(event.cases, names.values(), strict=True)
    ]
    return event.model_copy(update={"cases": tuple(cases)})


def stepped(*departments: str, names: tuple[str, ...]):
    event = accepted(FILED)
    step = Step(seq=1, key="s", name="样例环节", departments=departments, department_names=names, days=2)
    return event.model_copy(update={"steps": (step,), "department_name": "另一个名字"})


def test_departments_are_called_as_they_were_named_first():
    state = story(outlined(scjg="市场监督管理局"), stepped("xfdd", "wjj", names=("消防救援大队", "卫生健康局"))).state
    names = [state.name_of(code) for code in ("scjg", "xfdd", "wjj")]
    assert names == ["市场监督管理局", "消防救援大队", "卫生健康局"]


def test_a_department_that_nobody_named_is_called_by_its_code():
    assert story(submitted(FILED)).state.name_of("scjg") == "scjg"
    assert story(outlined(scjg="市场监督管理局"), stepped("xfdd", names=())).state.name_of("xfdd") == "xfdd"


def test_whose_item_a_case_is_and_what_it_waits_for():
    first, second = story(outlined(scjg="市场监督管理局", wjj="卫生健康局")).state.cases
    assert (first.department, first.waits_for) == ("scjg", ())
    assert (second.department, second.waits_for) == ("wjj", (CASE,))


def test_a_corrected_entry_may_change_the_owner():
    corrected = intake.EntryCorrected(
        application=APP, fields=("holder.code",), reason="录入有误", at=FILED, by="sample:clerk", owner="holder:other",
        applicant_ref="ref-2",
    )  # fmt: skip
    assert story(submitted(FILED), corrected).state.owner == "holder:other"
