"""Secrets and ports of a local run: made once, kept, and nobody else's."""

import base64
import os
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.local import ports
from deploy.local.ports import HOST, Ports
from deploy.local.secrets import Secrets


def test_a_secret_is_made_once_and_its_owner_alone_reads_it(tmp_path: Path) -> None:
    """A restart would lock the platform out of its own database; a neighbour could read it."""
    first = Secrets(tmp_path / "secrets").password("mongo-audit")
    assert Secrets(tmp_path / "secrets").password("mongo-audit") == first
    assert len(first) >= 32
    path = tmp_path / "secrets" / "mongo-audit"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == ["mongo-audit"]


def test_two_that_ask_at_once_get_the_same_secret(tmp_path: Path) -> None:
    """Two processes started together would hold different keys for the same messages."""
    with ThreadPoolExecutor(8) as pool:
        reply = set(pool.map(lambda _: Secrets(tmp_path).key_ring("bus-keys"), range(40)))
    assert len(reply) == 1
    name, _, key = reply.pop().partition(":")
    assert name == "k1"
    assert len(base64.b64decode(key)) == 32


def test_different_secrets_differ(tmp_path: Path) -> None:
    """One leaked password would open everything."""
    secrets = Secrets(tmp_path)
    assert len({secrets.password(f"broker-{number}") for number in range(20)}) == 20


def test_what_a_process_is_given_lies_in_its_own_folder(tmp_path: Path) -> None:
    """A process would be able to read what another one alone may know."""
    secrets = Secrets(tmp_path)
    path = secrets.write_for("intake", "BROKER_URL", "amqp://intake")
    assert secrets.write_for("intake", "BROKER_URL", "amqp://anew") == path
    assert path == tmp_path / "given" / "intake" / "broker_url"
    assert path.read_text() == "amqp://anew"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_ports_are_kept_with_the_state(tmp_path: Path) -> None:
    """A database that comes back on another port is not found by its replica set."""
    names = ("rabbitmq", "mongodb", "opa", "health-intake")
    first = [Ports(tmp_path).of(name) for name in names]
    assert [Ports(tmp_path).of(name) for name in names] == first
    assert len(set(first)) == len(names)


@pytest.mark.parametrize("number", range(50))
def test_ports_stay_where_nobody_takes_them(tmp_path: Path, number: int) -> None:
    """RabbitMQ's tools bind 35672-35682; outgoing connections take any port from 32768 on."""
    assert 20000 <= Ports(tmp_path).of(f"part-{number}") < 32000


def test_a_taken_port_is_reported_with_its_holder() -> None:
    """A person would have to hunt for whoever holds port 8458."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.is_answered(port)
        assert ports.holder(port).startswith(f"process {os.getpid()} (")
    assert ports.is_free(port)
    assert not ports.is_answered(port)
    assert ports.holder(port) == "another program"
