"""How somebody applies, page by page: from the notice through the tasks of a draft to the number."""

from __future__ import annotations

import re
from pathlib import Path

from shared.local.demo import PAPER
from tests.browser.hands import PHONE
from tests.browser.ways import Walker


def paper(folder: Path, name: str = "样例-材料 𠮷.pdf") -> Path:
    """A small PDF to be handed in."""
    file = folder / name
    file.write_bytes(PAPER)
    return file


def answered(anybody: Walker, **wanted: str) -> int:
    """Answers question after question, with the wanted choices or the first; how many there were."""
    asked = 0
    while "/questions" in anybody.visit.path:
        asked += 1
        assert asked < 30, "the questions do not end"
        choices = anybody.visit.page.locator("main input[type=radio]")
        question = str(choices.first.get_attribute("name")).removeprefix("a.")
        values = [str(each.get_attribute("value")) for each in choices.all()]
        nth = values.index(wanted[question]) if question in wanted else 0
        anybody.choose(re.compile(""), nth=nth)
        anybody.press(re.compile("下一题|看一次告知"))
    return asked


def begin(applicant: Walker, notice: str) -> None:
    """From the notice to a new draft; older ones stay as they are."""
    applicant.go(notice)
    applicant.press("照此开始申请")
    if "接着填吗" in applicant.visit.text:
        applicant.press("另开一份")
    applicant.reads("还差")


def fill_in(applicant: Walker, file: Path, **party: str) -> None:
    """All tasks of a draft, in the order in which the pages lead through them; ends at the check.

    `party`: name and code, where a clerk fills in somebody else's.
    """
    applicant.press(re.compile("接着做"))
    for _ in range(40):
        at = applicant.visit.path.rsplit("/", 1)[1]
        if at == "check" or re.fullmatch(r"[0-9a-f]{32}", at):
            break
        if at == "applicant":
            if party:
                if applicant.visit.page.locator("main input[type=radio]").count():
                    applicant.choose(re.compile("^个人"))
                applicant.fill(re.compile("姓名"), party["name"])
                applicant.fill(re.compile("号码|信用代码"), party["code"])
            applicant.fill("联系电话", PHONE)
        else:
            applicant.hand_over(re.compile("选择文件"), file)
        applicant.press("保存，做下一项")
    if not applicant.visit.path.endswith("/check"):
        applicant.press("核对并提交")


def submit(applicant: Walker) -> str:
    """Confirm and hand in; the number."""
    applicant.choose(re.compile("确认：提交的材料"))
    applicant.press("提交申请")
    applicant.reads("申请已提交")
    found = re.search(r"/applications/([0-9A-Z]{13})/submitted", applicant.visit.path)
    assert found, applicant.visit.path
    return found[1]
