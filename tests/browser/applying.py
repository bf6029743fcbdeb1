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


def begin(applicant: Walker, notice: str) -> None:
    """From the notice to a new draft; older ones stay as they are."""
    applicant.go(notice)
    applicant.press("照此开始申请")
    if "接着填吗" in applicant.visit.text:
        applicant.press("另开一份")
    applicant.reads("还差")


def fill_in(applicant: Walker, file: Path) -> None:
    """All tasks of a draft, in the order in which the pages lead through them; ends before the check."""
    applicant.press(re.compile("接着做"))
    for _ in range(40):
        at = applicant.visit.path.rsplit("/", 1)[1]
        if at == "check" or re.fullmatch(r"[0-9a-f]{32}", at):
            break
        if at == "applicant":
            applicant.fill("联系电话", PHONE)
        else:
            applicant.hand_over(re.compile("选择文件"), file)
        applicant.press("保存，做下一项")
    if not applicant.visit.path.endswith("/check"):
        applicant.press("核对并提交")


def submit(applicant: Walker) -> str:
    """Confirm and hand in; the number."""
    applicant.choose(re.compile("我确认"))
    applicant.press("提交申请")
    applicant.reads("申请已提交")
    found = re.search(r"/applications/([0-9A-Z]{13})/submitted", applicant.visit.path)
    assert found, applicant.visit.path
    return found[1]
