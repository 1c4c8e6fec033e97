"""A runtime on the real database, in a database of the test's own."""

import base64
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import pymongo
import pytest

from chassis.config import Config
from chassis.runtime import Runtime, open_runtime
from chassis.sealing import KeyRing
from deploy.local.parts import Parts

KEYS = f"k1:{base64.b64encode(bytes(range(32))).decode()}"

Opener = Callable[..., Runtime]


def config_on(parts: Parts) -> Config:
    """Settings on these parts, as the administrator, with a database of their own."""
    return Config(
        service="sample",
        broker_url=parts.broker_url("intake"),
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
def open_on() -> Iterator[Opener]:
    """Open prepared runtimes on given parts, ``**changes`` made to their settings."""
    opened: list[Runtime] = []

    def opener(parts: Parts, **changes: object) -> Runtime:
        runtime = open_runtime(replace(config_on(parts), **changes))
        opened.append(runtime)
        runtime.prepare()
        return runtime

    yield opener
    for runtime in opened:
        with pymongo.timeout(15):
            runtime.database.client.drop_database(runtime.database.name)
        runtime.close()


@pytest.fixture
def runtime(parts: Parts, open_on: Opener) -> Runtime:
    """A prepared runtime on the shared parts."""
    return open_on(parts)
