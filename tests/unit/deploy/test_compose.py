"""The containers' files say the same as the code that reads them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis import config
from deploy.containers import setup
from deploy.local.settings import SERVICES
from gateway import config as gateway_config

ROOT = Path(__file__).parents[3]
COMPOSE = ROOT / "docker-compose.yml"
PARTS = {"rabbitmq", "mongodb", "opa"}
ONE_SHOT = {"secrets", "database", "queues"}
MIGRATED = tuple(service for service in SERVICES if service != "audit")
"""Audit never changes what it recorded."""
MIGRATIONS = {f"{service}-migrations" for service in MIGRATED}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file as data, anchors resolved."""
    read: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return read


@pytest.fixture
def handed(tmp_path: Path) -> Path:
    """The folder that the one-shot container fills, one folder per process."""
    (tmp_path / "checkpoints").mkdir()
    setup.secrets(tmp_path / "made", tmp_path / "handed", tmp_path / "checkpoints")
    return tmp_path / "handed"


def environment_of(compose: dict[str, Any], service: str, handed: Path) -> dict[str, str]:
    """What a container would see, with the handed files where the setup put them."""
    reply = {
        name: str(value) for name, value in compose["services"][service]["environment"].items()
    }
    filled = {
        name: re.sub(r"\$\{\w+(:-)?([^:}]*)(:\?[^}]*)?\}", r"\2", v) for name, v in reply.items()
    }
    return {
        name: value.replace("/handed/", f"{handed / service}/") for name, value in filled.items()
    }


def test_every_part_and_every_service_is_there(compose: dict[str, Any]) -> None:
    """`docker compose up` would start a platform with a hole in it."""
    assert set(compose["services"]) == {*PARTS, *ONE_SHOT, *SERVICES, *MIGRATIONS, "gateway"}


