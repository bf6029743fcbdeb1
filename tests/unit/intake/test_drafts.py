"""Drafts are kept sealed for a day after their last change, for their owner alone, and no change is lost."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from services.intake.drafts import MOST, Brought, Crowded, Draft, DraftFile, Drafts
from services.intake.parties import PartyBody
from services.intake.sweeping import SWEPT_AFTER, TAKEN_WITHIN
from shared.clock import MovableClock
from shared.contracts.sealed import Keyring
from shared.testing.files import MemoryFiles

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
DRAFT = Draft(matter="restaurant", answers={"agent": "no"})
NAMED = PartyBody(name="样例𠮷䶮", code="110000199001010013", phone="13900000001")


class Desk:
    def __init__(self) -> None:
        self.clock, self.files = MovableClock(NOW), MemoryFiles()
        self.drafts = self.with_keys({"k1": b"1" * 32}, "k1")

    def with_keys(self, keys, current):
        return Drafts("draft", Draft, self.files, Keyring(keys, current), self.clock)


@pytest.fixture
def desk():
    return Desk()


def file(key):
    return DraftFile(id=key, name=f"{key}.pdf", size=3, sha256=key)


async def test_a_draft_comes_back_to_its_owner_alone(desk):
    begun = await desk.drafts.begun("a", DRAFT)
    assert (await desk.drafts.one("a", begun.id)).content == DRAFT
    assert [each.id for each in await desk.drafts.listed("a")] == [begun.id]
    assert await desk.drafts.one("b", begun.id) is None
    assert await desk.drafts.listed("b") == []
    assert await desk.drafts.changed("b", begun.id, lambda draft: draft) is None
    await desk.drafts.dropped("b", begun.id)
    assert await desk.drafts.one("a", begun.id)


async def test_nothing_personal_is_kept_in_the_open(desk):
    begun = await desk.drafts.begun("a", DRAFT)
    await desk.drafts.changed("a", begun.id, lambda draft: draft.model_copy(update={"applicant": NAMED}))
    noted = json.dumps(await desk.files.noted(begun.id), ensure_ascii=False)
    assert not any(part in noted for part in (NAMED.name, NAMED.code, NAMED.phone, "restaurant"))
    assert (await desk.drafts.one("a", begun.id)).content.applicant == NAMED


async def test_a_draft_moved_to_another_owner_does_not_open(desk):
    begun = await desk.drafts.begun("a", DRAFT)
    await desk.files.amend([begun.id], {"owner": "b"}, {})
    assert await desk.drafts.one("b", begun.id) is None


async def test_it_goes_a_day_after_its_last_change_and_its_uploads_with_it(desk):
    begun = await desk.drafts.begun("a", DRAFT)
    upload = await desk.files.put("a.pdf", b"pdf", {"owner": "a", "uploaded_at": NOW.isoformat()})
    desk.clock.advance(timedelta(hours=20))
    after = await desk.drafts.changed("a", begun.id, lambda d: d.with_("lease", Brought(files=(file(upload),))))
    assert after.until == NOW + timedelta(hours=20) + TAKEN_WITHIN
    desk.clock.advance(SWEPT_AFTER - timedelta(hours=20, minutes=-1))
    assert await desk.files.loose(desk.clock() - SWEPT_AFTER, 10) == []
    assert await desk.drafts.one("a", begun.id)
    desk.clock.advance(timedelta(hours=20))
    assert {each.id for each in await desk.files.loose(desk.clock() - SWEPT_AFTER, 10)} == {begun.id, upload}
    assert await desk.drafts.one("a", begun.id) is None
    assert await desk.drafts.listed("a") == []


async def test_two_tabs_do_not_undo_each_others_changes(desk):
    begun = await desk.drafts.begun("a", DRAFT)
    asked = []

    def slowly(draft):
        asked.append(draft)
        return draft.with_("lease", Brought(pledge=True))

    unhurried = desk.drafts.one

    async def overtaken(owner, name):
        kept = await unhurried(owner, name)
        if not asked:
            desk.drafts.one = unhurried
            await desk.drafts.changed(owner, name, lambda draft: draft.with_("plan", Brought(licence="L-1")))
            asked.append(None)
        return kept

    desk.drafts.one = overtaken
    after = await desk.drafts.changed("a", begun.id, slowly)
    assert set(after.content.materials) == {"lease", "plan"}
    assert (await unhurried("a", begun.id)).content == after.content
    assert after.revision == 3


async def test_a_draft_whose_key_is_gone_is_begun_anew(desk):
    begun = await desk.drafts.begun("a", DRAFT)
    turned = desk.with_keys({"k2": b"2" * 32, "k1": b"1" * 32}, "k2")
    assert (await turned.one("a", begun.id)).content == DRAFT
    assert await desk.with_keys({"k2": b"2" * 32}, "k2").one("a", begun.id) is None


async def test_one_person_has_so_many_drafts_and_no_more(desk):
    for _ in range(MOST):
        last = await desk.drafts.begun("a", DRAFT)
    with pytest.raises(Crowded):
        await desk.drafts.begun("a", DRAFT)
    await desk.drafts.dropped("a", last.id)
    assert await desk.drafts.begun("a", DRAFT)


def test_a_draft_is_the_same_as_one_for_the_same_matter_and_answers():
    assert DRAFT.with_("lease", Brought(pledge=True)).same_as(DRAFT)
    assert not DRAFT.same_as(DRAFT.model_copy(update={"answers": {"agent": "yes"}}))
    assert not DRAFT.same_as(DRAFT.model_copy(update={"opted_in": ()}))
