"""The administrator: a broken record parks one lane, which is seen, tried again, given up, and audited."""

from tests.browser.hands import Hands
from tests.browser.visits import Visitors
from tests.browser.ways import SCRIPTS, Way, in_every_way


@in_every_way
def test_a_parked_lane_is_tried_again_and_given_up(visitors: Visitors, hands: Hands, way: Way) -> None:
    lane = hands.park(f"ADM{way.name[:2].upper()}ZZZZZZZZ"[:13])
    administrator = way.enter(visitors, "administrator")
    administrator.go("/approval/ops")
    administrator.press(lane)
    administrator.reads("正文不符合约定")
    assert "13912345678" not in administrator.visit.page.content(), "a phone is masked"
    assert "王五" not in administrator.visit.page.content()
    administrator.press("从最前面起重新处理")
    administrator.reads("下面最前面的一条仍然失败")
    administrator.press("放弃最前面的一条")
    administrator.press("放弃这一条")
    administrator.reads("记录已放弃")
    administrator.press("全部记录")
    told = administrator.visit.page.get_by_role("row").filter(has_text=lane)
    assert told.count() == 2, "the replay that failed, and the discard"
    assert "放弃时的原因" in told.first.inner_text()


def test_nobody_else_sees_what_is_parked(visitors: Visitors) -> None:
    for person in ("applicant", "clerk", "supervisor"):
        other = SCRIPTS.enter(visitors, person)
        other.visit.watch.expects(403)
        assert other.visit.open("/approval/ops").status == 403, person
