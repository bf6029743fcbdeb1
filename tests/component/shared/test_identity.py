"""People by their tokens: what is accepted, what is refused, and how keys are fetched."""

import json
import time
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Depends
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from stdnum.cn import ric, uscc

from shared.clock import MovableClock
from shared.identity import Identity, Person, person, require
from shared.local.issuer import DevelopmentIssuer, RefusedInProduction, sample_persons
from shared.permissions import Role
from shared.settings import Settings, load_settings
from shared.token_keys import AGAIN_AFTER, STALE_AFTER, KeysUnavailable, TokenKeys
from shared.web.app import build_app
from shared.web.problems import Problem

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
CLAIMS = {
    "iss": "https://login.example.org",
    "aud": ["onedoor", "account"],
    "exp": int(NOW.timestamp()) + 300,
    "sub": "u1",
    "name": "样例",
    "roles": ["officer", "offline_access"],
    "department": "fire",
}


@pytest.fixture
def settings(tmp_path):
    return load_settings(data_dir=tmp_path, jwks=str(tmp_path / "jwks.json"), issuer=CLAIMS["iss"])


def publish(settings, *keys):
    with open(settings.jwks, "w") as file:
        json.dump({"keys": [key.as_dict(private=False) for key in keys]}, file)


def new_key(kind=OKPKey, size="Ed25519", kid="k1"):
    return kind.generate_key(size, {"kid": kid})


def token(key, claims=CLAIMS, algorithm="Ed25519", kid="k1"):
    return jwt.encode({"alg": algorithm, "kid": kid}, dict(claims), key, algorithms=[algorithm])


async def recognise(settings, text):
    return await Identity(settings, clock=lambda: NOW).recognise(text)


async def refused(settings, text):
    with pytest.raises(Problem) as caught:
        await recognise(settings, text)
    assert caught.value.status_code == 401
    assert caught.value.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    return caught.value.code


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize(
    ("kind", "size", "algorithm"),
    [(OKPKey, "Ed25519", "Ed25519"), (OKPKey, "Ed25519", "EdDSA"), (RSAKey, 2048, "RS256"), (ECKey, "P-256", "ES256")],
)
async def test_a_token_of_the_issuer_is_believed(settings, kind, size, algorithm):
    key = new_key(kind, size)
    publish(settings, key)
    found = await recognise(settings, token(key, algorithm=algorithm))
    assert found == Person("u1", "样例", frozenset({Role.OFFICER}), "fire")


async def test_a_legal_person_and_an_identity_number_are_read(settings):
    key = new_key()
    publish(settings, key)
    more = {"id_number": "110000199001010018", "org": {"uscc": "91000000EXAMPLE01P", "name": "样例公司"}}
    found = await recognise(settings, token(key, {**CLAIMS, **more}))
    assert found.id_number == "110000199001010018"
    assert (found.org.uscc, found.org.name) == ("91000000EXAMPLE01P", "样例公司")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iss": "https://elsewhere.example.org"}, "token_invalid"),
        ({"aud": "another"}, "token_invalid"),
        ({"exp": int(NOW.timestamp()) - 31}, "token_expired"),
        ({"nbf": int(NOW.timestamp()) + 31}, "token_invalid"),
        ({"exp": None}, "token_invalid"),
        ({"exp": "soon"}, "token_invalid"),
        ({"sub": None}, "token_invalid"),
        ({"sub": ""}, "token_invalid"),
        ({"aud": None}, "token_invalid"),
        ({"iss": None}, "token_invalid"),
        ({"roles": "clerk"}, "token_invalid"),
        ({"department": "FIRE$"}, "token_invalid"),
        ({"id_number": {"$ne": ""}}, "token_invalid"),
    ],
)
async def test_a_token_that_does_not_hold_is_refused(settings, change, code):
    key = new_key()
    publish(settings, key)
    claims = {name: value for name, value in {**CLAIMS, **change}.items() if value is not None}
    assert await refused(settings, token(key, claims)) == code


@pytest.mark.parametrize("change", [{"exp": int(NOW.timestamp()) - 29}, {"nbf": int(NOW.timestamp()) + 29}])
async def test_clocks_may_differ_by_half_a_minute(settings, change):
    key = new_key()
    publish(settings, key)
    assert (await recognise(settings, token(key, {**CLAIMS, **change}))).subject == "u1"


