"""Opinions from departments' own software: counted once, and judged as hostile input."""

import json

import pytest

from shared.contracts.approval import DepartmentOpinion
from tests.unit.approval.sample import APP, CASE, TOGETHER, accepted

OTHER = "8ZQ0M3X5KD2WB"


class TestOpinionsFromADepartmentsOwnSoftware:
    async def test_an_opinion_from_its_topic_counts_once_however_often_it_comes(self, desk):
        await desk.hear(accepted(*TOGETHER))
        for _ in range(3):
            await desk.says("xfdd", f"{CASE}-T1", "o-1", verdict="disagree", reason="通道太窄")
        assert [name for name, _ in desk.said()].count("OpinionGiven") == 1
        await desk.says("wjj", f"{CASE}-T2", "o-1")
        await desk.give("officer-cgj", f"{CASE}-T3")
        await desk.hall.pump()
        name, body = desk.said()[-1]
        assert name == "CaseRefused"
        assert body["reasons"] == ["通道太窄"]
        assert len(body["remedies"]) == 2
        assert desk.letters() == []

    @pytest.mark.parametrize(
        ("department", "task", "code"),
        [
            ("wjj", f"{CASE}-T1", "not_your_task"),
            ("xfdd", f"{CASE}-T9", "no_such_task"),
            ("xfdd", f"{OTHER}-01-T1", "no_such_task"),
        ],
    )
    async def test_the_wrong_topic_or_task_is_refused_counted_and_leaves_no_trace(self, desk, department, task, code):
        await desk.hear(accepted(*TOGETHER))
        documents = desk.hall.backings["approval"].documents
        before = dict(documents.rows)
        refusals = await self._refusals(desk, code)
        await desk.says(department, task, "o-1")
        assert documents.rows == before
        assert await self._refusals(desk, code) == refusals + 1
        assert [name for name, _ in desk.said()] == ["TaskAssigned"] * 3
        assert desk.letters() == []

    async def _refusals(self, desk, code: str) -> float:
        lines = (await desk.http.get("/metrics")).text.splitlines()
        mine = [line for line in lines if "refus" in line and f'"{code}"' in line and '"topic"' in line]
        return sum(float(line.rpartition(" ")[2]) for line in mine if "_created" not in line)

    @pytest.mark.parametrize(
        "value",
        [
            b"{",
            b"",
            b"\xff" * 1000,
            b"[" * 50_000,
            json.dumps({"application": APP, "task": f"{CASE}-T1", "verdict": "agree"}).encode(),
            json.dumps(
                {"application": APP, "task": f"{CASE}-T1", "verdict": "agree", "officer": "o", "department": "wjj"}
            ).encode(),
            json.dumps(
                {
                    "application": APP,
                    "task": f"{CASE}-T1",
                    "verdict": "disagree",
                    "officer": "o",
                    "reason": "110000199001010010",
                }
            ).encode(),
        ],
    )
    async def test_a_broken_record_is_a_dead_letter_and_the_application_goes_on(self, desk, value):
        await desk.hear(accepted(*TOGETHER))
        await desk.says("xfdd", f"{CASE}-T1", "o-1", value)
        assert desk.letters() == ["broken_body"]
        assert (await desk.give("officer-xfdd", f"{CASE}-T1")).status_code == 200
        await desk.says("wjj", f"{CASE}-T2", "o-2")
        assert [name for name, _ in desk.said()].count("OpinionGiven") == 2

    async def test_a_record_whose_key_is_not_its_application_is_a_dead_letter(self, desk):
        await desk.hear(accepted(*TOGETHER))
        said = DepartmentOpinion(application=OTHER, task=f"{CASE}-T1", verdict="agree", officer="o")
        await desk.says("xfdd", f"{CASE}-T1", "o-1", said.model_dump_json().encode())
        assert desk.letters() == ["wrong_key"]
        assert await desk.status() == "open"
