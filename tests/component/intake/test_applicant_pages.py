"""An applicant's journey without scripts: from the notice to the confirmation, for a bundle and for a single item."""

import re
from urllib.parse import urlencode

from tests.component.intake.browsing import Browser
from tests.component.intake.conftest import PDF
from tests.unit.intake.sample import RESTAURANT

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


def new(matter="restaurant", answers=RESTAURANT, **more) -> str:
    said = {"matter": matter, **{f"a.{key}": value for key, value in answers.items()}, **more}
    return f"/intake/drafts/new?{urlencode(said, doseq=True)}"


async def begun(window, who="applicant", **more):
    browser = Browser(window, who)
    return browser, await browser.open(new(**more))


async def filled(window, who="applicant", **more):
    """A draft in which everything is done, and its page."""
    browser, page = await begun(window, who, **more)
    draft = page.path
    page = await browser.send(await browser.open(f"{draft}/applicant"), "phone", phone="13900000001")
    while "/materials/" in page.path:
        key = page.path.rsplit("/", 1)[1]
        page = await browser.send(
            page, f"files.{key}", press=("act", "next"), files=[(f"files.{key}", f"{key}.pdf", PDF)]
        )
    assert page.path == draft, page.html
    return browser, page


async def test_a_bundle_goes_from_the_notice_to_the_confirmation(window):
    browser, page = await filled(window)
    assert "可以提交了" in page.text
    page = await browser.open(f"{page.path}/check")
    page = await browser.send(page, "truth", truth="yes")
    assert page.status == 200, page.html
    assert "申请已提交" in page.text
    number = re.search(r"/pages/applications/(\w+)/submitted", page.path)[1]
    seen = (await window.get("applicant", f"/applications/{number}")).json()
    assert len(seen["cases"]) == 4
    assert seen["applicant"]["phone"] == "13900000001"