async def test_a_token_nested_beyond_reading_is_refused(settings):
    key = new_key()
    publish(settings, key)
    deep = jws.serialize_compact({"alg": "Ed25519", "kid": "k1"}, b"[" * 5000, key, algorithms=["Ed25519"])
    assert await refused(settings, deep) == "token_invalid"


async def test_forged_tokens_are_refused(settings):
    key = new_key()
    publish(settings, key)
    good = token(key)
    head, body, signature = good.split(".")
    public = OctKey.import_key(json.dumps(key.as_dict(private=False)))
    no_algorithm = urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').decode().rstrip("=")
    unsigned = f"{no_algorithm}.{body}."
    forged = [
        token(new_key()),
        token(public, algorithm="HS256"),
        unsigned,
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body}.",
        jwt.encode({"alg": "Ed25519"}, dict(CLAIMS), key, algorithms=["Ed25519"]),
        token(key, kid="unknown"),
        good + "." + good,
        "rubbish",
        "",
        "å.å.å",
        "x" * 10_000,
    ]
    for text in forged:
        assert await refused(settings, text) == "token_invalid"
    assert (await recognise(settings, good)).subject == "u1"


class Provider:
    """A provider's JWKS address that counts its visitors and can be down."""

    def __init__(self, *keys):
        self.keys, self.visits, self.down = list(keys), 0, False
        self.now = 0.0

    def answer(self, request):
        self.visits += 1
        if self.down:
            raise httpx.ConnectError("down", request=request)
        return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.keys]})

    def reader(self):
        return TokenKeys(
            "https://login.example.org/jwks",
            monotonic=lambda: self.now,
            transport=httpx.MockTransport(self.answer),
        )


async def test_keys_are_read_once_and_kept():
    provider = Provider(new_key())
    keys = provider.reader()
    for _ in range(5):
        assert (await keys.get("k1")).kid == "k1"
    assert provider.visits == 1


async def test_a_new_key_is_found_and_invented_ids_are_no_load():
    provider = Provider(new_key())
    keys = provider.reader()
    await keys.get("k1")
    provider.keys.append(new_key(kid="k2"))
    assert await keys.get("k2") is None
    provider.now += AGAIN_AFTER
    assert (await keys.get("k2")).kid == "k2"
    for number in range(20):
        assert await keys.get(f"invented-{number}") is None
    assert provider.visits == 2


async def test_a_key_that_was_taken_back_is_forgotten():
    provider = Provider(new_key())
    keys = provider.reader()
    await keys.get("k1")
    provider.keys = [new_key(kid="k2")]
    provider.now += STALE_AFTER
    assert await keys.get("k1") is None


async def test_a_provider_that_is_down_leaves_known_keys_and_no_unknown_people():
    provider = Provider(new_key())
    keys = provider.reader()
    provider.down = True
    with pytest.raises(KeysUnavailable):
        await keys.get("k1")
    provider.down = False
    provider.now += AGAIN_AFTER
    assert await keys.get("k1")
    provider.down = True
    provider.now += STALE_AFTER
    assert await keys.get("k1")


async def test_without_any_key_the_answer_is_come_back_later(settings):
    with pytest.raises(Problem) as caught:
        await recognise(settings, token(new_key()))
    assert caught.value.status_code == 503
    assert "Retry-After" in caught.value.headers


@pytest.fixture
def hall(tmp_path):
    settings = load_settings(data_dir=tmp_path)
    issuer = DevelopmentIssuer(settings, ["fire", "health"])
    router = APIRouter()

    @router.get("/me")
    async def me(asker: Annotated[Person, Depends(person)]) -> dict[str, str]:
        return {"subject": asker.subject}

    @router.get("/tasks")
    async def tasks(asker: Annotated[Person, Depends(require("task.read"))]) -> str:
        return asker.department

    routers = [router, issuer.router()]
    app = build_app("intake", settings, title="样例", description="样例", routers=routers)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hall")


