"""The one-shot setup of the containers: secrets, definitions, database users; idempotent.

    python -m deploy.containers.setup secrets     before anything else
    python -m deploy.containers.setup database    in the network namespace of MongoDB

Secrets are generated in a volume that only this setup mounts; those of a process are copied to a
volume of its own.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from urllib.parse import quote

from deploy.local.mongodb import REPLICA_SET, new_keyfile
from deploy.local.secrets import Secrets
from deploy.local.settings import SERVICES, secrets_of
from deploy.mongo import setup as mongo
from deploy.rabbitmq import definitions

MADE = Path("/made")
HANDED = Path("/handed")
CHECKPOINTS = Path("/checkpoints")
BROKER = "rabbitmq:5672"
DATABASE = mongo.MongoAddress("mongodb", 27017)

OWNERS = {"rabbitmq": 999, "mongodb": 999}
"""The user ids of the official images; all our containers run as `OURS`."""
OURS = 10001


def secrets(made: Path = MADE, handed: Path = HANDED, checkpoints: Path = CHECKPOINTS) -> None:
    """Generate every secret once and write each process its own; let audit write checkpoints."""
    kept = Secrets(made)
    for process in (*SERVICES, "gateway", "operator"):
        own = secrets_of(process, kept, _broker_url(kept, process), _mongo_url(kept, process))
        for name, value in own.items():
            _hand(handed / process / name.lower(), value)
    _hand(handed / "mongodb" / "key_file", kept.text("mongo-key-file", new_keyfile))
    passwords = {user: kept.password(f"broker-{user}") for user in definitions.users()}
    _hand(handed / "rabbitmq" / "definitions.json", json.dumps(definitions.render(passwords)))
    _hand(handed / "rabbitmq" / "declared_queues", definitions.queue_names())
    _own(checkpoints, OURS)


def database(made: Path = MADE) -> None:
    """Create the replica set and its users; 127.0.0.1 must be the database server."""
    kept = Secrets(made)
    passwords = {user: kept.password(f"mongo-{user}") for user in mongo.users()}
    loopback = mongo.MongoAddress("127.0.0.1", DATABASE.port)
    mongo.prepare(loopback, kept.password("mongo-admin"), passwords, member=DATABASE)


def _broker_url(kept: Secrets, user: str) -> str:
    password = quote(kept.password(f"broker-{user}"), safe="")
    return f"amqp://{user}:{password}@{BROKER}/{definitions.VHOST}"


def _mongo_url(kept: Secrets, service: str) -> str:
    if service not in mongo.users():
        return ""
    password = quote(kept.password(f"mongo-{service}"), safe="")
    own = mongo.users()[service]["database"]
    options = f"authSource={own}&replicaSet={REPLICA_SET}"
    return f"mongodb://{service}:{password}@{DATABASE}/{own}?{options}"


def _hand(path: Path, value: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o400)
    path.write_text(value)
    _own(path, OWNERS.get(path.parent.name, OURS))


def _own(path: Path, owner: int) -> None:
    if os.getuid() == 0:
        os.chown(path, owner, owner)


if __name__ == "__main__":
    {"secrets": secrets, "database": database}[sys.argv[1]]()
