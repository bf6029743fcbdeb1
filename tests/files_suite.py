"""What every keeper of files must do: one suite, run on memory, on Motor and on PyMongo's own async client."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def noted(owner: str = "a", hours: float = 0, **more) -> dict[str, object]:
    return {"owner": owner, "uploaded_at": (NOON + timedelta(hours=hours)).isoformat(), **more}


class FilesSuite:
    """Subclasses give the fixture `files`: empty and prepared."""

    async def test_a_file_comes_back_with_what_was_noted_and_nothing_else(self, files):
        key = await files.put("章程.pdf", b"\x00 bytes", noted(name="章程.pdf"))
        stored = await files.get(key)
        assert (stored.id, stored.content, stored.noted) == (key, b"\x00 bytes", noted(name="章程.pdf"))
        assert await files.noted(key) == noted(name="章程.pdf")
        assert await files.get("nobody") is None
        assert await files.noted("nobody") is None

    async def test_a_deleted_file_is_gone_and_may_be_deleted_again(self, files):
        key = await files.put("a", b"a" * 300_000, noted())
        await files.delete(key)
        await files.delete(key)
        assert (await files.get(key), await files.noted(key)) == (None, None)
        assert await files.loose(NOON + DAY, 10) == []

    async def test_loose_files_by_age_until_somebody_keeps_them(self, files):
        old, new, kept = [await files.put("a", b"a", noted(hours=hours)) for hours in (-3, 0, -5)]
        await files.keep(kept)
        await files.keep("nobody")
        assert [each.id for each in await files.loose(NOON, 10)] == [old]
        assert [each.id for each in await files.loose(NOON + DAY, 10)] == [old, new]
        assert [(each.id, each.noted) for each in await files.loose(NOON + DAY, 1)] == [(old, noted(hours=-3))]
        assert await files.noted(kept) == noted(hours=-5)

    async def test_what_one_owner_has_of_a_kind_the_newest_first(self, files):
        old = await files.put("a", b"a", noted("x", -1, kind="draft"))
        new = await files.put("a", b"a", noted("x", 1, kind="draft"))
        await files.put("a", b"a", noted("x"))
        await files.put("a", b"a", noted("y", kind="draft"))
        assert [each.id for each in await files.owned("x", "draft")] == [new, old]
        assert await files.owned("nobody", "draft") == []

    async def test_what_is_noted_changes_only_where_nobody_was_faster(self, files):
        one, other = await files.put("a", b"a", noted(at=1)), await files.put("b", b"b", noted(at=1))
        assert await files.amend([one], {"at": 2, "said": {"deep": "x"}}, {"at": 1}) == 1
        assert await files.amend([one], {"at": 2, "said": "lost"}, {"at": 1}) == 0
        assert await files.noted(one) == noted(at=2, said={"deep": "x"})
        assert await files.amend([one, other, "nobody"], {"uploaded_at": noted(hours=5)["uploaded_at"]}, {}) == 2
        assert await files.noted(other) == noted(hours=5, at=1)
        assert await files.loose(NOON + timedelta(hours=4), 10) == []
        assert {each.id for each in await files.loose(NOON + timedelta(hours=6), 10)} == {one, other}
        assert (await files.get(one)).content == b"a"
