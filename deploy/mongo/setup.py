"""Makes a fresh mongod a one-node replica set with one user and one database per service.

Used by the local run and by the containers' one-shot setup. Every step may be repeated.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

ROLES_FILE = Path(__file__).with_name("roles.json")
REPLICA_SET = "rs0"
ADMIN = "setup"

ALREADY_INITIALIZED = 23
UNAUTHORIZED = 13
USER_NOT_FOUND = 11
ROLE_NOT_FOUND = 31

LOOK = ("find", "listIndexes", "collStats")
ADD = ("insert", "createIndex", "createCollection")
CHANGE = ("update", "remove")

Client = MongoClient[dict[str, Any]]


class Place(NamedTuple):
    """Where a mongod listens, as its clients name it."""

    host: str
    port: int

    def __str__(self) -> str:
        """Give `host:port`."""
        return f"{self.host}:{self.port}"


def services() -> dict[str, dict[str, Any]]:
    """Give the table service → rights on the collections of its own database."""
    table: dict[str, dict[str, Any]] = json.loads(ROLES_FILE.read_text())
    return table


def prepare(
    place: Place, admin_password: str, passwords: Mapping[str, str], seconds: float = 30.0
) -> None:
    """Make replica set, administrator, roles and users; afterwards each password is in force.

    `place` must be the loopback interface of the mongod itself while it has no administrator:
    the server lets nobody else in then. `passwords` has one per service. Raises TimeoutError
    when the server takes longer than `seconds` to become writable.
    """
    limit = time.monotonic() + seconds
    if not _administrator_known(place, admin_password):
        with _client(place) as client:
            _initiate(client, place)
            _wait_until_writable(client, limit)
            client.admin.command("createUser", ADMIN, pwd=admin_password, roles=["root"])
    with _client(place, admin_password) as client:
        _wait_until_writable(client, limit)
        for service, rights in services().items():
            _give_rights(client, service, rights, passwords[service])


def shut_down(place: Place, admin_password: str) -> None:
    """Ask the server to end in order; it may already be gone."""
    try:
        with _client(place, admin_password) as client:
            client.admin.command("shutdown", timeoutSecs=5)
    except PyMongoError:
        return


def _client(place: Place, admin_password: str | None = None) -> Client:
    login: dict[str, Any] = {}
    if admin_password is not None:
        login = {"username": ADMIN, "password": admin_password, "authSource": "admin"}
    return MongoClient(
        place.host, place.port, directConnection=True, serverSelectionTimeoutMS=10_000, **login
    )


def _administrator_known(place: Place, admin_password: str) -> bool:
    try:
        with _client(place, admin_password) as client:
            client.admin.command("connectionStatus")
    except OperationFailure:
        return False
    return True


def _initiate(client: Client, place: Place) -> None:
    members = [{"_id": 0, "host": str(place)}]
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


def _give_rights(client: Client, service: str, rights: dict[str, Any], password: str) -> None:
    database = client[service]
    role = f"{service}-service"
    privileges = _privileges(service, rights)
    try:
        database.command("updateRole", role, privileges=privileges, roles=[])
    except OperationFailure as error:
        if error.code != ROLE_NOT_FOUND:
            raise
        database.command("createRole", role, privileges=privileges, roles=[])
    own = [{"role": role, "db": service}]
    try:
        database.command("updateUser", service, pwd=password, roles=own)
    except OperationFailure as error:
        if error.code != USER_NOT_FOUND:
            raise
        database.command("createUser", service, pwd=password, roles=own)


def _privileges(service: str, rights: dict[str, Any]) -> list[dict[str, Any]]:
    listing = {"resource": {"db": service, "collection": ""}, "actions": ["listCollections"]}
    if rights["read_write"] == "all":
        # An empty collection name stands for every collection of the database.
        return [_privilege(service, "", ("listCollections", *LOOK, *ADD, *CHANGE))]
    may_add = [_privilege(service, name, (*LOOK, *ADD)) for name in rights["append_only"]]
    may_change = [
        _privilege(service, name, (*LOOK, *ADD, *CHANGE)) for name in rights["read_write"]
    ]
    return [listing, *may_add, *may_change]


def _privilege(service: str, collection: str, actions: tuple[str, ...]) -> dict[str, Any]:
    return {"resource": {"db": service, "collection": collection}, "actions": list(actions)}
