"""Results over HTTP: issued from the bus, seen by their owner, printed, handed out, said once."""

import base64
import io
import json
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pypdf import PdfReader

from services.licensing import identifier
from services.licensing.issuing import payload
from shared.contracts.terms import Party
from shared.local.issuer import sample_id_number
from shared.signing import Ed25519Public
from shared.web.commands import holder_ref
from tests.component.licensing.conftest import APPLICATION, CASE, COMPANY, FOOD, LAW, PERSON, REMEDIES

DOCUMENT = f"/results/{CASE}/document"


def words(pdf: bytes) -> str:
    return "".join(re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages)


class TestIssued:
    async def test_an_approval_becomes_a_licence_once_however_often_it_comes(self, world):
        said = await world.approve()
        world.hall.bus.append(said.topic, said.key, said.value, said.headers)
        await world.hall.pump()
        assert world.names() == ["LicenceIssued", "ResultIssued"]
        (_, issued), (_, result) = world.said()
        assert issued["licence"] == result["number"]
        assert identifier.parse(result["number"]).issuer == FOOD.issuer_code
        assert PERSON.name not in json.dumps(world.said(), ensure_ascii=False)

    async def test_its_owner_sees_it_in_the_list_and_alone(self, world):
        await world.approve()
        (listed,) = (await world.get("/results", "applicant")).json()["results"]
        assert (listed["case"], listed["kind"], listed["status"]) == (CASE, "licence", "valid")
        assert (listed["valid_from"], listed["valid_until"]) == ("2026-11-22", "2031-11-21")
        one = (await world.get(f"/results/{CASE}", "applicant")).json()
        assert one.items() >= listed.items()
        assert one["verify_url"] == "http://hall.example/licensing/verify/" + one["number"].split("3005.2.")[1]

    async def test_the_proof_verifies_without_the_hall(self, world):
        await world.approve()
        proof = (await world.get(f"/results/{CASE}", "applicant")).json()["proof"]
        keys = (await world.get("/.well-known/onedoor-licence-keys.json")).json()["keys"]
        (key,) = [key for key in keys if key["kid"] == proof["key_id"]]
        assert_signed(key, proof)
        assert payload(await stored_facts(world)).decode() == proof["payload"]

    async def test_lists_are_paged_newest_first_and_hold_only_ones_own(self, world):
        for number in range(1, 4):
            await world.approve(case=f"{APPLICATION}-0{number}")
        await world.approve(case="ZZZZZZZZZZZZZ-01", owner="sample:applicant2")
        page = (await world.get("/results?page=2&size=2", "applicant")).json()
        assert (page["total"], len(page["results"])) == (3, 1)
        assert APPLICATION in page["results"][0]["case"]

    async def test_what_a_clerk_handed_in_for_a_company_belongs_to_who_acts_for_it(self, world):
        ref = holder_ref(world.settings.holder_key, COMPANY.code)
        await world.approve(holder=COMPANY, owner=f"holder:{ref}")
        assert (await world.get("/results", "company")).json()["total"] == 1
        assert (await world.get(f"/results/{CASE}", "company")).status_code == 200
        assert (await world.get("/results", "applicant")).json()["total"] == 0


class TestReaders:
    @pytest.mark.parametrize(
        ("person", "status"),
        [
            ("applicant", 200),
            ("applicant2", 404),
            ("clerk", 200),
            ("officer-scjg", 200),
            ("officer-xfdd", 404),
            ("administrator", 403),
            ("supervisor", 403),
            (None, 401),
        ],
    )
    async def test_who_may_see_a_result_and_its_paper(self, world, person, status):
        await world.approve()
        assert (await world.get(f"/results/{CASE}", person)).status_code == status
        assert (await world.get(DOCUMENT, person)).status_code == status

    async def test_a_foreign_result_and_none_answer_alike(self, world):
        await world.approve()
        foreign = (await world.get(f"/results/{CASE}", "applicant2")).json()
        none = (await world.get("/results/ZZZZZZZZZZZZZ-01", "applicant2")).json()
        assert foreign | {"trace_id": None} == none | {"trace_id": None}
        assert (await world.get("/results/nonsense", "applicant")).status_code == 422


