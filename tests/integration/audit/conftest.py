"""Audit's application object on the real database, in a database of the test's own."""

import base64
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.clock import FixedClock
from chassis.config import Config
from chassis.mongo import Store
from chassis.runtime import Runtime, open_runtime
from chassis.sealing import KeyRing
from deploy.local.parts import Parts
from services.audit.application import Audit
from services.audit.checkpoint_file import NAME
from services.audit.checkpoint_publisher import CheckpointInterval
from services.audit.domain.checkpoint import Signer

KEYS = f"k1:{base64.b64encode(bytes(range(32))).decode()}"
AT_ONCE = CheckpointInterval(entries=1, seconds=0)
"""A checkpoint at each tick with something new."""


def config_on(parts: Parts, database: str) -> Config:
    """Settings on these parts, as the administrator."""
    return Config(
        service="audit",
        broker_url=parts.broker_url("audit"),
        bus_keys=KeyRing.parse(KEYS),
        opa_url=None,
        clock_file=None,
        log_level="INFO",
        mongo_url=parts.mongodb.admin_url(),
        database=database,
        master_keys=KeyRing.parse(KEYS),
        hash_key=os.urandom(32),
        health_host="127.0.0.1",
        health_port=0,
    )


@dataclass
class Installation:
    """One log: its database, its file of checkpoints, its key; and audit processes on it."""

    runtime: Runtime
    clock: FixedClock
    folder: Path
    signer: Signer

    @property
    def database(self) -> Store:
        """Where the log is."""
        return self.runtime.database

    @property
    def file(self) -> Path:
        """The checkpoints outside the database."""
        return self.folder / NAME

    def open(
        self, interval: CheckpointInterval = AT_ONCE, signer: Signer | None = None, lost_at: int = 0
    ) -> Audit:
        """Audit as a process that has just started."""
        return Audit(self.runtime, signer or self.signer, self.folder, interval, lost_at)


Open = Callable[[Parts], Installation]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Make a new log on given parts; its database goes when the test ends."""
    runtimes: list[Runtime] = []

    def new(parts: Parts) -> Installation:
        clock = FixedClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))
        config = config_on(parts, f"test_{uuid.uuid4().hex}")
        runtime = replace(open_runtime(config), clock=clock)
        runtimes.append(runtime)
        signer = Signer("test-log", Ed25519PrivateKey.generate())
        return Installation(runtime, clock, tmp_path / f"checkpoints-{len(runtimes)}", signer)

    yield new
    for runtime in runtimes:
        runtime.database.client.drop_database(runtime.database.name)
        runtime.close()


@pytest.fixture
def installation(parts: Parts, opened: Open) -> Installation:
    """A new log on the shared parts."""
    return opened(parts)


@pytest.fixture
def audit(installation: Installation) -> Audit:
    """One audit process."""
    return installation.open()


def record(audit: Audit, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    """Record entries together; their receipts."""
    receipts: list[Any] = audit.record({"entries": list(entries)})
    return receipts


def question(**members: Any) -> dict[str, Any]:
    """A search as it comes from the contract's schema."""
    every_entry = {"agreements": ["sample-brugge"], "detail": False, "after": None, "limit": 200}
    return {**every_entry, **members}
