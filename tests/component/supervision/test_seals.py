"""`/seals`: whoever has the public key checks a day and an application's place in it, as the page explains."""

import base64
import hashlib
import html
import json
import re
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from services.supervision.sealing import sealed
from tests.component.supervision.sealed_hall import pages_of
from tests.component.supervision.test_sealing import OTHERS, seal_at
from tests.unit.supervision.sample import APP, accepted, at, submitted

FILED = at("02-12 09:00")


@pytest.fixture
async def sealed_desk(desk):
    """Ten applications on the 12th, one of them heard of again on the 13th; both days are sealed."""
    with pages_of(4):
        for number in (APP, *OTHERS):
            await desk.hear(submitted(FILED, application=number))
        await seal_at(desk, "02-13 01:00")
        await desk.hear(accepted(FILED))
        await seal_at(desk, "02-14 01:00")
    return desk


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


class TestForPrograms:
    async def test_everyone_reads_seals_the_newest_first(self, sealed_desk):
        found = (await sealed_desk.get(None, "/seals")).json()
        assert [seal["day"] for seal in found["seals"]] == ["2026-02-13", "2026-02-12"]
        assert found["older"] is None
        first = found["seals"][1]
        assert found["seals"][0]["before"] == first["hash"] == hashlib.sha256(first["signed"].encode()).hexdigest()
        assert (await sealed_desk.get(None, "/seals/2026-02-12")).json() == first
        assert (await sealed_desk.get(None, "/seals", upto="2026-02-12")).json()["seals"] == [first]

    async def test_a_page_of_them_says_where_the_older_ones_begin(self, sealed_desk, monkeypatch):
        monkeypatch.setattr(sys.modules["services.supervision.pages.seals"], "AT_ONCE", 1)
        found = (await sealed_desk.get(None, "/seals")).json()
        assert (len(found["seals"]), found["older"]) == (1, "2026-02-12")

    async def test_the_signature_is_checked_with_the_public_key(self, sealed_desk):
        seal = (await sealed_desk.get(None, "/seals/2026-02-12")).json()
        pem = (await sealed_desk.get(None, f"/seals/keys/{seal['key_id']}.pem")).text
        key, signature = load_pem_public_key(pem.encode()), base64.b64decode(seal["signature"])
        key.verify(signature, seal["signed"].encode())  # raises where it is wrong
        facts = json.loads(seal["signed"])["facts"]
        assert (facts["root"], facts["count"], facts["day"]) == (seal["root"], 10, "2026-02-12")
        known = (await sealed_desk.get(None, "/.well-known/onedoor-audit-keys.json")).json()["keys"]
        assert [each["kid"] for each in known] == [seal["key_id"]]

    @pytest.mark.parametrize("application", [APP, *OTHERS])
    async def test_an_application_is_found_under_the_root_by_hand(self, sealed_desk, application):
        proof = (await sealed_desk.get("supervisor", f"/seals/2026-02-12/proof/{application}")).json()
        assert proof["leaf"] == f"{application} {proof['entries']} {proof['head']}"
        reached = sha256(b"\x00", proof["leaf"].encode())
        assert reached.hex() == proof["leaf_hash"]
        for step in proof["path"]:
            beside = bytes.fromhex(step["hash"])
            reached = sha256(b"\x01", *((beside, reached) if step["side"] == "left" else (reached, beside)))
        assert reached.hex() == proof["root"] == (await sealed_desk.get(None, "/seals/2026-02-12")).json()["root"]

    async def test_the_proof_is_for_those_who_may_see_the_application(self, sealed_desk):
        path = f"/seals/2026-02-12/proof/{APP}"
        assert (await sealed_desk.get("applicant", path)).status_code == 200
        assert (await sealed_desk.get("applicant2", path)).status_code == 404
        assert (await sealed_desk.get(None, path)).status_code == 401

    async def test_what_is_not_there_is_said(self, sealed_desk):
        code = {
            "/seals/2026-02-14": "no_such_seal",
            "/seals/2026-02-14/proof/" + APP: "no_such_seal",
            "/seals/keys/" + "x" * 43 + ".pem": "no_such_key",
            "/seals/2026-02-12/proof/7ZQ0M3X5KD2ZZ": "no_such_application",
        }
        for path, says in code.items():
            answer = await sealed_desk.get("supervisor", path)
            assert (answer.status_code, answer.json()["code"]) == (404, says)
        await seal_at(sealed_desk, "02-16 01:00")
        quiet = await sealed_desk.get("supervisor", f"/seals/2026-02-15/proof/{APP}")
        assert quiet.json()["code"] == "not_in_seal"
        assert (await sealed_desk.get(None, "/seals/yesterday")).status_code == 422


