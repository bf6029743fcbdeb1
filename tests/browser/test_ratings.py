"""Ratings: the owner rates an ending once, everybody reads it on the board, and nobody learns whose it is."""

from tests.browser.hands import Hands, until
from tests.browser.visits import Visitors
from tests.browser.ways import SCRIPTS, Way, in_every_way


@in_every_way
def test_the_owner_rates_an_ending_and_the_board_shows_it(visitors: Visitors, hands: Hands, way: Way) -> None:
    number = hands.submit()
    hands.accept(number)
    hands.agree(number)
    case = hands.invited(number)
    words = f"样例：{number[:4]} 很快"
    owner = way.enter(visitors, "applicant")
    owner.go(f"/ratings/rate/{case}")
    owner.choose("非常满意")
    owner.fill("还想说的", words)
    owner.press("提交评价")
    owner.reads("谢谢您的评价")
    owner.visit.page.reload()
    owner.reads(words)
    department = "xfdd"
    anybody = SCRIPTS.enter(visitors)

    def shown() -> bool:
        anybody.go(f"/ratings/departments/{department}")
        return words in anybody.visit.text

    until(shown, "the rating on the board")
    assert case not in anybody.visit.text


def test_a_rating_without_a_level_says_what_to_choose_and_keeps_the_words(visitors: Visitors, hands: Hands) -> None:
    number = hands.submit()
    hands.accept(number)
    hands.agree(number)
    case = hands.invited(number)
    owner = SCRIPTS.enter(visitors, "applicant")
    owner.visit.watch.expects(422)
    owner.go(f"/ratings/rate/{case}")
    owner.fill("还想说的", "样例：𠮷䶮 <b>好</b>")
    owner.press("提交评价")
    assert owner.visit.page.get_by_label("还想说的").input_value() == "样例：𠮷䶮 <b>好</b>"
    owner.visit.page.locator("#mistakes a").first.click()
    assert owner.visit.page.evaluate("document.activeElement.name") == "level"
    owner.choose("满意", nth=1)
    owner.press("提交评价")
    owner.reads("样例：𠮷䶮 <b>好</b>")
