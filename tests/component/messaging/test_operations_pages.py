"""Operators see in a browser what is parked and why, mend it there, and what they do leaves the same mark."""

import re
from html import unescape

import httpx
import pytest

from shared.contracts.topics import INTAKE
from shared.local.issuer import DevelopmentIssuer
from shared.settings import load_settings
from shared.testing.echo import POISON, EchoRules, supplemented
from shared.testing.hall import MemoryHall
from shared.web import operations_pages
from shared.web.assemble import assemble
from tests.component.messaging.test_runtime import A, B, World

HIDDEN = r'<input type="hidden" name="([^"]+)" value="([^"]*)"'
STRANGE = 'a/b?c="<script>'


class Browser(World):
    """The echo service, and an administrator's browser without scripts."""

    def __init__(self, path) -> None:
        super().__init__()
        settings = load_settings(data_dir=path)
        self.issuer = DevelopmentIssuer(settings, ["xfdd"])
        app = assemble(
            self.runtime, settings, MemoryHall().backing("approval"), title="echo", description="echo", routers=[]
        )
        self.web = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://test", headers={"Accept": "text/html"}
        )
        self.sign_in("administrator")

    def sign_in(self, who: str) -> None:
        self.web.cookies.set("onedoor_session", self.issuer.mint(who))

    async def see(self, path: str) -> str:
        answer = await self.web.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def press(self, page: str, action: str) -> httpx.Response:
        """Send the form of the page that leads to this action."""
        form = re.search(rf'<form[^>]*action="[^"]*{action}".*?</form>', page, re.S)[0]
        fields = {name: unescape(value) for name, value in re.findall(HIDDEN, form)}
        return await self.web.post(action, data=fields)

    async def follow(self, answer: httpx.Response) -> str:
        assert answer.status_code == 303, answer.text
        return await self.see(answer.headers["location"].removeprefix("/approval"))

    async def audit(self) -> list[tuple[str, str]]:
        return [(each.action, each.outcome) for each in await self.store.interventions(10)]


@pytest.fixture
def browser(tmp_path) -> Browser:
    return Browser(tmp_path)


async def parked(browser: Browser, *keys: str) -> None:
    for key in keys:
        await browser.runtime.handle(browser.said(supplemented(key, 1, POISON), supplemented(key, 2)))


async def test_an_empty_list_says_so(browser):
    page = await browser.see("/ops")
    assert "没有停放的记录" in page
    assert "还没有人重新处理或放弃过记录" in page
    assert 'href="/licensing/ops"' in page
    assert "还没有记录" in await browser.see("/ops/audit")


async def test_lanes_come_oldest_first_with_reason_and_number_of_records(browser):
    await parked(browser, A, B)
    page = await browser.see("/ops")
    assert page.index(A) < page.index(B)
    assert "处理规则出错" in page
    assert "共有 4 条记录在等" in page
    assert 'data-live="/approval/ops/live/list"' in page


async def test_a_long_list_has_pages(browser, monkeypatch):
    monkeypatch.setattr(operations_pages, "PAGE", 2)
    await parked(browser, A, B, "CCCCCCCCCCCC3")
    first, second = await browser.see("/ops"), await browser.see("/ops?page=2")
    assert A in first
    assert B in first
    assert "CCCCCCCCCCCC3" not in first
    assert "CCCCCCCCCCCC3" in second
    assert A not in second


async def test_records_are_shown_masked_and_in_order(browser):
    await browser.runtime.handle([browser.rubbish(A, b'{"name": "Chang E", "phone": "13800000000"')])
    page = await browser.see(f"/ops/lane?lane={A}")
    assert "正文不符合约定" in page
    assert "Chang E" not in page
    assert "13800000000" not in page
    assert re.search("onedoor.intake.v1 / [0-3] / 0<", page)


async def test_a_lane_whose_name_is_hostile_is_shown_and_mended_all_the_same(browser):
    await browser.runtime.handle([browser.bus.append(INTAKE.name, STRANGE.encode(), b"{", supplemented(A, 1).headers)])
    page = await browser.see("/ops")
    assert STRANGE not in page
    lane = await browser.see(re.search(r'href="/approval(/ops/lane\?lane=[^"]+)"', page)[1])
    assert "仍然失败" in await browser.follow(await browser.press(lane, "/ops/replay"))
    question = await browser.see(re.search(r'href="/approval(/ops/discard\?lane=[^"]+)"', lane)[1])
    assert "没有停放的记录" in await browser.follow(await browser.press(question, "/ops/discard"))
    assert [each.lane for each in browser.store.audit] == [STRANGE, STRANGE]


