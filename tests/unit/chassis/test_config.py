"""A start names every setting that is missing, and never shows a secret."""

import base64
from pathlib import Path

import pytest

from chassis.config import (
    ConfigError,
    load,
    load_process,
    secret,
    secret_key,
    setting,
    whole_number,
)

KEY = base64.b64encode(bytes(range(32))).decode()

COMPLETE = {
    "KETENAANPAK_BROKER_URL": "amqp://intake:SECRET@127.0.0.1:5672/ketenaanpak",
    "KETENAANPAK_BUS_KEYS": f"b2:{KEY},b1:{KEY}",
    "KETENAANPAK_MONGO_URL": "mongodb://intake:SECRET@127.0.0.1/",
    "KETENAANPAK_MASTER_KEYS": f"m1:{KEY}",
    "KETENAANPAK_HASH_KEY": KEY,
    "KETENAANPAK_HEALTH_PORT": "9001",
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests."""
    import os

    for name in list(os.environ):
        if name.startswith("KETENAANPAK_"):
            monkeypatch.delenv(name)


@pytest.fixture
def complete(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Every setting that a service needs."""
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_a_complete_environment_gives_typed_settings(complete: pytest.MonkeyPatch) -> None:
    """A service would otherwise start with other settings than it was given."""
    complete.setenv("KETENAANPAK_CLOCK_FILE", "/some/clock")
    config = load("intake")
    assert config.service == config.database == "intake"
    assert config.broker_url == COMPLETE["KETENAANPAK_BROKER_URL"]
    assert config.mongo_url == COMPLETE["KETENAANPAK_MONGO_URL"]
    assert (config.bus_keys.current_id, config.master_keys.current_id) == ("b2", "m1")
    assert config.hash_key == bytes(range(32))
    assert (config.health_host, config.health_port) == ("127.0.0.1", 9001)
    assert (config.opa_url, config.clock_file) == (None, Path("/some/clock"))
    assert config.log_level == "INFO"


def test_everything_that_is_missing_is_named_at_once() -> None:
    """An operator would otherwise find out one variable at a time."""
    with pytest.raises(ConfigError) as refused:
        load("intake")
    assert refused.value.problems == dict.fromkeys(COMPLETE, "not set")
    for name in COMPLETE:
        assert name in str(refused.value)


def test_a_process_without_a_store_needs_no_store(complete: pytest.MonkeyPatch) -> None:
    """The gateway would otherwise be given a database it must not have."""
    for name in ("MONGO_URL", "MASTER_KEYS", "HASH_KEY", "HEALTH_PORT"):
        complete.delenv(f"KETENAANPAK_{name}")
    complete.setenv("KETENAANPAK_OPA_URL", "http://127.0.0.1:8181")
    config = load_process("gateway")
    assert config.service == "gateway"
    assert config.opa_url == "http://127.0.0.1:8181"


def test_a_value_can_stand_in_a_file(complete: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A secret would otherwise have to stand in the environment, where others may see it."""
    file = tmp_path / "url"
    file.write_text("mongodb://from-file/\n")
    complete.delenv("KETENAANPAK_MONGO_URL")
    complete.setenv("KETENAANPAK_MONGO_URL_FILE", str(file))
    assert load("intake").mongo_url == "mongodb://from-file/"


def test_a_file_that_is_not_there_is_named(complete: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A service would otherwise start with an empty secret."""
    complete.setenv("KETENAANPAK_MONGO_URL_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(ConfigError) as refused:
        load("intake")
    assert refused.value.problems == {
        "KETENAANPAK_MONGO_URL_FILE": "names no readable file of text"
    }


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("KETENAANPAK_BROKER_URL", " ", "empty"),
        ("KETENAANPAK_HEALTH_PORT", "CANARY", "not a whole number"),
        ("KETENAANPAK_HEALTH_PORT", "-1", "not a whole number"),
        ("KETENAANPAK_HASH_KEY", "CANARY!", "a key is written in base64"),
        ("KETENAANPAK_HASH_KEY", "Q0FOQVJZ", "a key is at least 32 bytes"),
        ("KETENAANPAK_BUS_KEYS", "b1:Q0FOQVJZ", "a key is 32 bytes"),
        ("KETENAANPAK_BUS_KEYS", "b1:CANARY!", "a key is written in base64"),
        (
            "KETENAANPAK_MASTER_KEYS",
            "CANARY",
            "keys are written id:base64key, separated by commas, ids unique",
        ),
    ],
)
def test_a_wrong_value_is_explained_without_being_shown(
    complete: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    """A mistyped key would otherwise stand in the log."""
    complete.setenv(name, value)
    with pytest.raises(ConfigError) as refused:
        load("intake")
    assert refused.value.problems == {name: problem}
    assert "CANARY" not in str(refused.value)


def test_settings_can_be_printed_without_their_secrets(complete: pytest.MonkeyPatch) -> None:
    """A debug print would otherwise hand out every password."""
    shown = repr(load("intake"))
    assert "SECRET" not in shown
    assert KEY not in shown
    assert repr(bytes(range(32))) not in shown


def test_a_service_reads_its_own_further_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A service with a setting of its own would otherwise read the environment by itself."""
    pem = tmp_path / "key.pem"
    pem.write_text("-----BEGIN-----\nabc\n-----END-----\n")
    monkeypatch.setenv("KETENAANPAK_SIGNING_KEY_FILE", str(pem))
    monkeypatch.setenv("KETENAANPAK_MATCHING_KEY", KEY)
    monkeypatch.setenv("KETENAANPAK_CHECKPOINT_DIR", "var/checkpoints")
    monkeypatch.setenv("KETENAANPAK_PORT", "8458")
    assert secret("KETENAANPAK_SIGNING_KEY") == "-----BEGIN-----\nabc\n-----END-----"
    assert secret_key("KETENAANPAK_MATCHING_KEY") == bytes(range(32))
    assert setting("KETENAANPAK_CHECKPOINT_DIR") == "var/checkpoints"
    assert setting("KETENAANPAK_AUDIENCE", "ketenaanpak") == "ketenaanpak"
    assert whole_number("KETENAANPAK_PORT") == 8458
    assert whole_number("KETENAANPAK_THREADS", 8) == 8
    with pytest.raises(ConfigError, match="KETENAANPAK_ISSUER: not set"):
        setting("KETENAANPAK_ISSUER")
    with pytest.raises(ConfigError, match="KETENAANPAK_TOKEN: not set"):
        secret("KETENAANPAK_TOKEN")
