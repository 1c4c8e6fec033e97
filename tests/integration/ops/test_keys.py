"""The doctor looks at the keys of a real database."""

import uuid
from typing import Any

import pytest
from pymongo import MongoClient
from typer.testing import CliRunner

from chassis.sealing import KeyRing
from chassis.vault import Vault
from deploy.local.parts import Parts
from deploy.local.secrets import new_key
from ops.cli import app


def test_an_operator_of_a_service_learns_that_the_old_key_is_needed_and_then_is_not(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A leaked key would be kept for ever, or thrown away too early."""
    old, new = f"k1:{new_key()}", f"k2:{new_key()}"
    monkeypatch.setenv("KETENAANPAK_BROKER_URL", parts.broker_url("operator"))
    own = f"test_{uuid.uuid4().hex}"
    url = parts.mongodb.admin_url().replace("/?", f"/{own}?authSource=admin&")
    monkeypatch.setenv("KETENAANPAK_MONGO_URL", url)
    monkeypatch.setenv("KETENAANPAK_MASTER_KEYS", f"{new},{old}")
    monkeypatch.setenv("COLUMNS", "200")
    with MongoClient[dict[str, Any]](url) as client:
        database = client.get_default_database()
        Vault(database, KeyRing.parse(old), "plans").seal("case-1", "a", 1)
        before = CliRunner().invoke(app, ["doctor"]).stdout
        Vault(database, KeyRing.parse(f"{new},{old}"), "plans").rewrap()
        after = CliRunner().invoke(app, ["doctor"]).stdout
        client.drop_database(own)

    assert "an older key is still needed: k1 for 1 data keys" in before
    assert "1 data keys, all wrapped with k2; no longer needed: k1" in after