class TestPapers:
    async def test_a_licence_prints_the_same_bytes_each_time_and_after_a_restart(self, world):
        await world.approve()
        first = await world.get(DOCUMENT, "applicant")
        assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
        again = await world.get(DOCUMENT, "clerk")
        async with world.restarted() as other:
            fresh = await other.get(DOCUMENT, "clerk")
        assert first.content == again.content == fresh.content

    async def test_a_persons_licence_says_what_it_must_and_masks_the_number(self, world):
        await world.approve()
        text = words((await world.get(DOCUMENT, "applicant")).content)
        number = await world.number()
        for expected in ("食品经营许可证", PERSON.name, FOOD.issuer_name, number, "2026年11月22日至2031年11月21日"):
            assert expected in text
        assert PERSON.code not in text
        assert f"110000********{PERSON.code[-4:]}" in text
        assert "样例·合成数据·不具法律效力" in text
        assert "http://hall.example/licensing/verify/" in text

    async def test_a_companys_licence_shows_its_public_code(self, world):
        await world.approve(holder=COMPANY)
        assert COMPANY.code in words((await world.get(DOCUMENT, "applicant")).content)

    async def test_a_refusal_is_printed_with_reasons_and_remedies(self, world):
        await world.refuse()
        text = words((await world.get(DOCUMENT, "applicant")).content)
        law = f"依据1.{LAW[0]}2.《中华人民共和国行政许可法》第三十八条第二款"
        for expected in ("不予行政许可决定书", "加工场所没有隔断。", *REMEDIES, law, f"JD-{CASE}"):
            assert expected in text
        one = (await world.get(f"/results/{CASE}", "applicant")).json()
        assert (one["kind"], one["reasons"], one["remedies"]) == ("refusal", ["加工场所没有隔断。"], list(REMEDIES))
        assert world.names() == ["ResultIssued", "ResultDelivered"]

    async def test_a_refusal_by_a_water_company_speaks_of_no_permit_and_no_organ(self, world):
        ways = ("可以依法向有关主管部门投诉。", "可以依法向人民法院提起民事诉讼。")
        partner = {"department": "gsgs", "department_name": "样例县供水公司", "item_name": "用水过户（样例）"}
        await world.refuse(item_kind="20", basis=(), reasons=("房屋还没有办完转移登记。",), remedies=ways, **partner)
        text = words((await world.get(DOCUMENT, "applicant")).content)
        said = ("不予办理告知书", "不予办理，现予告知，理由如下。", "房屋还没有办完转移登记。", "出具单位")
        assert [expected for expected in (*said, *ways) if expected not in text] == []
        assert not [wrong for wrong in ("行政", "许可", "依据", "机关", "决定") if wrong in text]
        assert (await world.get(f"/results/{CASE}", "applicant")).json()["name"] == "不予办理告知书"

    async def test_a_notice_is_printed(self, world):
        await world.approve(kind="notice", name="核验结果通知书")
        text = words((await world.get(DOCUMENT, "applicant")).content)
        assert "核验结果通知书" in text
        assert f"TZ-{CASE}" in text

    async def test_a_name_that_no_font_has_is_named_and_nothing_counts_as_delivered(self, world):
        await world.approve(holder=Party(kind="person", name="样例\U0002a6d0", code=sample_id_number(1)))
        answer = await world.get(DOCUMENT, "applicant")
        assert (answer.status_code, answer.json()["code"]) == (422, "cannot_print")
        assert "U+2A6D0" in answer.json()["detail"]
        assert world.names() == ["LicenceIssued", "ResultIssued"]

    async def test_a_box_that_no_key_opens_is_told_and_not_a_crash(self, world):
        known = world.known(PERSON, "ZZZZZZZZZZZZZ-01", "sample:applicant")
        await world.approve()
        row = world.backing.documents.rows[CASE]
        row.state["holder"] = known["holder"].model_dump(mode="json")
        answer = await world.get(DOCUMENT, "applicant")
        assert (answer.status_code, answer.json()["code"]) == (503, "holder_sealed")

    async def test_no_paper_is_made_from_facts_that_were_changed(self, world):
        await world.approve()
        world.backing.documents.rows[CASE].state["facts"]["valid_until"] = "2099-12-31"
        answer = await world.get(DOCUMENT, "applicant")
        assert (answer.status_code, answer.json()["code"]) == (409, "signature_does_not_match")

    async def test_each_rendering_is_counted_once(self, world):
        await world.approve()
        before = await rendered(world)
        await world.get(DOCUMENT, "applicant")
        await world.get(DOCUMENT, "applicant")
        assert await rendered(world) == before + 1


class TestDelivered:
    async def test_the_owners_first_download_delivers_and_nobody_elses(self, world):
        await world.approve()
        await world.get(DOCUMENT, "clerk")
        assert "ResultDelivered" not in world.names()
        await world.get(DOCUMENT, "applicant")
        await world.get(DOCUMENT, "applicant")
        assert world.names() == ["LicenceIssued", "ResultIssued", "ResultDelivered"]
        assert world.said()[-1][1]["method"] == "download"

    async def test_a_clerk_hands_out_once(self, world):
        await world.approve()
        path, body = f"/results/{CASE}/deliver", {"method": "counter"}
        first = (await world.ask("POST", path, "clerk", json=body)).json()
        again = (await world.ask("POST", path, "clerk", json=body)).json()
        assert (first["method"], first["first"], again["first"]) == ("counter", True, False)
        await world.get(DOCUMENT, "applicant")
        assert world.names().count("ResultDelivered") == 1
        one = (await world.get(f"/results/{CASE}", "applicant")).json()
        assert [each["method"] for each in one["deliveries"]] == ["counter", "download"]

    @pytest.mark.parametrize(
        ("person", "body", "status"),
        [
            ("applicant", {"method": "counter"}, 403),
            ("officer-scjg", {"method": "counter"}, 403),
            ("clerk", {"method": "download"}, 422),
            ("clerk", {}, 422),
        ],
    )
    async def test_who_may_hand_out_and_how(self, world, person, body, status):
        await world.approve()
        assert (await world.ask("POST", f"/results/{CASE}/deliver", person, json=body)).status_code == status

    async def test_nothing_is_handed_out_before_the_decision(self, world):
        answer = await world.ask("POST", f"/results/{CASE}/deliver", "clerk", json={"method": "post"})
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_result")


async def stored_facts(world):
    return (await world.backing.documents.load([CASE]))[CASE].state.facts


async def rendered(world) -> float:
    text = (await world.get("/metrics")).text
    found = re.search(r'licences_rendered_total\{outcome="rendered",service="licensing"\} ([\d.]+)', text)
    return float(found[1]) if found else 0.0


def assert_signed(key, proof):
    raw = base64.urlsafe_b64decode(key["x"] + "=")
    public = Ed25519Public(Ed25519PublicKey.from_public_bytes(raw))
    assert public.verify(proof["payload"].encode(), base64.b64decode(proof["signature"]))
    assert not public.verify(proof["payload"].encode() + b" ", base64.b64decode(proof["signature"]))