class TestThePage:
    async def test_everyone_sees_the_newest_seal_and_how_to_check_it(self, sealed_desk):
        shown = (await sealed_desk.page(None, "/seals")).text
        seal = (await sealed_desk.get(None, "/seals")).json()["seals"][0]
        assert "2026年2月13日 周五的封签" in shown
        assert seal["root"] in shown
        assert f"/seals/keys/{seal['key_id']}.pem" in shown
        assert "openssl pkeyutl -verify -pubin" in shown
        place = await sealed.place_of(sealed_desk.store, sealed.date.fromisoformat(seal["day"]))
        assert " / ".join(map(str, place)) in shown
        older = (await sealed_desk.page(None, "/seals", upto="2026-02-12")).text
        assert "2026年2月12日 周四的封签" in older

    async def test_what_it_says_is_done_word_for_word(self, sealed_desk, tmp_path):
        """Everything but the download, which is done by hand."""

        def run(command: str) -> str:
            done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (command, done.stderr)
            return done.stdout

        shown = (await sealed_desk.page(None, "/seals")).text
        blocks = [re.sub("<[^>]+>", "", each) for each in re.findall(r"<pre[^>]*>(.*?)</pre>", shown, re.DOTALL)]
        said, before, tree = (html.unescape(each).splitlines() for each in blocks)
        seal = (await sealed_desk.get(None, "/seals")).json()["seals"][0]
        printed = []
        for line in (*said, *before):
            if line.startswith("curl -s "):
                address, _, name = line.removeprefix("curl -s ").split()
                path = address[address.index("/seals") :]
                (tmp_path / name).write_text((await sealed_desk.get(None, path)).text)
            else:
                printed.append(run(line))
        assert "Signature Verified Successfully" in printed[2]
        assert printed[3].split()[0] == seal["before"]
        proof = (await sealed_desk.get("applicant", f"/seals/{seal['day']}/proof/{APP}")).json()
        reached = run(tree[0].replace("叶子", proof["leaf"])).split()[0]
        assert proof["path"]
        for step in proof["path"]:
            left, right = (step["hash"], reached) if step["side"] == "left" else (reached, step["hash"])
            reached = run(tree[1].replace("左边", left).replace("右边", right)).split()[0]
        assert reached == seal["root"]
        assert "全是 0" in (await sealed_desk.page(None, "/seals", upto="2026-02-12")).text

    async def test_before_the_first_seal_it_says_when_there_will_be_one(self, desk):
        assert "还没有封签" in (await desk.page(None, "/seals")).text
        await seal_at(desk, "02-13 01:00")
        assert "这一天以前没有封签" in (await desk.page(None, "/seals", upto="2020-01-01")).text

    async def test_no_application_is_named_on_it(self, sealed_desk):
        shown = (await sealed_desk.page(None, "/seals")).text
        assert not [number for number in (APP, *OTHERS) if number in shown]


class TestTheAuditPage:
    PAGE = f"/pages/applications/{APP}/audit"

    async def test_it_names_the_newest_seal_and_what_came_after(self, sealed_desk):
        shown = (await sealed_desk.page("supervisor", self.PAGE)).text
        assert "审计链完整" in shown
        assert "最近是 2026年2月13日 周五 的封签" in shown or "最近是 2026年2月13日 周五的封签" in shown
        await sealed_desk.scan_at("03-20 10:00")
        shown = (await sealed_desk.page("supervisor", self.PAGE)).text
        assert re.search(r"此后的 \d+ 条今晚封签", shown)

    async def test_before_the_first_seal(self, desk):
        await desk.hear(submitted(FILED))
        assert "还没有封签；今晚零点半以后封" in (await desk.page("supervisor", self.PAGE)).text

    async def test_a_leaf_that_was_changed_is_found_on_the_page(self, sealed_desk):
        rows = sealed_desk.store.facts["leaves"]
        for name, row in rows.items():
            texts = [f"{text[:-64]}{'0' * 64}" if text.startswith(APP) else text for text in row["leaves"]]
            rows[name] = {**row, "leaves": texts}
        shown = (await sealed_desk.page("supervisor", self.PAGE)).text
        assert "核对时发现对不上的地方" in shown
        assert "封签的一页被改过" in shown
        broken = (await sealed_desk.get("supervisor", f"/audit/{APP}/verify")).json()["broken"]
        assert (broken["n"], broken["reason"], broken["id"]) == (None, "leaf_changed", "2026-02-12/00002")


async def test_a_day_that_was_sealed_later_says_so(desk):
    await desk.hear(submitted(FILED, application=APP))
    await seal_at(desk, "02-13 01:00")
    await seal_at(desk, "02-16 01:00")
    text = (await desk.page(None, "/seals", upto="2026-02-14")).text
    assert "补封：没有在次日封" in text
    assert text.count('<span class="tag">补封</span>') == 2  # the 13th and the 14th, not the 12th
