"""Letters are drawn, not boxes: a picture of a page on a machine without Chinese fonts would show nothing."""

from collections.abc import Callable

from tests.browser.visits import Visit


def test_chinese_letters_rare_ones_too_are_drawn_with_a_chinese_font(visitor: Callable[..., Visit]) -> None:
    page = visitor().page
    page.set_content('<p id="a" style="font-family: sans-serif">办事𠮷䶮</p>')
    debugger = page.context.new_cdp_session(page)
    debugger.send("DOM.enable")
    debugger.send("CSS.enable")
    root = debugger.send("DOM.getDocument")["root"]["nodeId"]
    node = debugger.send("DOM.querySelector", {"nodeId": root, "selector": "#a"})["nodeId"]
    fonts = debugger.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert {font["familyName"] for font in fonts} == {"Noto Sans SC"}
    assert sum(font["glyphCount"] for font in fonts) == 4
