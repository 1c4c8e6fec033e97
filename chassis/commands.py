"""Idempotent commands: the command id, its effect and its outbox rows are one transaction."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import OperationFailure

from chassis.clock import Clock
from chassis.errors import Refuse, Retry
from chassis.mongo import (
    WRITE_CONFLICT,
    Conflict,
    Document,
    Store,
    guarded,
    make_collections,
    make_index,
    transaction,
)
from chassis.sealing import keyed_hash

Action = Callable[[ClientSession], dict[str, Any]]

KEPT = timedelta(days=30)

_COLLECTION = "commands"
_ATTEMPTS = 3
_PAUSE = (0.01, 0.04)


class CommandInFlight(Retry):
    """The same command is being performed at this moment: send it again shortly."""

    def __init__(self) -> None:
        super().__init__("command_in_flight")


class KeyReused(Refuse):
    """The command id was used before with another body."""

    def __init__(self) -> None:
        super().__init__("idempotency_key_reused")


class _InsertedConcurrently(Exception):
    """Another transaction is inserting, or has just inserted, this id."""


class IdempotentCommands:
    """Performs each command at most once, however often it is sent."""

    def __init__(self, database: Store, hash_key: bytes, clock: Clock) -> None:
        self._database = database
        self._hash_key = hash_key
        self._clock = clock

    def prepare(self) -> None:
        """Create the collection, whose documents expire after 30 days (by the server's time)."""
        make_collections(self._database, _COLLECTION)
        make_index(
            self._database, _COLLECTION, "kept_from", expireAfterSeconds=int(KEPT.total_seconds())
        )

    def perform(self, command_id: str, body: dict[str, Any], action: Action) -> dict[str, Any]:
        """Run ``action(session)`` and store its outcome, or return the outcome stored before.

        The action writes through the session only and returns ids and state, never content. On
        write conflicts it is run up to 3 times. Whatever it raises rolls everything back, the
        command id included. Raises KeyReused, CommandInFlight, and what
        `chassis.mongo.transaction` raises.
        """
        fingerprint = self._fingerprint(body)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._try(command_id, fingerprint, action)
            except _InsertedConcurrently:
                return self._outcome_of_other(command_id, fingerprint)
            except Conflict:
                if attempt == _ATTEMPTS:
                    raise
                # The other transaction is still open: at once, it would only conflict again.
                time.sleep(attempt * random.uniform(*_PAUSE))  # noqa: S311 (no secret)
        raise Conflict

    def _try(self, command_id: str, fingerprint: str, action: Action) -> dict[str, Any]:
        with transaction(self._database) as session:
            existing = self._insert(command_id, fingerprint, session)
            if existing is None:
                outcome = orjson.dumps(action(session))
                self._commands.update_one(
                    {"_id": command_id}, {"$set": {"outcome": outcome}}, session=session
                )
                loaded: dict[str, Any] = orjson.loads(outcome)
                return loaded
        return self._outcome(existing, fingerprint)

    def _insert(self, command_id: str, fingerprint: str, session: ClientSession) -> Document | None:
        record = {
            "fingerprint": fingerprint,
            "at": self._clock.now(),
            # The server expires documents by its own time.
            "kept_from": datetime.now(UTC),
        }
        try:
            existing: Document | None = self._commands.find_one_and_update(
                {"_id": command_id},
                {"$setOnInsert": record},
                upsert=True,
                return_document=ReturnDocument.BEFORE,
                session=session,
            )
        except OperationFailure as error:
            if error.code == WRITE_CONFLICT:
                raise _InsertedConcurrently from error
            raise
        return existing

    def _outcome_of_other(self, command_id: str, fingerprint: str) -> dict[str, Any]:
        with guarded():
            existing = self._commands.find_one({"_id": command_id})
        if existing is None:
            raise CommandInFlight
        return self._outcome(existing, fingerprint)

    def _outcome(self, existing: Document, fingerprint: str) -> dict[str, Any]:
        if existing["fingerprint"] != fingerprint:
            raise KeyReused
        outcome: dict[str, Any] = orjson.loads(existing["outcome"])
        return outcome

    def _fingerprint(self, body: dict[str, Any]) -> str:
        canonical = orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
        return keyed_hash(self._hash_key, "command", canonical.decode())

    @property
    def _commands(self) -> Any:
        return self._database[_COLLECTION]
