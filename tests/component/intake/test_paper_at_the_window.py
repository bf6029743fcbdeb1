"""已收纸质原件: a walk-in brings paper, and the window takes it without scanning; nobody else can say so."""

from tests.component.intake.browsing import Browser, begun, filled, number_in
from tests.component.intake.conftest import APPLICANT, PDF
from tests.component.intake.test_applicant_pages_after import asked
from tests.component.intake.test_applicant_pages_wrong import SUBSIDY, bring, opened

KEYS = ("worker_id", "flex_proof", "bank_card")


async def handed_in_on_paper(window):
    """A walk-in's application with everything on paper: the clerk's browser and the page after its submission."""
    clerk, page = await begun(window, "clerk", **SUBSIDY)
    draft = page.path
    party = await clerk.open(f"{draft}/applicant")
    await clerk.send(party, "phone", kind="person", **{name: APPLICANT[name] for name in ("name", "code", "phone")})
    for key in KEYS:
        page = await clerk.open(f"{draft}/materials/{key}")
        await bring(clerk, page, key, press=("act", "next"), **{f"paper__{key}": "yes"})
    await filled(window, browser=clerk, draft=draft)
    page = await clerk.open(f"{draft}/check")
    assert page.text.count("已收纸质原件") == len(KEYS)
    return clerk, await clerk.send(page, "truth", truth="yes")


async def states(window, number):
    seen = (await window.get("clerk", f"/applications/{number}")).json()
    return {each["key"]: each["state"] for each in seen["materials"] if each["key"] in KEYS}


async def test_paper_is_taken_and_said_on_the_receipt_to_the_clerk_and_to_the_applicant(window):
    clerk, page = await handed_in_on_paper(window)
    number = number_in(page.path)
    assert await states(window, number) == dict.fromkeys(KEYS, "paper")
    papers = (await window.get("clerk", f"/applications/{number}/receipts")).json()
    assert sum("（纸质原件）" in line for line in papers[0]["lines"]) == len(KEYS)
    assert "请对照原件看" in (await clerk.open(f"/intake/desk/pages/{number}")).text
    own = await Browser(window, "applicant").open(f"/intake/pages/applications/{number}")
    assert own.text.count("窗口已收纸质原件") == len(KEYS)


async def test_it_is_one_way_like_any_other(window):
    clerk, page = await opened(window, "worker_id", who="clerk", **SUBSIDY)
    page = await bring(clerk, page, "worker_id", ("证.pdf", PDF), paper__worker_id="yes")
    assert (page.status, page.mistakes) == (422, ["#f-paper.worker_id"])
    page = await clerk.send(page, "files.worker_id", press=("act", "stay"), paper__worker_id=None)
    assert ("证.pdf" in page.text, page.status) == (True, 200)


async def test_nobody_else_can_say_so(window):
    browser, page = await opened(window, "worker_id", **SUBSIDY)
    assert "paper.worker_id" not in page.form("files.worker_id").names
    page = await bring(browser, page, "worker_id", paper__worker_id="yes")
    assert (page.status, page.mistakes) == (422, ["#f-files.worker_id"]), "nothing was brought"
    form = await window.form()
    form["materials"][0] = {"material": form["materials"][0]["material"], "paper": True}
    answer = await window.post("applicant", "/applications", form, key="key-00001")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (422, "materials.0.paper")


async def test_a_supplement_and_a_better_copy_may_be_paper_as_well(window):
    _browser, number, path = await asked(window, bank_card="看不清卡号")
    clerk = Browser(window, "clerk")
    page = await clerk.open(f"{path}/supplement")
    page = await clerk.send(page, "paper.bank_card", press=("act", "submit"), paper__bank_card="yes")
    assert page.path == f"/intake/desk/pages/{number}"
    page = await clerk.open(f"{path}/materials/worker_id")
    page = await clerk.send(page, "paper.worker_id", press=("act", "replace"), paper__worker_id="yes")
    assert page.path.endswith("done=replaced")
    assert await states(window, number) == {"worker_id": "paper", "bank_card": "paper", "flex_proof": "handed_in"}
    assert "纸质原件" in (await clerk.open(f"{path}/materials/worker_id")).text
