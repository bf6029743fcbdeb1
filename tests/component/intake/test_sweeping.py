"""Uploads go after a day unless an application holds them, and nobody hands in what may be gone in a moment."""

from datetime import timedelta

import pytest

from services.intake.sweeping import SWEPT_AFTER, TAKEN_WITHIN, Sweeper

SECOND = timedelta(seconds=1)


@pytest.fixture
def sweeper(window):
    backing = window.hall.backing("intake")
    return Sweeper(backing.files(), backing.documents, window.clock)


class TestSweep:
    async def test_what_nobody_handed_in_goes_after_a_day_and_what_is_held_stays(self, window, sweeper):
        number = await window.submitted()
        lost = (await window.upload("applicant")).json()["id"]
        window.clock.advance(SWEPT_AFTER)
        assert await sweeper.sweep() == 0
        window.clock.advance(SECOND)
        assert await sweeper.sweep() == 1
        assert (await window.get("applicant", f"/files/{lost}")).status_code == 404
        seen = (await window.get("applicant", f"/applications/{number}")).json()
        held = seen["materials"][0]["files"][0]
        assert (await window.get("applicant", f"/files/{held}")).status_code == 200

    async def test_a_file_is_looked_at_once(self, window, sweeper, monkeypatch):
        await window.submitted()
        window.clock.advance(SWEPT_AFTER + SECOND)
        await sweeper.sweep()
        assert await window.hall.backing("intake").files().loose(window.clock(), 10) == []

    async def test_drafts_go_too_and_many_at_a_time(self, window, sweeper, monkeypatch):
        monkeypatch.setattr("services.intake.sweeping.AT_ONCE", 2)
        files = window.hall.backing("intake").files()
        noted = {"owner": "x", "kind": "draft", "uploaded_at": window.clock().isoformat()}
        for _ in range(5):
            await files.put("draft", b"sealed", noted)
        window.clock.advance(SWEPT_AFTER + SECOND)
        assert await sweeper.sweep() == 5
        assert await files.owned("x", "draft") == []


class TestHandingInLate:
    async def test_before_it_could_be_swept_it_is_too_old_and_is_told_by_name(self, window):
        form = await window.form()
        window.clock.advance(TAKEN_WITHIN)
        in_time = await window.post("applicant", "/applications", form, key="key-00001")
        assert in_time.status_code == 201
        form = await window.form()
        window.clock.advance(TAKEN_WITHIN + SECOND)
        answer = await window.post("applicant", "/applications", form, key="key-00002")
        reason = answer.json()["errors"][0]
        assert reason["field"] == "materials.0.files.0"
        assert "“材料.pdf”已过期" in reason["reason"]
        assert "重新上传" in reason["fix"]

    async def test_what_an_application_holds_may_be_handed_in_again(self, window):
        form = await window.form()
        assert (await window.post("applicant", "/applications", form, key="key-00001")).status_code == 201
        window.clock.advance(timedelta(days=30))
        assert (await window.post("applicant", "/applications", form, key="key-00002")).status_code == 201

    async def test_a_draft_is_no_material(self, window):
        files, form = window.hall.backing("intake").files(), await window.form()
        noted = {"owner": "sample:applicant", "kind": "draft", "uploaded_at": window.clock().isoformat()}
        form["materials"][0] = form["materials"][0] | {"files": [await files.put("d", b"sealed", noted)]}
        answer = await window.post("applicant", "/applications", form, key="key-00001")
        assert [each["field"] for each in answer.json()["errors"]] == ["materials.0.files.0"]
