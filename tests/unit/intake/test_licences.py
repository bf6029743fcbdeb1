"""E-licences shown instead of paper: what is accepted as verified, what is left to the clerk, and what is refused."""

import httpx
import pytest

from services.intake.catalogue import load
from services.intake.licences import Licences, OverHttp, People, Seen, Shown, Unreachable, Wrong
from shared.settings import load_settings
from tests.unit.intake.sample import identifier

CATALOGUE = load()
NUMBER = identifier(CATALOGUE, "business_licence")
FOOD = identifier(CATALOGUE, "food_licence")
VALID = Seen(status="valid", status_text="有效", signature="matches", holder="样*****")
ME = People("person", "样例申请人甲", None)
COMPANY = People("organisation", "某例餐饮有限公司", None)


def answering(seen: Seen | None):
    async def ask(number):
        assert number == NUMBER
        return seen

    return ask


async def silent(_number):
    raise Unreachable("silent")


async def never(number):
    raise AssertionError(f"asked for {number}")


async def judged(typed, ask, people=ME, material="business_licence"):
    kind = CATALOGUE.licence_types[CATALOGUE.materials[material].licence_type]
    return await Licences(CATALOGUE, ask).judged(typed, material, kind, people)


@pytest.mark.parametrize(
    "typed", [NUMBER, NUMBER.removeprefix("1.2.156.3005.2."), f" {NUMBER.lower()} ", NUMBER.replace(".", "．")]
)
async def test_a_valid_licence_of_the_applicant_is_verified_however_it_is_typed(typed):
    assert await judged(typed, answering(VALID)) == Shown(NUMBER, verified=True)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (None, "没有签发过"),
        (VALID.model_copy(update={"status": "expired", "status_text": "已过期"}), "已过期"),
        (VALID.model_copy(update={"status": "doubtful", "signature": "does_not_match"}), "签名"),
        (VALID.model_copy(update={"signature": "unknown_key"}), "签名"),
        (VALID.model_copy(update={"holder": "王*****"}), "持证人不是申请人"),
        (VALID.model_copy(update={"holder": "样*"}), "持证人不是申请人"),
    ],
)
async def test_a_licence_that_licensing_does_not_vouch_for_is_refused_in_words(seen, words):
    found = await judged(NUMBER, answering(seen))
    assert isinstance(found, Wrong)
    assert words in found.reason
    assert found.fix


async def test_a_licence_of_another_type_is_refused_without_asking():
    assert await judged(FOOD, never) == Wrong(
        "这是“食品经营许可证”的标识，不是“营业执照”", "请出示营业执照，或改为上传文件"
    )


@pytest.mark.parametrize(
    "typed", [NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"), "1.2.156.3005.2.123", "x", "a<b>"]
)
async def test_a_number_that_cannot_be_one_is_refused_without_asking(typed):
    assert isinstance(await judged(typed, never), Wrong)


@pytest.mark.parametrize(
    "typed",
    [
        "假证照1234",
        "91330100MA2AXXXX1X",
        identifier(CATALOGUE, "business_licence", issuer="11330105002500287C"),
        "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    ],
)
async def test_older_papers_and_licences_of_elsewhere_are_left_to_the_clerk(typed):
    assert await judged(typed, never) == Shown(typed, verified=False)


async def test_a_licence_of_a_type_that_is_not_issued_here_is_left_to_the_clerk():
    number = identifier(CATALOGUE, "driving_licence")
    assert await judged(number, never, material="deceased_driving") == Shown(number, verified=False)


async def test_nobody_is_sent_away_because_licensing_is_silent():
    assert await judged(NUMBER, silent) == Shown(NUMBER, verified=False)


class TestHolder:
    async def fit(self, material, holder, people):
        return people.fit(NUMBER, holder, CATALOGUE.materials[material].held_by)

    async def test_an_organisations_first_licence_may_still_carry_its_founders_name(self):
        assert await self.fit("business_licence", "样*****", COMPANY) == Shown(NUMBER, verified=False)
        assert await self.fit("business_licence", "某*******", COMPANY) == Shown(NUMBER, verified=True)

    async def test_an_agents_card_is_the_agents(self):
        people = People("person", "样例申请人甲", "代办员丁")
        assert await self.fit("agent_id", "代***", people) == Shown(NUMBER, verified=True)
        wrong = await self.fit("agent_id", "样*****", people)
        assert isinstance(wrong, Wrong)
        assert "经办人" in wrong.reason

    async def test_a_card_of_somebody_who_need_not_be_on_the_form_is_left_to_the_clerk(self):
        assert await self.fit("mother_id", "王*", ME) == Shown(NUMBER, verified=False)
        assert await self.fit("mother_id", "样*****", ME) == Shown(NUMBER, verified=True)


class TestOverHttp:
    """The public verification, as licensing answers it."""

    ANSWER = VALID.model_dump() | {"number": NUMBER, "kind": "licence", "name": "营业执照", "synthetic": True}

    async def asked(self, tmp_path, handler):
        settings = load_settings(data_dir=tmp_path, public_url="http://hall.test")
        check = OverHttp(settings, httpx.MockTransport(handler))
        async with check.opened():
            return await check(NUMBER)

    async def test_it_asks_the_verification_of_licensing(self, tmp_path):
        def handler(request):
            assert str(request.url) == f"http://hall.test/licensing/verify/{NUMBER}"
            return httpx.Response(200, json=self.ANSWER)

        assert await self.asked(tmp_path, handler) == VALID

    async def test_a_number_that_was_never_issued(self, tmp_path):
        answer = httpx.Response(404, json={"code": "no_such_number"})
        assert await self.asked(tmp_path, lambda _request: answer) is None

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(404, json={"code": "not_found"}),
            httpx.Response(404, json=["?"]),
            httpx.Response(404, text="nobody here"),
            httpx.Response(503, json={}),
            httpx.Response(302, headers={"Location": "http://elsewhere.test"}),
            httpx.Response(200, text="<html>"),
            httpx.Response(200, json={"status": "valid"}),
            httpx.ConnectError("refused"),
            httpx.ReadTimeout("slow"),
        ],
    )
    async def test_whatever_else_comes_is_no_answer(self, tmp_path, answer):
        def handler(_request):
            if isinstance(answer, Exception):
                raise answer
            return answer

        with pytest.raises(Unreachable):
            await self.asked(tmp_path, handler)

    async def test_before_the_service_runs_there_is_no_answer(self, tmp_path):
        with pytest.raises(Unreachable):
            await OverHttp(load_settings(data_dir=tmp_path))(NUMBER)
