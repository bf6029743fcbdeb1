"""Licences: anybody verifies one by its number or by the paper itself, the owner sees theirs, the counter hands out."""

from pathlib import Path

from tests.browser.hands import Hands
from tests.browser.things import Things
from tests.browser.visits import Visitors
from tests.browser.ways import SCRIPTS, Way, in_every_way


@in_every_way
def test_anybody_verifies_a_licence_by_its_number(visitors: Visitors, things: Things, way: Way) -> None:
    anybody = way.enter(visitors)
    anybody.go("/licensing/check")
    anybody.fill("证照标识或文书编号", things.licence.lower())
    anybody.press("核验")
    anybody.reads("有效")
    anybody.reads("登记信息和签名一致")
    assert "样例申请人甲" not in anybody.visit.text, "a stranger sees no whole name"


def test_a_mistyped_number_says_so_and_stays_in_the_box(visitors: Visitors, things: Things) -> None:
    anybody = SCRIPTS.enter(visitors)
    anybody.go("/licensing/check")
    wrong = things.licence[:-1] + ("A" if things.licence[-1] != "A" else "B")
    anybody.visit.watch.expects(422)
    anybody.fill("证照标识或文书编号", wrong)
    anybody.press("核验")
    assert anybody.visit.page.get_by_label("证照标识或文书编号").input_value() == wrong
    assert anybody.visit.page.get_by_role("alert").is_visible()


@in_every_way
def test_the_paper_itself_proves_to_be_the_original_or_changed(
    visitors: Visitors, things: Things, tmp_path: Path, way: Way
) -> None:
    owner = way.enter(visitors, "applicant")
    paper = owner.visit.page.request.get(f"{owner.visit.address}/licensing/results/{things.ended_case}/document").body()
    for content, said in ((paper, "您上传的 PDF 是原件"), (paper + b"\n%", "您上传的 PDF 和登记的不一样")):
        file = tmp_path / "paper.pdf"
        file.write_bytes(content)
        owner.go("/licensing/check")
        owner.hand_over("从本大厅下载的 PDF", file)
        owner.press("比对这个文件")
        owner.reads(said)


def test_the_owner_opens_a_licence_from_their_list(visitors: Visitors, things: Things) -> None:
    owner = SCRIPTS.enter(visitors, "applicant")
    owner.go("/licensing/mine")
    owner.visit.page.locator(f'main a[href$="{things.ended_case}"]').first.click()
    owner.reads("样例申请人甲")
    assert things.licence in owner.visit.text.replace("\n", "")


def test_nobody_else_sees_it(visitors: Visitors, things: Things) -> None:
    other = SCRIPTS.enter(visitors, "applicant2")
    other.visit.watch.expects(404)
    assert other.visit.open(f"/licensing/pages/results/{things.ended_case}").status == 404
    other.go("/licensing/mine")
    assert things.licence not in other.visit.text


@in_every_way
def test_the_counter_hands_out_once(visitors: Visitors, hands: Hands, way: Way) -> None:
    number = hands.submit()
    hands.accept(number)
    hands.agree(number)
    hands.results(number)
    clerk = way.enter(visitors, "clerk")
    clerk.go("/licensing/desk")
    clerk.fill("编号、姓名或者单位名称", number)
    clerk.press("查找")
    clerk.press("消防")
    clerk.choose("当面交给本人或代理人")
    clerk.press("登记送达")
    clerk.reads("已登记")
    clerk.visit.page.go_back()
    clerk.visit.page.reload()
    clerk.go(f"/licensing/desk/{number}-01")
    assert clerk.visit.text.count("窗口") <= 2
    deliveries = hands.get("clerk", f"/licensing/results/{number}-01")["deliveries"]
    assert [each["method"] for each in deliveries] == ["counter"]
