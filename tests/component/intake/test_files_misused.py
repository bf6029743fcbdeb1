"""Files as somebody else would like to use them: to fill the disk, or to read what is no file."""

from structlog.testing import capture_logs

from services.intake.api import files
from tests.component.intake.browsing import Browser, begun
from tests.component.intake.conftest import PDF


async def test_nobody_fills_the_disk_in_a_day(window, monkeypatch):
    monkeypatch.setattr(files, "UPLOADS", "40/day")
    answers = [await window.upload("applicant") for _ in range(4)]
    assert [each.status_code for each in answers] == [201, 201, 429, 429]
    assert "小时后再传" in answers[-1].json()["detail"]
    assert (await window.upload("applicant2")).status_code == 201, "one person's uploads are not another's"
    assert (await window.upload("clerk")).status_code == 201


async def test_the_page_says_at_the_field_that_it_was_too_much_and_keeps_what_came(window, monkeypatch):
    monkeypatch.setattr(files, "UPLOADS", "20/day")
    browser, page = await begun(window)
    key = next(link for link in page.links if "/materials/" in link).rsplit("/", 1)[1]
    asked = await browser.open(f"{page.path}/materials/{key}")
    sent = [(f"files.{key}", f"{n}.pdf", PDF + str(n).encode()) for n in range(3)]
    again = await browser.send(asked, f"files.{key}", press=("act", "stay"), files=sent)
    assert again.status == 422
    assert "今天上传的文件太多了" in again.text
    assert "0.pdf" in again.text


async def test_who_reads_anothers_file_is_noted(window):
    form = await window.form()
    file = form["materials"][0]["files"][0]
    await window.post("applicant", "/applications", form, key="key-00001")
    read = {}
    for who in ("applicant", "clerk", "supervisor", "applicant2"):
        with capture_logs() as said:
            await window.get(who, f"/files/{file}")
        read[who] = [each["by"] for each in said if each["event"] == "file_read"]
    assert read == {"applicant": [], "clerk": ["sample:clerk"], "supervisor": ["sample:supervisor"], "applicant2": []}


async def test_a_draft_is_no_file_not_even_its_owners(window):
    _browser, page = await begun(window)
    draft = page.path.rsplit("/", 1)[1]
    for who in ("applicant", "applicant2", "clerk"):
        assert (await window.get(who, f"/files/{draft}")).status_code == 404
    assert (await Browser(window, "applicant2").open(f"/intake/drafts/{draft}")).status == 404
