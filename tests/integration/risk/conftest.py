"""Risk's application object on the real database, in a database of the test's own."""

import base64
import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chassis.clock import FixedClock
from chassis.config import Config
from chassis.runtime import Runtime, open_runtime
from chassis.sealing import KeyRing
from deploy.local.parts import Parts
from services.risk.application import Risk
from tests.integration.risk.client import Client
from tests.unit.risk.instruments import catalogue

KEYS = f"k1:{base64.b64encode(bytes(range(32))).decode()}"


def config_on(parts: Parts) -> Config:
    """Settings on these parts, as the administrator."""
    return Config(
        service="risk",
        broker_url=parts.broker_url("risk"),
        bus_keys=KeyRing.parse(KEYS),
        opa_url=None,
        clock_file=None,
        log_level="INFO",
        mongo_url=parts.mongodb.admin_url(),
        database=f"test_{uuid.uuid4().hex}",
        master_keys=KeyRing.parse(KEYS),
        hash_key=os.urandom(32),
        health_host="127.0.0.1",
        health_port=0,
    )


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still: it begins at the true present."""
    return FixedClock(datetime.now(UTC))


@pytest.fixture
def runtime(parts: Parts, clock: FixedClock) -> Iterator[Runtime]:
    """A prepared runtime whose database goes when the test ends."""
    opened = replace(open_runtime(config_on(parts)), clock=clock)
    opened.prepare()
    yield opened
    opened.database.client.drop_database(opened.database.name)
    opened.close()


@pytest.fixture
def client(runtime: Runtime) -> Client:
    """Where commands are sent."""
    return Client(Risk(runtime, catalogue()))


@pytest.fixture
def replica(runtime: Runtime) -> Iterator[Client]:
    """A second process of risk on the same database, that has read nothing yet."""
    beside = replace(open_runtime(runtime.config), clock=runtime.clock)
    yield Client(Risk(beside, catalogue()))
    beside.close()
