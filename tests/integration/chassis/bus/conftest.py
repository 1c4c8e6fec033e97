"""Sample services and a caller for the tests of the bus."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chassis.bus.client import RpcClient
from chassis.sealing import KeyRing
from deploy.local.parts import Parts
from tests.integration.chassis.bus.process import BUS_KEYS, Running, running


@pytest.fixture(scope="module")
def referrals(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sample service that answers and publishes."""
    with running(parts, "referrals", "intake", tmp_path_factory.mktemp("intake")) as service:
        yield service


@pytest.fixture(scope="module")
def subscriber(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sample service that handles events."""
    folder: Path = tmp_path_factory.mktemp("notifications")
    with running(parts, "subscriber", "notifications", folder) as service:
        yield service


@pytest.fixture
def caller(parts: Parts) -> Iterator[RpcClient]:
    """A client as the gateway has."""
    client = RpcClient(parts.broker_url("gateway"), KeyRing.parse(BUS_KEYS))
    yield client
    client.close()