async def sign_in(http, key):
    answer = await http.post("/dev/token", params={"person": key})
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_nobody_is_asked_to_sign_in(hall):
    answer = await hall.get("/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "not_signed_in"


async def test_a_sample_person_signs_in_and_acts_within_the_role(hall):
    officer = await sign_in(hall, "officer-fire")
    assert (await hall.get("/me", headers=officer)).json() == {"subject": "sample:officer-fire"}
    assert (await hall.get("/tasks", headers=officer)).json() == "fire"
    applicant = await sign_in(hall, "applicant")
    refused = await hall.get("/tasks", headers=applicant)
    assert refused.status_code == 403
    assert refused.json()["actions"] == ["task.read"]


async def test_the_list_of_sample_people_shows_no_identity_number_and_marks_itself(hall):
    answer = await hall.get("/dev/persons")
    assert "样例" in answer.json()["notice"]
    assert all("样例" in one["name"] for one in answer.json()["persons"])
    assert "110000" not in answer.text


async def test_an_unknown_sample_person_is_not_found(hall):
    answer = await hall.post("/dev/token", params={"person": "nobody"})
    assert answer.status_code == 404
    assert answer.json()["code"] == "no_such_person"
    assert (await hall.post("/dev/token")).status_code == 422


async def test_the_public_key_alone_is_published(hall):
    [key] = (await hall.get("/.well-known/jwks.json")).json()["keys"]
    assert key["kty"] == "OKP"
    assert "d" not in key


def test_every_role_has_a_sample_person_and_every_number_passes_its_check():
    people = sample_persons(["fire", "health"])
    assert {role for one in people.values() for role in one.roles} == set(Role)
    assert people["officer-health"].department == "health"
    numbers = [one.id_number for one in people.values() if one.id_number]
    assert len(set(numbers)) == len(numbers) >= 3
    assert all(ric.is_valid(number) and number.startswith("110000") for number in numbers)
    assert uscc.is_valid(people["company"].org.uscc)


def test_the_development_issuer_refuses_production(tmp_path):
    with pytest.raises(RefusedInProduction, match="ONEDOOR_ENV"):
        DevelopmentIssuer(Settings(env="production", data_dir=tmp_path))
    assert not list(tmp_path.iterdir())


async def test_a_restarted_issuer_keeps_its_key_so_that_tokens_stay_good(tmp_path):
    settings = load_settings(data_dir=tmp_path)
    clock = MovableClock(datetime.fromtimestamp(time.time(), UTC))
    text = DevelopmentIssuer(settings, clock=clock).mint("clerk", timedelta(hours=1))
    DevelopmentIssuer(settings)
    identity = Identity(settings, clock=clock)
    assert (await identity.recognise(text)).roles == {Role.CLERK}
    clock.advance(timedelta(hours=2))
    with pytest.raises(Problem) as caught:
        await identity.recognise(text)
    assert caught.value.code == "token_expired"


class TestRemembering:
    async def test_a_token_is_looked_at_again_after_a_while_and_never_believed_once_expired(self, settings):
        key, now = new_key(), [NOW]
        publish(settings, key)
        identity = Identity(settings, clock=lambda: now[0])
        text = token(key, {**CLAIMS, "exp": int(NOW.timestamp()) + 60})
        first = await identity.recognise(text)
        identity._keys = None  # it is not verified again
        assert await identity.recognise(text) is first
        now[0] = NOW + timedelta(seconds=31)
        with pytest.raises(AttributeError):
            await identity.recognise(text)

    async def test_what_is_remembered_ends_with_the_token(self, settings):
        key, now = new_key(), [NOW]
        publish(settings, key)
        identity = Identity(settings, clock=lambda: now[0])
        text = token(key, {**CLAIMS, "exp": int(NOW.timestamp()) + 5})
        await identity.recognise(text)
        now[0] = NOW + timedelta(seconds=36)
        with pytest.raises(Problem) as caught:
            await identity.recognise(text)
        assert caught.value.code == "token_expired"

    async def test_only_so_many_are_kept(self, settings, monkeypatch):
        monkeypatch.setattr("shared.identity.REMEMBERED", 2)
        key = new_key()
        publish(settings, key)
        identity = Identity(settings, clock=lambda: NOW)
        for name in ("a", "b", "c"):
            await identity.recognise(token(key, {**CLAIMS, "sub": name}))
        assert len(identity._recognised) == 2