@pytest.mark.parametrize("service", MIGRATED)
def test_what_a_service_stored_is_migrated_before_it_starts(
    compose: dict[str, Any], service: str
) -> None:
    """It would wait for an operator, in a room of containers that all look well."""
    one_shot = compose["services"][f"{service}-migrations"]
    served = compose["services"][service]
    assert one_shot["command"] == ["sh", "-c", "exec python -m chassis.migrate services.$$SERVICE"]
    assert one_shot["restart"] == "no"
    for shared in ("build", "environment", "volumes", "read_only", "cap_drop"):
        assert one_shot[shared] == served[shared]
    assert set(one_shot["depends_on"]) == set(served["depends_on"]) - MIGRATIONS - {"opa"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_finds_every_setting_it_reads(
    compose: dict[str, Any], handed: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container would end at its start, naming what is missing."""
    for name, value in environment_of(compose, service, handed).items():
        monkeypatch.setenv(name, value)
    read = config.load(service)
    assert read.database == service
    assert read.broker_url.startswith(f"amqp://{service}:")
    assert read.broker_url.endswith("@rabbitmq:5672/ketenaanpak")
    assert read.mongo_url.startswith(f"mongodb://{service}:")
    assert read.mongo_url.endswith(f"@mongodb:27017/{service}?authSource={service}&replicaSet=rs0")
    assert (read.opa_url == "http://opa:8181") is (service == "notifications")


def test_the_services_own_settings_are_handed_over(
    compose: dict[str, Any], handed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Intake could match nobody, and audit could sign nothing."""
    for service in ("intake", "audit"):
        for name, value in environment_of(compose, service, handed).items():
            monkeypatch.setenv(name, value)
    assert len(config.secret_key("KETENAANPAK_MATCHING_KEY")) == 32
    assert config.secret("KETENAANPAK_SIGNING_KEY").startswith("-----BEGIN PRIVATE KEY-----")
    assert config.setting("KETENAANPAK_CHECKPOINT_DIR") == "/checkpoints"


def test_the_gateway_finds_every_setting_it_reads(
    compose: dict[str, Any], handed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would get in."""
    for name, value in environment_of(compose, "gateway", handed).items():
        monkeypatch.setenv(name, value)
    for line in (ROOT / ".env.example").read_text().splitlines():
        if line and not line.startswith("#"):
            monkeypatch.setenv(*line.split("=", 1))
    read = gateway_config.load()
    assert read.opa_url == "http://opa:8181"
    assert read.jwks == "https://sign-in.example.org/.well-known/jwks.json"
    assert read.issuer == "https://sign-in.example.org"
    assert read.audience == "ketenaanpak"


def test_all_services_hold_the_same_bus_key_and_no_other_common_secret(handed: Path) -> None:
    """One stolen container would open what the others keep."""
    held = {
        service: {path.name: path.read_text() for path in (handed / service).iterdir()}
        for service in (*SERVICES, "gateway", "operator")
    }
    assert len({files["bus_keys"] for files in held.values()}) == 1
    for name in ("broker_url", "mongo_url", "master_keys", "hash_key"):
        values = [files[name] for files in held.values() if name in files]
        assert len(set(values)) == len(values) >= len(SERVICES)
    assert set(held["gateway"]) == set(held["operator"]) == {"broker_url", "bus_keys"}


def test_a_second_setup_keeps_every_secret(handed: Path, tmp_path: Path) -> None:
    """`docker compose up` after an upgrade would lock the platform out of its data."""

    def contents() -> dict[str, str]:
        return {
            str(path): path.read_text()
            for path in handed.rglob("*")
            if path.is_file() and path.name != "definitions.json"
        }

    before = contents()
    setup.secrets(tmp_path / "made", handed, tmp_path / "checkpoints")
    assert contents() == before


def test_the_container_that_removes_queues_knows_the_declared_ones(
    compose: dict[str, Any], handed: Path
) -> None:
    """It would remove queues that services wait at, or leave those of former versions."""
    script, vhost, names = compose["services"]["queues"]["command"][1:]
    assert (
        f"./deploy/rabbitmq/{Path(script).name}:{script}:ro"
        in (compose["services"]["queues"]["volumes"])
    )
    definitions = json.loads((handed / "rabbitmq" / "definitions.json").read_text())
    declared = (handed / "rabbitmq" / Path(names).name).read_text().splitlines()
    assert sorted(declared) == sorted(queue["name"] for queue in definitions["queues"])
    assert definitions["vhosts"] == [{"name": vhost}]


def test_each_container_mounts_what_it_alone_may_know(compose: dict[str, Any]) -> None:
    """A process could read another's keys."""
    for name, service in compose["services"].items():
        mounted = {volume.split(":")[0] for volume in service.get("volumes", [])}
        secret = {volume for volume in mounted if volume.endswith("-handed") or volume == "made"}
        if name == "database":
            assert secret == {"made"}
        elif name == "queues":
            assert secret == {"rabbitmq-handed"}
        elif name not in {"secrets", "opa"}:
            assert secret == {f"{name.removesuffix('-migrations')}-handed"}


def test_whoever_waits_waits_for_something_that_says_when_it_is_ready(
    compose: dict[str, Any],
) -> None:
    """A service would be started before its broker knows its queues."""
    for name, service in compose["services"].items():
        for other, condition in service.get("depends_on", {}).items():
            ends = other in ONE_SHOT | MIGRATIONS
            wanted = "service_completed_successfully" if ends else "service_healthy"
            assert condition == {"condition": wanted}, f"{name} waits for {other}"
        if name in ONE_SHOT | MIGRATIONS:
            assert service["healthcheck"] == {"disable": True}
        else:
            assert service["healthcheck"]["test"][0] == "CMD"
    for name in SERVICES:
        before = {*ONE_SHOT, "rabbitmq", "mongodb"}
        if name in MIGRATED:
            before.add(f"{name}-migrations")
        assert before <= set(compose["services"][name]["depends_on"])


def test_the_networks_keep_policy_data_and_edge_apart(compose: dict[str, Any]) -> None:
    """The gateway could reach a database, or the internet a broker."""
    networks = {
        name: set(service["networks"])
        for name, service in compose["services"].items()
        if "networks" in service
    }
    assert networks.pop("gateway") == {"edge", "bus", "policy"}
    assert networks.pop("opa") == {"policy"}
    assert networks.pop("mongodb") == {"data"}
    assert networks.pop("rabbitmq") == {"bus"}
    assert networks.pop("notifications") == {"bus", "data", "policy"}
    assert all(networks.pop(name) == {"data"} for name in sorted(MIGRATIONS))
    assert networks == {name: {"bus", "data"} for name in ("intake", "risk", "plans", "audit")}
    inside = {name for name, network in compose["networks"].items() if network.get("internal")}
    assert inside == {"bus", "data", "policy"}
    published = {name for name, service in compose["services"].items() if "ports" in service}
    assert published == {"gateway"}
    assert compose["services"]["gateway"]["ports"][0].startswith("127.0.0.1:")


def test_no_secret_stands_in_the_files() -> None:
    """Whoever reads the repository would hold a password."""
    for path in (COMPOSE, ROOT / ".env.example", ROOT / "deploy" / "Dockerfile"):
        for line in path.read_text().splitlines():
            assert not re.search(r"(?i)(password|secret|key)\w*\s*[=:]\s*\S{16,}", line) or (
                "_FILE: /handed/" in line
            ), f"{path.name}: {line}"


def test_an_image_holds_one_service_and_runs_as_nobody_special() -> None:
    """A broken service would find the code and the rights of all the others."""
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    stages = re.split(r"(?m)^FROM ", text)
    final = stages[-1]
    assert final.startswith("python AS service")
    assert re.findall(r"(?m)^COPY (.*)$", final) == [
        "contracts contracts",
        "chassis chassis",
        "--from=room /room/ ./",
        "deploy/containers/start.sh deploy/containers/ready.py /opt/",
    ]
    assert "\nUSER 10001:10001\n" in final
    assert "\nHEALTHCHECK " in final
    for path in re.findall(r"(?m)^COPY (?!--from)(.*)$", text):
        for source in path.split()[:-1]:
            assert (ROOT / source).exists(), source


def test_the_compose_tool_accepts_the_file() -> None:
    """The first thing a person types would fail."""
    tool = shutil.which("docker-compose")
    if tool is not None:
        env_file = str(ROOT / ".env.example")
        argv = [tool, "--env-file", env_file, "-f", str(COMPOSE), "config", "--quiet"]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
