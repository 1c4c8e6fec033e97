"""Sample persons and their tokens."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from typer.testing import CliRunner

from deploy.local.identity import AUDIENCE, ISSUER
from deploy.local.platform import Platform
from deploy.local.sample_persons import sample_persons
from ops.cli import app

NUMBER = "88050400017"
KEY = bytes(range(32))


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A local run that was prepared once."""
    (tmp_path / "secrets").mkdir(mode=0o700)
    monkeypatch.setenv("KETENAANPAK_STATE", str(tmp_path))
    return Platform(tmp_path)


def claims_of(token: str, local: Platform) -> dict[str, object]:
    """The claims of a token that the run's published keys prove."""
    text = local.settings.of_gateway()["KETENAANPAK_JWKS"]
    keys = KeySet.import_key_set(json.loads(Path(text).read_text()))
    claims: dict[str, object] = jwt.decode(token, keys, algorithms=["RS256"]).claims
    return claims


@pytest.mark.parametrize("person", ["parket", "p-099056e2"])
def test_a_token_is_all_that_is_printed_and_proves_the_person(person: str, local: Platform) -> None:
    """`TOKEN=$(make token PERSON=…)` gives what the gateway takes."""
    done = CliRunner().invoke(app, ["token", person, "--mandate", "m-1"])

    assert done.exit_code == 0
    token = done.stdout.removesuffix("\n")
    assert token.count(".") == 2
    assert not set(token) & set(" \n")
    claims = claims_of(token, local)
    assert (claims["sub"], claims["mandate"]) == (sample_persons()["parket"].id, "m-1")
    assert (claims["iss"], claims["aud"]) == (ISSUER, AUDIENCE)


def test_a_token_lives_in_the_time_of_the_platform(local: Platform) -> None:
    """A story told eight months back accepts the tokens made for it."""
    local.clock.set_offset(-240 * 86_400.0)

    token = CliRunner().invoke(app, ["token", "parket"]).stdout.strip()

    issued = claims_of(token, local)["iat"]
    assert isinstance(issued, int)
    assert abs(issued - (datetime.now(UTC).timestamp() - 240 * 86_400)) < 60


def test_an_unknown_person_gets_no_token(local: Platform) -> None:
    """A typing error is reported, and standard output stays empty for the script that reads it."""
    done = CliRunner().invoke(app, ["token", "nobody"])

    assert (done.exit_code, done.stdout) == (1, "")
    assert "ketenaanpak people" in done.stderr


def test_everybody_is_listed_with_partner_and_roles() -> None:
    """Somebody who tries the platform sees whom to be."""
    done = CliRunner().invoke(app, ["people"], env={"COLUMNS": "240"})

    assert done.exit_code == 0
    for person in sample_persons().values():
        (line,) = (line for line in done.stdout.splitlines() if person.id in line)
        for shown in (person.key, person.name, person.partner or "–", *person.roles):
            assert shown in line
