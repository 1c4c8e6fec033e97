"""A mongod of the local run: one-node replica set, with authorisation, on loopback only."""

from __future__ import annotations

import base64
import secrets as random_source
from pathlib import Path
from urllib.parse import quote

from deploy.local import find
from deploy.local.ports import HOST, Ports, is_answered
from deploy.local.program import BackingService, Program
from deploy.local.progress import Progress
from deploy.local.secrets import Secrets

REPLICA_SET = "rs0"


class MongoDB(BackingService):
    """The database server of one state folder; its files live under `<state>/mongodb`."""

    def __init__(
        self, state: Path, ports: Ports, secrets: Secrets, *, die_with_parent: bool = False
    ) -> None:
        self.data = state / "mongodb"
        self.secrets = secrets
        self.port = ports.of("mongodb")
        self.program = Program(
            "mongodb", state / "run", state / "log" / "mongodb.log", die_with_parent=die_with_parent
        )

    def url(self, user: str) -> str:
        """Give the URL of a user of `deploy/mongo/roles.json`: a service's name, or `auditor`."""
        from deploy.mongo.setup import users

        password = quote(self.secrets.password(f"mongo-{user}"), safe="")
        database = users()[user]["database"]
        options = f"authSource={database}&replicaSet={REPLICA_SET}"
        return f"mongodb://{user}:{password}@{HOST}:{self.port}/{database}?{options}"

    def admin_url(self) -> str:
        """Give the administrator's URL: for tests and repairs, never for a service."""
        from deploy.mongo.setup import ADMIN

        password = quote(self.secrets.password("mongo-admin"), safe="")
        return f"mongodb://{ADMIN}:{password}@{HOST}:{self.port}/?replicaSet={REPLICA_SET}"

    def start(self, progress: Progress) -> None:
        """Start the server and return when it is a writable primary with its users."""
        binary = find.mongod(progress)
        if self.program.running:
            return
        self.expect_free_port("MongoDB")
        with progress.step("mongodb", f"starting on {HOST}:{self.port}"):
            self.data.mkdir(parents=True, exist_ok=True)
            self.program.launch(self._command(binary), {"LANG": "C.UTF-8"})
            self.program.wait_until(lambda: is_answered(self.port), 60)
            self._prepare()

    def _command(self, binary: Path) -> list[str]:
        key_file = self.secrets.path("mongo-key-file", new_keyfile)
        return [
            str(binary),
            *("--dbpath", str(self.data)),
            *("--bind_ip", HOST, "--port", str(self.port), "--nounixsocket"),
            *("--replSet", REPLICA_SET, "--keyFile", str(key_file)),
            # Small enough for a developer's machine.
            *("--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "128"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # A client that dies or freezes inside a transaction leaves its documents locked until
            # the server expires it: after 60 s by default, while a command takes 2 s.
            *("--setParameter", "transactionLifetimeLimitSeconds=5"),
        ]

    def _prepare(self) -> None:
        from deploy.mongo import setup

        passwords = {name: self.secrets.password(f"mongo-{name}") for name in setup.users()}
        address = setup.MongoAddress(HOST, self.port)
        setup.prepare(address, self.secrets.password("mongo-admin"), passwords)


def new_keyfile() -> str:
    """Generate the keyfile by which members of a replica set authenticate."""
    return base64.b64encode(random_source.token_bytes(96)).decode()
