"""A case over HTTP: who sees what of it, and that nothing of its holder is ever in the open."""

from dataclasses import replace

from shared.identity import Organisation
from shared.local.issuer import sample_uscc
from shared.messaging.document import Unavailable
from shared.web.commands import holder_ref
from tests.unit.approval.sample import APP, CASE, TOGETHER, accepted


class TestCases:
    async def test_the_owner_sees_verdicts_and_reasons_but_no_officer(self, desk):
        await desk.hear(accepted(*TOGETHER))
        await desk.give("officer-xfdd", f"{CASE}-T1", "disagree", "通道太窄")
        seen = (await desk.get("applicant", f"/cases/{CASE}")).json()
        opinion = seen["tasks"][0]["opinion"]
        assert (opinion["verdict"], opinion["reason"], opinion["officer"]) == ("disagree", "通道太窄", None)
        staff = (await desk.get("officer-wjj", f"/cases/{CASE}")).json()
        assert staff["tasks"][0]["opinion"]["officer"] == "sample:officer-xfdd"
        assert "holder" not in seen
        assert "owner" not in seen

    async def test_a_case_handed_in_by_a_clerk_belongs_to_its_holder_and_to_the_holders_organisation(self, desk):
        company = sample_uscc(1)
        await desk.hear(accepted(owner=f"holder:{holder_ref(desk.settings.holder_key, company)}"))
        agent = replace(desk.issuer.persons["applicant2"], org=Organisation(company, "样例餐饮有限公司"))
        assert (await desk.get(agent, f"/cases/{CASE}")).status_code == 200
        assert (await desk.get("applicant2", f"/cases/{CASE}")).status_code == 404

    async def test_to_others_the_case_does_not_exist(self, desk):
        second = f"{APP}-02"
        await desk.hear(accepted(*TOGETHER), accepted(case=second))
        for who in ("clerk", "supervisor", "head-cgj", "applicant", "officer-scjg"):
            assert (await desk.get(who, f"/cases/{CASE}")).status_code == 200, who
        theirs = await desk.get("applicant2", f"/cases/{CASE}")
        none = await desk.get("applicant2", f"/cases/{APP}-09")
        assert theirs.status_code == none.status_code == 404
        assert {**theirs.json(), "trace_id": 0} == {**none.json(), "trace_id": 0}
        assert (await desk.get("officer-cgj", f"/cases/{second}")).status_code == 404, "another case of it"
        assert (await desk.get("administrator", f"/cases/{CASE}")).status_code == 403

    async def test_a_refused_case_shows_reasons_and_remedies(self, desk):
        await desk.hear(accepted())
        await desk.give("officer-scjg", f"{CASE}-T1", "disagree", "材料不实")
        seen = (await desk.get("applicant", f"/cases/{CASE}")).json()
        assert (seen["status"], seen["reasons"]) == ("refused", ["材料不实"])
        assert ["行政复议" in seen["remedies"][0], "行政诉讼" in seen["remedies"][1]] == [True, True]


async def test_a_database_that_is_away_asks_to_come_back(desk):
    async def away(*_, **__):
        raise Unavailable("away")

    desk.hall.backings["approval"].documents.find = away
    for path in ("/tasks", f"/tasks/{CASE}-T1", f"/cases/{CASE}"):
        answer = await desk.get("officer-xfdd", path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]


async def test_nothing_stored_indexed_or_said_in_the_open_names_the_holder(desk):
    await desk.hear(accepted(*TOGETHER))
    stored = repr(desk.hall.backings["approval"].documents.rows) + repr(desk.said())
    assert "样例餐饮" not in stored
    assert "EXAMPLE" not in stored


async def test_the_interface_is_described_in_chinese(desk):
    paths = (await desk.http.get("/openapi.json")).json()["paths"]
    assert paths["/tasks/{task}/opinion"]["post"]["summary"] == "出具审查意见"
    assert {"/tasks", "/tasks/{task}", "/tasks/{task}/opinion", "/cases/{case}"} <= set(paths)
