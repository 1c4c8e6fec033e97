"""Configures a mongod as a one-node replica set with a user and a database per service.

Used by the local run and by the containers' one-shot setup; idempotent.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pymongo import MongoClient
from pymongo.errors import OperationFailure

ROLES_FILE = Path(__file__).with_name("roles.json")
REPLICA_SET = "rs0"
ADMIN = "setup"

ALREADY_INITIALIZED = 23
USER_NOT_FOUND = 11
ROLE_NOT_FOUND = 31

READ_ACTIONS = ("find", "listIndexes", "collStats")
APPEND_ACTIONS = ("insert", "createIndex", "createCollection")
MODIFY_ACTIONS = ("update", "remove")
ALL_COLLECTIONS = ""
"""How a privilege names every collection of a database."""

Client = MongoClient[dict[str, Any]]


class MongoAddress(NamedTuple):
    """The address of a mongod."""

    host: str
    port: int

    def __str__(self) -> str:
        """Give `host:port`."""
        return f"{self.host}:{self.port}"


def users() -> dict[str, dict[str, Any]]:
    """Give the table user → its database and rights on the collections there.

    Rights are `read_only`, `append_only` and `read_write`, each a list of collections or "all".
    """
    table: dict[str, dict[str, Any]] = json.loads(ROLES_FILE.read_text())
    return table


def prepare(
    address: MongoAddress,
    admin_password: str,
    passwords: Mapping[str, str],
    *,
    member: MongoAddress | None = None,
    seconds: float = 30.0,
) -> None:
    """Create or update replica set, administrator, roles, users and passwords.

    `address` must be on the loopback interface of the mongod while it has no administrator, by
    MongoDB's localhost exception. `member` is the address that clients use, if it differs.
    `passwords` has one per user. Raises TimeoutError when the server takes longer than `seconds`
    to become writable.
    """
    limit = time.monotonic() + seconds
    if not _has_administrator(address, admin_password):
        with _client(address) as client:
            _initiate(client, member or address)
            _wait_until_writable(client, limit)
            client.admin.command("createUser", ADMIN, pwd=admin_password, roles=["root"])
    with _client(address, admin_password) as client:
        _wait_until_writable(client, limit)
        give_rights(client, passwords)


def give_rights(client: Client, passwords: Mapping[str, str]) -> None:
    """Create every user of the table, or update rights and password."""
    for user, rights in users().items():
        _give_rights(client, user, rights, passwords[user])


def _client(address: MongoAddress, admin_password: str | None = None) -> Client:
    login: dict[str, Any] = {}
    if admin_password is not None:
        login = {"username": ADMIN, "password": admin_password, "authSource": "admin"}
    return MongoClient(
        address.host, address.port, directConnection=True, serverSelectionTimeoutMS=10_000, **login
    )


def _has_administrator(address: MongoAddress, admin_password: str) -> bool:
    try:
        with _client(address, admin_password) as client:
            client.admin.command("connectionStatus")
    except OperationFailure:
        return False
    return True


def _initiate(client: Client, member: MongoAddress) -> None:
    members = [{"_id": 0, "host": str(member)}]
    try:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:
            raise


def _wait_until_writable(client: Client, limit: float) -> None:
    while not client.admin.command("hello").get("isWritablePrimary"):
        if time.monotonic() > limit:
            raise TimeoutError("the replica set has no primary")
        time.sleep(0.05)


def _give_rights(client: Client, user: str, rights: dict[str, Any], password: str) -> None:
    database = client[rights["database"]]
    role = f"{user}-rights"
    privileges = _privileges(rights)
    try:
        database.command("updateRole", role, privileges=privileges, roles=[])
    except OperationFailure as error:
        if error.code != ROLE_NOT_FOUND:
            raise
        database.command("createRole", role, privileges=privileges, roles=[])
    own = [{"role": role, "db": database.name}]
    try:
        database.command("updateUser", user, pwd=password, roles=own)
    except OperationFailure as error:
        if error.code != USER_NOT_FOUND:
            raise
        database.command("createUser", user, pwd=password, roles=own)


def _privileges(rights: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = {
        "read_only": READ_ACTIONS,
        "append_only": (*READ_ACTIONS, *APPEND_ACTIONS),
        "read_write": (*READ_ACTIONS, *APPEND_ACTIONS, *MODIFY_ACTIONS),
    }
    database = rights["database"]
    return [
        _privilege(database, ALL_COLLECTIONS, ("listCollections",)),
        *(
            _privilege(database, collection, actions)
            for kind, actions in kinds.items()
            for collection in _collections(rights.get(kind, []))
        ),
    ]


def _collections(names: list[str] | str) -> list[str]:
    return [ALL_COLLECTIONS] if names == "all" else list(names)


def _privilege(database: str, collection: str, actions: tuple[str, ...]) -> dict[str, Any]:
    resource = {"db": database, "collection": collection}
    return {"resource": resource, "actions": list(actions)}
