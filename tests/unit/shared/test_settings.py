"""Settings: complete or not at all, and never a secret in a message."""

import base64
import os
import stat
from datetime import time

import pytest

from shared.settings import Settings, SettingsError, load_settings

KEY = base64.b64encode(bytes(range(32))).decode()
PRODUCTION = {
    "ENV": "production",
    "KAFKA": "kafka:9092",
    "MONGO_URI": "mongodb://mongo/?replicaSet=rs0",
    "PUBLIC_URL": "https://hall.example.org",
    "ISSUER": "https://login.example.org",
    "JWKS": "https://login.example.org/jwks",
    "SEAL_KEYS": f"k1:{KEY},k0:{KEY}",
    "HOLDER_KEY": KEY,
    "FORM_KEY": KEY,
}


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("ONEDOOR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ONEDOOR_DATA_DIR", str(tmp_path))

    def put(**variables):
        for name, value in variables.items():
            monkeypatch.setenv(f"ONEDOOR_{name}", value)

    return put


@pytest.fixture
def production(environment, tmp_path):
    path = tmp_path / "signing.pem"
    path.write_bytes(b"pem")
    environment(**PRODUCTION, SIGNING_KEY=str(path), AUDIT_KEY=str(path))
    return environment


def test_development_makes_its_secrets_once_and_for_its_owner_only(environment, tmp_path):
    first, second = load_settings(), load_settings()
    assert first.seal_keys == second.seal_keys
    assert [len(key) for key in first.seal_keys.values()] == [32]
    assert first.holder_key == second.holder_key != next(iter(first.seal_keys.values()))
    assert first.signing_key.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert first.audit_key.read_bytes() != first.signing_key.read_bytes()
    for path in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_machines_make_different_secrets(environment, tmp_path):
    environment(DATA_DIR=str(tmp_path / "a"))
    one = load_settings()
    environment(DATA_DIR=str(tmp_path / "b"))
    assert one.holder_key != load_settings().holder_key


def test_a_process_makes_only_the_secrets_that_it_may_hold(environment, tmp_path):
    assert load_settings(secrets=[]).holder_key == b""
    assert not (tmp_path / "secrets").exists()


def test_production_takes_what_is_set(production):
    settings = load_settings()
    assert settings.production
    assert list(settings.seal_keys) == ["k1", "k0"]


def test_the_first_seal_key_closes_new_boxes(production):
    from shared.contracts.terms import Party

    party = Party(kind="person", name="样例", code="110000199001010018")
    assert load_settings().keyring.seal(party, "A").kid == "k1"


@pytest.mark.parametrize("name", [*PRODUCTION.keys() - {"ENV"}, "SIGNING_KEY", "AUDIT_KEY"])
def test_production_names_the_variable_that_is_missing(production, monkeypatch, name):
    monkeypatch.delenv(f"ONEDOOR_{name}")
    with pytest.raises(SettingsError, match=f"ONEDOOR_{name}"):
        load_settings()


def test_production_does_not_need_a_secret_that_the_service_does_not_hold(production, monkeypatch):
    monkeypatch.delenv("ONEDOOR_HOLDER_KEY")
    assert load_settings(secrets=["seal_keys"]).holder_key == b""


def test_production_refuses_the_development_issuer(production):
    production(ISSUER="https://issuer.onedoor.invalid")
    with pytest.raises(SettingsError, match="ONEDOOR_ISSUER"):
        load_settings()


def test_production_refuses_keys_over_plain_http(production):
    production(JWKS="http://login.example.org/jwks")
    with pytest.raises(SettingsError, match="https"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SEAL_KEYS", "k1:c2hvcnQ=", "holds 5 bytes"),
        ("SEAL_KEYS", "k1:not base64!", "not base64"),
        ("SEAL_KEYS", KEY, "must look like"),
        ("SEAL_KEYS", f"k1:{KEY},k1:{KEY}", "twice"),
        ("HOLDER_KEY", "c2VjcmV0", "holds 6 bytes"),
        ("CUT_OFF", "25:00", "ONEDOOR_CUT_OFF"),
        ("ENV", "prod", "ONEDOOR_ENV"),
        ("PUBLIC_URL", "hall", "ONEDOOR_PUBLIC_URL"),
        ("SERVICE_URLS", "intake", "must look like"),
    ],
)
def test_a_wrong_setting_is_named_with_its_reason_and_without_its_value(environment, name, value, says):
    environment(**{name: value})
    with pytest.raises(SettingsError, match=says) as caught:
        load_settings()
    assert f"ONEDOOR_{name}" in str(caught.value)
    if name.endswith(("KEY", "KEYS")):
        assert value not in str(caught.value)


def test_secrets_are_not_shown(production):
    shown = repr(load_settings())
    assert KEY not in shown
    assert repr(bytes(range(32))) not in shown
    assert "mongodb://" not in shown


def test_links_go_through_the_hall_unless_a_service_has_its_own_address(environment):
    environment(PUBLIC_URL="http://127.0.0.1:8000/", SERVICE_URLS="ratings=https://r.example.org/")
    settings = load_settings()
    assert settings.url_of("intake", "/items") == "http://127.0.0.1:8000/intake/items"
    assert settings.url_of("ratings", "/give") == "https://r.example.org/give"
    assert settings.database("intake") == "onedoor_intake"


def test_the_plain_settings_are_read(environment):
    environment(CUT_OFF="17:30", UPLOAD_LIMIT="5MiB", MONGO_DRIVER="pymongo")
    settings = load_settings()
    assert settings.cut_off == time(17, 30)
    assert settings.upload_limit == 5 * 1024 * 1024


def test_what_is_needed_now_is_asked_for_by_name():
    with pytest.raises(SettingsError, match="ONEDOOR_KAFKA, ONEDOOR_MONGO_URI"):
        Settings(kafka="", mongo_uri="").need("kafka", "mongo_uri")