async def test_a_replay_that_fails_again_says_what_still_holds_the_lane_up(browser):
    await parked(browser, A)
    page = await browser.follow(await browser.press(await browser.see(f"/ops/lane?lane={A}"), "/ops/replay"))
    assert "仍然失败" in page
    assert await browser.audit() == [("replay", "failed: decision_raised")]


async def test_a_replay_after_the_repair_opens_the_lane(browser):
    await parked(browser, A)
    page = await browser.see(f"/ops/lane?lane={A}")
    browser.rules = EchoRules(fixed=True)
    after = await browser.follow(await browser.press(page, "/ops/replay"))
    assert "重新处理了 2 条记录" in after
    assert "没有停放的记录" in after
    assert await browser.count(A) == 2
    assert (await browser.press(page, "/ops/replay")).status_code == 404
    assert await browser.count(A) == 2


async def test_a_discard_asks_first_and_gives_up_exactly_the_record_that_was_shown(browser):
    await parked(browser, A)
    question = await browser.see(f"/ops/discard?lane={A}")
    head = (await browser.store.waiting(A, 1))[0].id
    assert f'name="position" value="{head}"' in question
    assert operations_pages.spot(head) in question
    assert await browser.audit() == []
    after = await browser.follow(await browser.press(question, "/ops/discard"))
    assert "已放弃一条" in after
    again = await browser.follow(await browser.press(question, "/ops/discard"))
    assert "没有放弃：最前面的已经是另一条" in again
    assert await browser.audit() == [("discard", "decision_raised")]
    assert await browser.store.count_waiting(A) == 1
    last = await browser.follow(await browser.press(await browser.see(f"/ops/discard?lane={A}"), "/ops/discard"))
    assert "记录已放弃，这份申请恢复办理" in last


async def test_everything_that_was_done_stands_in_the_audit(browser):
    await parked(browser, A)
    await browser.press(await browser.see(f"/ops/lane?lane={A}"), "/ops/replay")
    await browser.press(await browser.see(f"/ops/discard?lane={A}"), "/ops/discard")
    page = await browser.see("/ops/audit")
    assert page.index("放弃时的原因：处理规则出错") < page.index("仍然失败：处理规则出错")
    assert browser.issuer.persons["administrator"].subject in page


@pytest.mark.parametrize("path", ["/ops/replay", "/ops/discard"])
async def test_a_form_without_its_token_does_nothing(browser, path):
    await parked(browser, A)
    answer = await browser.web.post(path, data={"lane": A, "position": (await browser.store.waiting(A, 1))[0].id})
    assert answer.status_code == 403
    assert await browser.audit() == []


@pytest.mark.parametrize("path", ["/ops", f"/ops/lane?lane={A}", f"/ops/discard?lane={A}", "/ops/audit"])
async def test_only_administrators_enter(browser, path):
    await parked(browser, A)
    browser.sign_in("supervisor")
    assert (await browser.web.get(path)).status_code == 403
    browser.web.cookies.clear()
    assert (await browser.web.get(path)).status_code == 303


@pytest.mark.parametrize("path", [f"/ops/lane?lane={B}", f"/ops/discard?lane={B}"])
async def test_a_lane_that_is_not_parked_is_not_found(browser, path):
    await browser.runtime.handle(browser.said(supplemented(B, 1)))
    assert (await browser.web.get(path)).status_code == 404


async def test_every_reason_that_a_record_can_have_is_in_words():
    import ast

    from tests.architecture.source import sources

    codes = {
        node.args[at].value
        for source in sources("shared")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        for at in [{"Malformed": 0, "Fault": 1}.get(node.func.id)]
        if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant)
        and re.fullmatch("[a-z_]+", str(node.args[at].value))
    }  # fmt: skip
    assert {"decision_raised", "too_large", "unknown_version"} <= codes
    assert codes <= operations_pages.REASONS.keys()
