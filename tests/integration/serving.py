"""One service in a process of its own on the real parts, with its callers and event sources."""

import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from chassis.bus.client import RpcClient
from chassis.outbox import OutboxRow
from chassis.relay import Publisher
from chassis.sealing import KeyRing
from contracts.events import make_event
from contracts.topology import SUBSCRIPTIONS
from deploy.local.parts import Parts
from deploy.local.platform import PATIENCE, POLICY, ROOT, Process
from deploy.local.settings import Settings
from deploy.opa import bundle
from deploy.rabbitmq.definitions import VHOST

STAND_IN = Path(__file__).parent / "notifications" / "stand_in.rego"

Event = dict[str, Any]


class Served:
    """A running service, and clients for those who may call it."""

    def __init__(self, parts: Parts, name: str, changes: Mapping[str, str]) -> None:
        self.name = name
        self._parts = parts
        self._settings = Settings(parts.state, parts, gateway_port=0)
        self._clients: dict[str, RpcClient] = {}
        self.process = Process(
            name,
            parts.state,
            [sys.executable, "-m", "chassis.run", f"services.{name}.service"],
            lambda: self._environment(changes),
            f"http://127.0.0.1:{self._settings.health_port(name)}/readyz",
            die_with_parent=True,
        )

    def _environment(self, changes: Mapping[str, str]) -> dict[str, str]:
        given = self._settings.of_service(self.name) | changes
        # These parts have no clock of their own: true time.
        return {name: value for name, value in given.items() if name != "KETENAANPAK_CLOCK_FILE"}

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.process.begin()
        self.process.wait_until(self.process.ready, PATIENCE)

    def run(self, module: str, *arguments: str) -> None:
        """Run a module of the service beside it, in its environment."""
        argv = [sys.executable, "-m", module, *arguments]
        subprocess.run(argv, env=self._environment({}), cwd=ROOT, check=True)

    def call(self, caller: str, method: str, payload: Mapping[str, Any]) -> Any:
        """What the service answers this caller."""
        if caller not in self._clients:
            ring = KeyRing.parse(self._settings.secrets.key_ring("bus-keys"))
            self._clients[caller] = RpcClient(self._parts.broker_url(caller), ring)
        return self._clients[caller].call(self.name, method, dict(payload), timeout=10.0)

    def publish(self, *events: Event) -> None:
        """Publish events as their source does; returns once the broker has kept them."""
        rows = [
            OutboxRow(e["id"], e["source"], e["type"], e["subject"], orjson.dumps(e))
            for e in events
        ]
        publisher = Publisher(self._parts.broker_url(events[0]["source"]), "test publishes")
        try:
            assert publisher.publish(rows) == [row.id for row in rows]
        finally:
            publisher.close()

    def has_handled(self, *events: Event) -> bool:
        """Whether each of the events has had its effect."""
        ids = [event["id"] for event in events]
        return self.call("intake", "lacking", {"event_ids": ids}) == {"lacking": []}

    def has_nothing_in_hand(self) -> bool:
        """Whether its event queue is empty, what it is working on included."""
        return self._parts.rabbitmq.queues()[f"events.{self.name}"] == 0

    def close(self) -> None:
        """End it and close the clients."""
        for client in self._clients.values():
            client.close()
        self.process.kill()


@contextmanager
def policy_server(folder: Path) -> Iterator[Parts]:
    """A policy server that notifies every participant of every event; tests may stop it."""
    server = Parts(folder, folder / "bundle.tar.gz", die_with_parent=True)
    rules = folder / "stand-in"
    shutil.copytree(POLICY, rules)
    notify = rules / "rules/notify/notify.rego"
    real = re.sub(r"\n(decision|endings) :=", r"\nreal_\1 :=", notify.read_text(encoding="utf-8"))
    notify.write_text(real, encoding="utf-8")
    shutil.copy(STAND_IN, notify.parent)
    bundle.build(server.opa_binary, rules, [rules / "data"], folder / "bundle.tar.gz")
    try:
        server.start(("opa",))
        yield server
    finally:
        server.kill()


@contextmanager
def serving(parts: Parts, name: str, **changes: str) -> Iterator[Served]:
    """A ready service for the length of a block; `changes` are variables of its environment.

    It begins without what other tests published while it was not there, and leaves nothing parked.
    """
    served = Served(parts, name, changes)
    _purge(parts, name, f"events.{name}")
    try:
        served.start()
        yield served
    finally:
        served.close()
        _purge(parts, name, f"events.{name}.parked")


def _purge(parts: Parts, name: str, queue: str) -> None:
    """Empty an event queue of the service, which has none without subscriptions."""
    if name in SUBSCRIPTIONS:
        parts.rabbitmq.ctl("purge_queue", queue, "--vhost", VHOST)


def case_event(name: str, case: str, at: datetime | None = None, **more: Any) -> Event:
    """An event of intake about a case, as the contract's sample has it."""
    data = {
        "case": case,
        "agreement": "sample-brugge",
        "stage": "referred",
        "submitted_by": "caw",
        "participants": ["caw", "lokale-politie"],
        "walled": [],
    }
    return make_event(
        f"intake.{name}",
        data | more,
        at=at or datetime.now(UTC),
        subject=case,
        command_id=str(uuid.uuid4()),
        decision_id=str(uuid.uuid4()),
    )
