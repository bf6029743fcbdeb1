"""Progress without signing in cannot be guessed: wrong tails are counted for each number, known or not."""

import asyncio

from limits.errors import StorageError

from services.intake.number import new_number


async def asked(window, number: str, tail: str):
    return await window.post(None, "/progress", {"number": number, "phone_tail": tail})


class TestGuessing:
    async def test_after_five_wrong_tails_even_the_right_one_waits_and_is_told_how_long(self, window):
        number = await window.submitted()
        for guess in range(5):
            assert (await asked(window, number, f"{guess + 100:04}")).status_code == 404
        answer = await asked(window, number, "0001")
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
        assert 0 < int(answer.headers["retry-after"]) <= 15 * 60
        assert "分钟后再试" in answer.json()["detail"]

    async def test_many_guesses_at_the_same_moment_are_no_more_than_one_after_another(self, window, monkeypatch):
        number = await window.submitted()
        limiter = window.hall.backing("intake").tried._limiter
        test = limiter.test

        async def slowly(*given, **more):
            found = await test(*given, **more)
            await asyncio.sleep(0)  # as a database answers: all have asked before the first has counted
            return found

        monkeypatch.setattr(limiter, "test", slowly)
        answers = await asyncio.gather(*(asked(window, number, f"{guess + 100:04}") for guess in range(40)))
        assert [each.status_code for each in answers].count(404) == 5
        assert {each.status_code for each in answers} == {404, 429}

    async def test_a_number_that_does_not_exist_answers_alike(self, window):
        stranger = new_number(b"k" * 32, "nobody", "key-00009")
        assert [(await asked(window, stranger, "0001")).status_code for _ in range(6)] == [404] * 5 + [429]

    async def test_right_answers_and_other_numbers_are_not_counted(self, window):
        number, other = await window.submitted(), await window.submitted(key="key-00002")
        for _ in range(7):
            assert (await asked(window, number, "0001")).status_code == 200
        for _ in range(6):
            await asked(window, other, "0002")
        assert (await asked(window, number, "0001")).status_code == 200

    async def test_while_nobody_can_count_nobody_may_guess(self, window, monkeypatch):
        number = await window.submitted()

        async def away(*_, **__):
            raise StorageError(ConnectionError("away"))

        monkeypatch.setattr(window.hall.backing("intake").tried._limiter, "test", away)
        assert (await asked(window, number, "0001")).status_code == 503
