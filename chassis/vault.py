"""Sealing at rest: a data key per owner, wrapped by the service's master key.

Destroying an owner's key makes everything sealed for it unreadable for good, backups of the
content included. What remains of it is a mark, so that no new key is made for the same owner.
"""

import os
import time
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from bson import Binary
from pymongo import ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from chassis.errors import Coded, Mangled
from chassis.mongo import Document, Store, after_commit, guarded, make_collections, translated
from chassis.sealing import KeyRing

_COLLECTION = "keys"
_CACHE_SECONDS = 5.0
_CACHE_ENTRIES = 4096
_DATA_KEY = "data"
_KEY_LENGTH = 32


class KeyDestroyed(Coded):
    """The key of this owner was destroyed, and its content with it."""

    code = "content_destroyed"
    next_step = "refuse"


class Vault:
    """Seals values of one service, in its own database.

    ``owner`` is whatever is destroyed together, such as a case; ``context`` is the one place where
    a value belongs, such as an item and its projection. A value opens in that place only. Keys
    are kept in memory for at most 5 seconds: that long may another process still open what was
    destroyed here.
    """

    def __init__(self, database: Store, ring: KeyRing, service: str) -> None:
        self._database = database
        self._ring = ring
        self._service = service
        self._cache: dict[str, tuple[float, KeyRing]] = {}
        self._uncommitted: WeakKeyDictionary[ClientSession, dict[str, KeyRing]] = (
            WeakKeyDictionary()
        )

    def prepare(self) -> None:
        """Make the collection of keys."""
        make_collections(self._database, _COLLECTION)

    def seal(
        self, owner: str, context: str, value: Any, session: ClientSession | None = None
    ) -> bytes:
        """Seal a JSON value, making the owner's key when it has none, inside the transaction.

        Raises KeyDestroyed; in a transaction that loses the race to make the key, the conflict
        rolls the transaction back.
        """
        key = self._remembered(owner, session) or self._find_or_make(owner, session)
        return key.seal(orjson.dumps(value), self._bound(owner, context))

    def open(
        self, owner: str, context: str, sealed: bytes, session: ClientSession | None = None
    ) -> Any:
        """The value that was sealed. Raises KeyDestroyed, or Mangled when it does not belong here.

        Give the session to open what the same transaction has sealed.
        """
        key = self._remembered(owner, session) or self._find(owner, session)
        if key is None:
            raise Mangled("there is no key for the owner of this value")
        return orjson.loads(key.open(sealed, self._bound(owner, context)))

    def destroy(self, owner: str, session: ClientSession | None = None) -> None:
        """Destroy the owner's key. Nobody can undo it."""
        with guarded():
            self._keys.update_one(
                {"_id": owner},
                {"$set": {"destroyed": True}, "$unset": {"wrapped": ""}},
                upsert=True,
                session=session,
            )
        self._forget(owner)
        if session is not None:
            self._uncommitted.get(session, {}).pop(owner, None)
            after_commit(session, lambda: self._forget(owner))

    def rewrap(self) -> int:
        """Wrap every data key with the current master key; how many were wrapped anew.

        After it, older master keys may leave the ring. It can be repeated at will.
        """
        count = 0
        with translated():
            for document in self._keys.find({"wrapped": {"$exists": True}}):
                owner, wrapped = document["_id"], document["wrapped"]
                if self._ring.sealed_with(wrapped) == self._ring.current_id:
                    continue
                count += self._keys.update_one(
                    {"_id": owner, "wrapped": wrapped},
                    {"$set": {"wrapped": self._wrap(owner, self._unwrap(owner, wrapped))}},
                ).modified_count
        return count

    @property
    def _keys(self) -> Any:
        return self._database[_COLLECTION]

    def _remembered(self, owner: str, session: ClientSession | None) -> KeyRing | None:
        if session is not None and owner in self._uncommitted.get(session, {}):
            return self._uncommitted[session][owner]
        expires, key = self._cache.get(owner, (0.0, None))
        return key if time.monotonic() < expires else None

    def _find(self, owner: str, session: ClientSession | None) -> KeyRing | None:
        with guarded():
            document = self._keys.find_one({"_id": owner}, session=session)
        return None if document is None else self._keep(owner, document)

    def _find_or_make(self, owner: str, session: ClientSession | None) -> KeyRing:
        plain = os.urandom(_KEY_LENGTH)
        with guarded():
            before = self._insert_unless_there(owner, self._wrap(owner, plain), session)
        if before is not None:
            return self._keep(owner, before)
        key = KeyRing({_DATA_KEY: plain})
        if session is not None:
            # Known to this transaction only: should it roll back, the key has never been.
            self._uncommitted.setdefault(session, {})[owner] = key
        return key

    def _insert_unless_there(
        self, owner: str, wrapped: Binary, session: ClientSession | None
    ) -> Document | None:
        try:
            before: Document | None = self._keys.find_one_and_update(
                {"_id": owner},
                {"$setOnInsert": {"wrapped": wrapped}},
                upsert=True,
                return_document=ReturnDocument.BEFORE,
                session=session,
            )
        except DuplicateKeyError:
            # Another was faster, outside a transaction; inside one this is a write conflict.
            before = self._keys.find_one({"_id": owner})
        return before

    def _keep(self, owner: str, document: Document) -> KeyRing:
        if "wrapped" not in document:
            raise KeyDestroyed
        key = KeyRing({_DATA_KEY: self._unwrap(owner, document["wrapped"])})
        if len(self._cache) >= _CACHE_ENTRIES:
            self._cache.clear()
        self._cache[owner] = (time.monotonic() + _CACHE_SECONDS, key)
        return key

    def _wrap(self, owner: str, plain: bytes) -> Binary:
        return Binary(self._ring.seal(plain, self._bound(owner, "key")))

    def _unwrap(self, owner: str, wrapped: bytes) -> bytes:
        return self._ring.open(wrapped, self._bound(owner, "key"))

    def _bound(self, owner: str, context: str) -> bytes:
        return orjson.dumps([self._service, owner, context])

    def _forget(self, owner: str) -> None:
        self._cache.pop(owner, None)
