"""Commands are done once: the id, its effect and its outbox rows are one transaction."""

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
    """The same command is being performed at this moment: ask again shortly."""

    def __init__(self) -> None:
        super().__init__("command_in_flight")


class KeyReused(Refuse):
    """The command's id was used before with another body."""

    def __init__(self) -> None:
        super().__init__("idempotency_key_reused")


class _Taken(Exception):
    """Another transaction is inserting, or has just inserted, this id."""


class Commands:
    """Performs commands at most once in effect, whatever is sent again."""

    def __init__(self, database: Store, hash_key: bytes, clock: Clock) -> None:
        self._database = database
        self._hash_key = hash_key
        self._clock = clock

    def prepare(self) -> None:
        """Make the collection, whose records expire 30 days after (by true time)."""
        make_collections(self._database, _COLLECTION)
        make_index(
            self._database, _COLLECTION, "kept_from", expireAfterSeconds=int(KEPT.total_seconds())
        )

    def perform(self, command_id: str, body: dict[str, Any], action: Action) -> dict[str, Any]:
        """Run ``action(session)`` and keep its outcome, or tell the outcome kept before.

        The action writes through the session only and returns ids and state, never content. It
        may be run up to 3 times, when others changed the same documents meanwhile. Whatever it
        raises rolls everything back, the id included. Raises KeyReused, CommandInFlight, and
        what `chassis.mongo.transaction` raises.
        """
        fingerprint = self._fingerprint(body)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._try(command_id, fingerprint, action)
            except _Taken:
                return self._told_by_other(command_id, fingerprint)
            except Conflict:
                if attempt == _ATTEMPTS:
                    raise
                # The other transaction is still open: at once, it would only conflict again.
                time.sleep(attempt * random.uniform(*_PAUSE))  # noqa: S311 (no secret)
        raise Conflict

    def _try(self, command_id: str, fingerprint: str, action: Action) -> dict[str, Any]:
        with transaction(self._database) as session:
            known = self._insert(command_id, fingerprint, session)
            if known is None:
                outcome = orjson.dumps(action(session))
                self._commands.update_one(
                    {"_id": command_id}, {"$set": {"outcome": outcome}}, session=session
                )
            else:
                outcome = self._outcome(known, fingerprint)
        told: dict[str, Any] = orjson.loads(outcome)
        return told

    def _insert(self, command_id: str, fingerprint: str, session: ClientSession) -> Document | None:
        record = {
            "fingerprint": fingerprint,
            "at": self._clock.now(),
            # The server expires records by its own, true, time.
            "kept_from": datetime.now(UTC),
        }
        try:
            known: Document | None = self._commands.find_one_and_update(
                {"_id": command_id},
                {"$setOnInsert": record},
                upsert=True,
                return_document=ReturnDocument.BEFORE,
                session=session,
            )
        except OperationFailure as error:
            if error.code == WRITE_CONFLICT:
                raise _Taken from error
            raise
        return known

    def _told_by_other(self, command_id: str, fingerprint: str) -> dict[str, Any]:
        with guarded():
            known = self._commands.find_one({"_id": command_id})
        if known is None:
            raise CommandInFlight
        told: dict[str, Any] = orjson.loads(self._outcome(known, fingerprint))
        return told

    def _outcome(self, known: Document, fingerprint: str) -> bytes:
        if known["fingerprint"] != fingerprint:
            raise KeyReused
        return bytes(known["outcome"])

    def _fingerprint(self, body: dict[str, Any]) -> str:
        canonical = orjson.dumps(body, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
        return keyed_hash(self._hash_key, "command", canonical.decode())

    @property
    def _commands(self) -> Any:
        return self._database[_COLLECTION]
