"""`make gallery`: pictures of chosen pages of the sample hall at both widths, small enough to live with the code."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from PIL import Image

from tests.browser import chromium, screens
from tests.browser.hands import Hands
from tests.browser.pages import PAGES
from tests.browser.screens import DESKTOP, PHONE
from tests.browser.things import Things, made
from tests.browser.visits import Look, Visitors
from tests.running_hall import ROOT, RunningHall

PLACE = ROOT / "docs" / "gallery"
CHOSEN = {
    "intake-home": "首页",
    "intake-bundle": "一件事的办事指南",
    "intake-questions": "一题一题问清楚",
    "intake-notice": "一次告知",
    "intake-draft": "申请：一项一项做",
    "intake-draft-material": "交一份材料",
    "intake-submitted": "提交以后",
    "supervision-timeline": "进度和倒计时",
    "intake-mine": "我的",
    "intake-supplement": "补正",
    "licensing-result": "电子证照",
    "licensing-verified": "核验",
    "ratings-rate": "评价",
    "ratings-board": "好差评榜",
    "intake-queue": "窗口：收件",
    "intake-decide": "窗口：受理决定",
    "approval-tasks": "部门：任务",
    "approval-task": "部门：审查意见",
    "supervision-list": "监管：在办件",
    "supervision-audit": "监管：逐日核查",
    "supervision-wall": "监管：大屏",
    "approval-ops": "系统管理：停放的申请",
}
"""Name in the register → what the gallery calls it."""
LARGE = {"supervision-wall": (1920, 1080)}
"""Pages that are made for another screen than a desk's."""
SCALED = 720
"""Width of a desktop picture in the gallery, px."""
HIGHEST = {DESKTOP: 1800, PHONE: 1400}
"""Px of a page that are shown."""
QUALITY = 55


def main() -> None:
    """Starts a sample hall, takes the pictures, writes them and the table."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="onedoor-gallery-") as data:
        hall = RunningHall(Path(data), sample=True)
        try:
            _take(hall)
        finally:
            hall.stop()
    (PLACE / "README.md").write_text(_table(), "utf-8")


def _take(hall: RunningHall) -> None:
    hands = Hands(hall.address, hall.kafka)
    things = _worth_seeing(hands)
    hands.close()
    with chromium.running() as browser:
        visitors = Visitors(browser, hall.address)
        for page in PAGES:
            if str(page) in CHOSEN:
                for size in (LARGE.get(str(page), DESKTOP), PHONE):
                    visit = visitors.again(page.reader(things), Look(size))
                    assert visit.open(page.address(things)).status == 200, page
                    screens.settle(visit.page)
                    _shrink(screens.keep(visit.page, f"gallery-{page}"), size, f"{page}-{size[0]}")


def _worth_seeing(hands: Hands) -> Things:
    """What the suite makes, but with the liveliest of the sample in its place."""
    things = made(hands)
    mine = hands.get("applicant", "/intake/applications", size=100)["applications"]
    running = [each for each in mine if each["status"] == "accepted"]
    bundle = max(running, key=lambda each: each["cases"], default={"number": things.bundle})["number"]
    worst = hands.get("supervisor", "/supervision/cases", light="deep_red", size=1)["applications"]
    tasks = hands.get("supervisor", "/approval/tasks", state="open", size=100)["tasks"]
    department = Counter(task["department"] for task in tasks).most_common(1)[0][0]
    task = next(each["task"] for each in tasks if each["department"] == department)
    return replace(
        things,
        bundle=bundle,
        open=worst[0]["application"] if worst else things.open,
        department=department,
        task=task,
    )


def _shrink(picture: Path, size: tuple[int, int], name: str) -> None:
    with Image.open(picture) as whole:
        shown = whole.convert("RGB").crop((0, 0, whole.width, min(whole.height, HIGHEST.get(size, size[1]))))
        scaled = round(SCALED * max(1, size[0] / DESKTOP[0]))
        if shown.width > scaled:
            shown = shown.resize((scaled, round(shown.height * scaled / shown.width)), Image.Resampling.LANCZOS)
        shown.save(PLACE / f"{name}.webp", quality=QUALITY, method=6)
    picture.unlink()


def wide(name: str) -> int:
    """The width of a page's large picture before it is scaled, px."""
    return LARGE.get(name, DESKTOP)[0]


def _table() -> str:
    rows = [
        f'| {said} | <img src="{name}-{wide(name)}.webp" width="560" alt="{said}，{wide(name)} px"> '
        f'| <img src="{name}-360.webp" width="180" alt="{said}，360 px"> |'
        for name, said in CHOSEN.items()
    ]
    head = [
        "# Gallery",
        "",
        "Made by `make gallery` from the sample hall; people, papers and numbers are synthetic (样例).",
    ]
    return "\n".join([*head, "", "| Page | On a desk | On a phone |", "|---|---|---|", *rows]) + "\n"


if __name__ == "__main__":
    main()
