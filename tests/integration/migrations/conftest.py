"""What an earlier version had stored, each test with a copy of its own."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from chassis.config import Config
from chassis.runtime import Runtime, open_runtime
from chassis.sealing import KeyRing, decode_key
from deploy.local.parts import Parts
from tests.dump import dumped

Open = Callable[[str], Runtime]
"""Gives the runtime of a service on its dump."""


@pytest.fixture
def opened(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """The runtimes that a test asks for; their databases go when it ends."""
    kept = dumped.keys()
    monkeypatch.setenv("KETENAANPAK_MATCHING_KEY", kept["matching-key"])
    monkeypatch.setenv("KETENAANPAK_STAFF_MATCHES", str(dumped.STAFF))
    runtimes: list[Runtime] = []

    def opened(service: str) -> Runtime:
        config = Config(
            service=service,
            broker_url=parts.broker_url(service),
            bus_keys=KeyRing.parse(kept[f"master-keys-{service}"]),
            opa_url=None,
            clock_file=None,
            log_level="INFO",
            mongo_url=parts.mongodb.admin_url(),
            database=f"test_{uuid.uuid4().hex}",
            master_keys=KeyRing.parse(kept[f"master-keys-{service}"]),
            hash_key=decode_key(kept[f"hash-key-{service}"]),
            health_host="127.0.0.1",
            health_port=0,
        )
        runtime = open_runtime(config)
        runtimes.append(runtime)
        dumped.restore(runtime.database.client, service, config.database)
        if service == "notifications":
            _escalate_one(runtime)
        return runtime

    yield opened
    for runtime in runtimes:
        runtime.database.client.drop_database(runtime.database.name)
        runtime.close()


def _escalate_one(runtime: Runtime) -> None:
    """Make one deadline what a version after that of the dump left of an escalated crisis."""
    deadlines = runtime.database["deadlines"]
    wanted = {"case": {"$nin": runtime.vault.destroyed()}, "kind": "question"}
    one = deadlines.find(wanted, sort=[("_id", 1)]).next()
    silent = {"kind": "crisis", "open": True, "escalated_of": one["due"], "next_at": None}
    deadlines.update_one({"_id": one["_id"]}, {"$set": silent})
