"""Intake's application object on the real database, in a database of the test's own."""

import base64
import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

import pytest

from chassis.bus.client import RpcClient
from chassis.clock import FixedClock
from chassis.config import Config
from chassis.runtime import Runtime, open_runtime
from chassis.sealing import KeyRing
from deploy.local.parts import Parts
from services.intake.application import Intake
from services.intake.staff_import import StaffImport
from tests.integration.intake.client import Client
from tests.integration.intake.closed import Closed

KEYS = f"k1:{base64.b64encode(bytes(range(32))).decode()}"
MATCHING_KEY = bytes(range(32))
STAFF = {
    "person": "p-staff",
    "partners": ["parket"],
    "given_names": [],
    "family_names": [],
    "national_number": "85010112387",
    "remove": False,
}


def config_on(parts: Parts, database: str = "") -> Config:
    """Settings on these parts, as the administrator."""
    return Config(
        service="intake",
        broker_url=parts.broker_url("intake"),
        bus_keys=KeyRing.parse(KEYS),
        opa_url=None,
        clock_file=None,
        log_level="INFO",
        mongo_url=parts.mongodb.admin_url(),
        database=database or f"test_{uuid.uuid4().hex}",
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
def closed() -> Closed:
    """What risk and plans closed: nothing, until a test says so."""
    return Closed()


@pytest.fixture
def runtime(parts: Parts, clock: FixedClock, closed: Closed) -> Iterator[Runtime]:
    """A prepared runtime whose database goes when the test ends."""
    opened = replace(open_runtime(config_on(parts)), clock=clock, client=cast(RpcClient, closed))
    opened.prepare()
    yield opened
    opened.database.client.drop_database(opened.database.name)
    opened.close()


@pytest.fixture
def intake(runtime: Runtime) -> Intake:
    """Intake with one member of staff whose national number is known."""
    made = Intake(runtime, MATCHING_KEY)
    StaffImport(runtime, MATCHING_KEY).run([STAFF])
    return made


@pytest.fixture
def client(intake: Intake) -> Client:
    """Where commands are sent."""
    return Client(intake)


@pytest.fixture
def replica(runtime: Runtime) -> Iterator[Client]:
    """A second process of intake on the same database, that has read nothing yet."""
    beside = replace(open_runtime(runtime.config), clock=runtime.clock, client=runtime.client)
    yield Client(Intake(beside, MATCHING_KEY))
    beside.close()
