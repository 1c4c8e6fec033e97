"""The rights that a service's own database user has are enough for the chassis, and no more."""

from dataclasses import replace
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from chassis.mongo import transaction
from chassis.runtime import open_runtime
from deploy.local.parts import Parts
from tests.integration.chassis.conftest import config_on
from tests.waiting import wait_until


@pytest.mark.parametrize("service", ["intake", "risk", "plans", "notifications", "audit"])
def test_a_service_runs_with_its_own_user(parts: Parts, service: str) -> None:
    """A service would otherwise need the administrator's password, and could read all others'."""
    config = config_on(parts)
    config = replace(config, service=service, database=service, mongo_url=parts.mongo_url(service))
    with MongoClient[dict[str, Any]](parts.mongodb.admin_url()) as admin:
        # The database is shared: what other tests left waiting would be claimed first.
        admin[service]["outbox"].delete_many({})
    runtime = open_runtime(config)
    event = {"id": f"{config.hash_key.hex()}", "source": service, "type": "t", "subject": "s"}
    try:
        runtime.prepare()
        runtime.prepare()
        with transaction(runtime.database) as session:
            assert runtime.inbox.first_time("c", event["id"], session)
            runtime.outbox.add(event, session)
            runtime.vault.seal(event["id"], "a", 1, session)
        # A service that another test killed may hold the lease for some seconds still.
        claimed = wait_until(lambda: runtime.outbox.claim("me"), 20, "the lease of the relay")
        assert [row.id for row in claimed] == [event["id"]]
        runtime.outbox.release("me")
        runtime.outbox.mark_sent([event["id"]])
        runtime.outbox.mark_settled([event["id"]])
        runtime.vault.destroy(event["id"])
        runtime.commands.perform(event["id"], {}, lambda _session: {})
        other = "risk" if service != "risk" else "intake"
        with pytest.raises(OperationFailure, match="not authorized"):
            runtime.database.client[other].outbox.find_one()
    finally:
        runtime.close()
