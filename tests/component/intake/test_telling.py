"""What an applicant is told: messages from the facts, read marks, and each message once to the phone, or once more."""

import json
from datetime import timedelta

import httpx
import pytest

from services.intake.messages import messages_of
from services.intake.senders import FileSender, Gateway, NotSent, sender_of
from services.intake.telling import CLAIM, SETTLED, TOO_LATE, Teller
from shared.contracts.sealed import Keyring
from shared.settings import load_settings
from tests.component.intake.conftest import APPLICANT

PHONE = APPLICANT["phone"]


class Phones:
    """Stands in for a gateway: who was told what, and whether it answers at all."""

    def __init__(self) -> None:
        self.told, self.refuses = [], None

    async def send(self, to_phone, message):
        if self.refuses:
            raise self.refuses
        self.told.append((to_phone, message.kind))


@pytest.fixture
def phones():
    return Phones()


@pytest.fixture
def teller(window, phones):
    runtime = window.hall.backing("intake").runtime
    return Teller(runtime, window.settings.keyring, phones)


async def settled(window) -> None:
    window.clock.advance(SETTLED + timedelta(seconds=1))


class TestTelling:
    async def test_each_message_goes_once_to_the_phone_on_the_form(self, window, teller, phones):
        await window.accepted()
        assert await teller.tell() == 0, "what happens together is told together, a moment later"
        await settled(window)
        assert await teller.tell() == 1
        assert phones.told == [(PHONE, "accepted")], "one message for all cases of a bundle"
        await settled(window)
        assert await teller.tell() == 0

    async def test_the_agent_is_told_too(self, window, teller, phones):
        agent = APPLICANT | {"phone": "13900000009"}
        answers = (await window.form())["answers"] | {"agent": "yes"}
        await window.accepted(answers=answers, agent=agent)
        await settled(window)
        await teller.tell()
        assert phones.told == [(PHONE, "accepted"), ("13900000009", "accepted")]

    async def test_of_two_replicas_one_tells(self, window, teller, phones):
        other = Teller(window.hall.backing("intake").runtime, window.settings.keyring, phones)
        await window.accepted()
        await settled(window)
        sent = await teller.tell(), await other.tell()
        assert (sorted(sent), len(phones.told)) == ([0, 1], 1)

    async def test_a_gateway_that_is_away_is_asked_again_when_the_claim_has_run_out(self, window, teller, phones):
        await window.accepted()
        await settled(window)
        phones.refuses = NotSent("away")
        assert await teller.tell() == 0
        phones.refuses = None
        assert await teller.tell() == 0, "not at once: every look would ask again"
        window.clock.advance(CLAIM)
        assert await teller.tell() == 1

    async def test_a_number_that_is_none_is_not_tried_for_ever(self, window, teller, phones):
        await window.accepted()
        await settled(window)
        phones.refuses = NotSent("422", final=True)
        await teller.tell()
        phones.refuses = None
        window.clock.advance(CLAIM)
        assert (await teller.tell(), phones.told) == (0, [])

    async def test_last_weeks_news_stay_in_the_site(self, window, teller, phones):
        await window.accepted()
        window.clock.advance(TOO_LATE + timedelta(seconds=1))
        assert (await teller.tell(), phones.told) == (0, [])

    async def test_many_that_cannot_be_told_do_not_hold_up_the_rest(self, window, teller, phones, monkeypatch):
        monkeypatch.setattr("services.intake.telling.AT_ONCE", 2)
        await window.accepted(key="key-00000")
        await settled(window)
        phones.refuses = NotSent("away")
        await teller.tell()
        phones.refuses = None
        for place in range(1, 4):
            await window.accepted(key=f"key-0000{place}")
            window.clock.advance(timedelta(seconds=1))
        await settled(window)
        assert await teller.tell() == 3

    async def test_a_party_that_nobody_can_open_is_left_to_the_site(self, window, phones):
        stranger = Keyring({"other": b"x" * 32}, "other")
        await window.accepted()
        await settled(window)
        await Teller(window.hall.backing("intake").runtime, stranger, phones).tell()
        assert phones.told == []


class TestSenders:
    def settings(self, tmp_path, **given):
        return load_settings(data_dir=tmp_path, **given)

    async def message(self, window):
        number = await window.accepted()
        document = (await window.hall.backing("intake").documents.load([number]))[number]
        return messages_of(document.state)[0]

    async def test_the_file_holds_no_full_phone(self, window, tmp_path):
        sender, message = FileSender(tmp_path / "outbox" / "messages.jsonl"), await self.message(window)
        await sender.send(PHONE, message)
        await sender.send(PHONE, message)
        lines = (tmp_path / "outbox" / "messages.jsonl").read_text("utf-8").splitlines()
        assert [json.loads(line)["id"] for line in lines] == [message.id, message.id]
        assert PHONE not in lines[0]
        assert json.loads(lines[0])["phone"].endswith(PHONE[-4:])

    async def test_a_file_that_cannot_be_written_is_tried_again(self, window, tmp_path):
        (tmp_path / "outbox").write_text("in the way")
        with pytest.raises(NotSent):
            await FileSender(tmp_path / "outbox" / "messages.jsonl").send(PHONE, await self.message(window))

    @pytest.mark.parametrize(("status", "final"), [(500, False), (429, False), (401, False), (422, True)])
    async def test_what_a_gateway_says_of_the_message_is_final_and_of_itself_is_not(
        self, window, tmp_path, status, final
    ):
        transport = httpx.MockTransport(lambda _: httpx.Response(status))
        gateway = Gateway(self.settings(tmp_path, sender="https://sms.test/send"), transport)
        async with gateway.opened():
            with pytest.raises(NotSent) as refused:
                await gateway.send(PHONE, await self.message(window))
        assert refused.value.final is final

    async def test_a_gateway_gets_the_phone_the_text_and_an_id_to_know_repeats_by(self, window, tmp_path):
        asked = []
        transport = httpx.MockTransport(lambda request: asked.append(request) or httpx.Response(200))
        gateway = Gateway(self.settings(tmp_path, sender="https://sms.test/send"), transport)
        message = await self.message(window)
        with pytest.raises(NotSent):
            await gateway.send(PHONE, message)
        async with gateway.opened():
            await gateway.send(PHONE, message)
        body = json.loads(asked[0].content)
        assert (body["id"], body["phone"], asked[0].headers["idempotency-key"]) == (message.id, PHONE, message.id)
        assert message.number in body["text"]
        assert APPLICANT["name"] not in body["text"]

    def test_development_writes_a_file_and_whoever_sets_none_gets_none(self, tmp_path):
        assert isinstance(sender_of(self.settings(tmp_path)), FileSender)
        assert sender_of(self.settings(tmp_path, sender="none")) is None
        assert isinstance(sender_of(self.settings(tmp_path, sender="https://sms.test/send")), Gateway)
