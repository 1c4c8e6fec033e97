"""Envelope encryption at rest: a data key per owner, wrapped by the service's master key.

Destroying an owner's key makes everything sealed for it unreadable for good (crypto-shredding),
also in copies without the keys; a backup of the collection of keys still holds the wrapped key.
A tombstone remains, so that no new key is made for the same owner.
"""

import os
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import orjson
from bson import Binary
from pymongo import ASCENDING, ReturnDocument
from pymongo.client_session import ClientSession
from pymongo.errors import DuplicateKeyError

from chassis.errors import Mangled, Refuse
from chassis.mongo import Document, Store, after_commit, guarded, make_collections
from chassis.sealing import KeyRing, sealed_with

_COLLECTION = "keys"
_CACHE_SECONDS = 5.0
_CACHE_ENTRIES = 4096
_DATA_KEY = "data"
_KEY_LENGTH = 32
_PAGE_SIZE = 200
_COUNT_SECONDS = 10.0


class KeyDestroyed(Refuse):
    """The owner's key was destroyed, and with it everything that was sealed for the owner."""

    def __init__(self) -> None:
        super().__init__("content_destroyed")


class RewrapCounts(NamedTuple):
    """How many data keys were rewrapped, and how many no key of the ring opens."""

    rewrapped: int
    stuck: int


class Vault:
    """Seals values of one service; the wrapped keys are in its own database.

    ``owner`` is what is destroyed as a whole, such as a case; ``context`` is where a value
    belongs, such as an item and its projection, and must be the same to open it. Keys are cached
    for at most 5 seconds: that long another process may still open what was destroyed here.
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
        """Create the collection of keys."""
        make_collections(self._database, _COLLECTION)

    def seal(
        self, owner: str, context: str, value: Any, session: ClientSession | None = None
    ) -> bytes:
        """Seal a JSON value; creates the owner's key in the transaction when there is none.

        Raises KeyDestroyed. Of two transactions that create the same key, one is aborted by the
        write conflict.
        """
        key = self._cached(owner, session) or self._find_or_create(owner, session)
        return key.seal(orjson.dumps(value), self._associated_data(owner, context))

    def open(
        self, owner: str, context: str, sealed: bytes, session: ClientSession | None = None
    ) -> Any:
        """The value that was sealed. Raises KeyDestroyed, or Mangled for another owner or context.

        Pass the session to open what the same transaction has sealed.
        """
        key = self._cached(owner, session) or self._find(owner, session)
        if key is None:
            raise Mangled("there is no key for the owner of this value")
        return orjson.loads(key.open(sealed, self._associated_data(owner, context)))

    def destroy(self, owner: str, session: ClientSession | None = None) -> None:
        """Destroy the owner's key. This cannot be undone."""
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

    def destroyed(self) -> list[str]:
        """The owners whose keys were destroyed, in no order."""
        with guarded(_COUNT_SECONDS):
            return [one["_id"] for one in self._keys.find({"destroyed": True}, {"_id": True})]

    def rewrap(self, stopping: Callable[[], bool] = lambda: False) -> RewrapCounts:
        """Wrap every data key with the current master key.

        When none is stuck, older master keys may leave the ring. Idempotent; returns early,
        between two pages of keys, when `stopping` returns True.
        """
        rewrapped = stuck = 0
        after = ""
        while not stopping():
            page = self._page_of_keys(after)
            for document in page:
                try:
                    rewrapped += self._rewrap_key(document["_id"], document["wrapped"])
                except Mangled:
                    stuck += 1
            if len(page) < _PAGE_SIZE:
                break
            after = page[-1]["_id"]
        return RewrapCounts(rewrapped, stuck)

    def _page_of_keys(self, after: str) -> list[Document]:
        where = {"_id": {"$gt": after}, "wrapped": {"$exists": True}}
        with guarded():
            return list(self._keys.find(where, sort=[("_id", ASCENDING)], limit=_PAGE_SIZE))

    def _rewrap_key(self, owner: str, wrapped: bytes) -> int:
        if sealed_with(wrapped) == self._ring.current_id:
            return 0
        rewrapped = self._wrap(owner, self._unwrap(owner, wrapped))
        with guarded():
            # Only the value that was read: a key that is destroyed meanwhile stays destroyed.
            count: int = self._keys.update_one(
                {"_id": owner, "wrapped": wrapped}, {"$set": {"wrapped": rewrapped}}
            ).modified_count
        return count

    @property
    def _keys(self) -> Any:
        return self._database[_COLLECTION]

    def _cached(self, owner: str, session: ClientSession | None) -> KeyRing | None:
        if session is not None and owner in self._uncommitted.get(session, {}):
            return self._uncommitted[session][owner]
        expires, key = self._cache.get(owner, (0.0, None))
        return key if time.monotonic() < expires else None

    def _find(self, owner: str, session: ClientSession | None) -> KeyRing | None:
        with guarded():
            document = self._keys.find_one({"_id": owner}, session=session)
        return None if document is None else self._cache_key(owner, document)

    def _find_or_create(self, owner: str, session: ClientSession | None) -> KeyRing:
        plain = os.urandom(_KEY_LENGTH)
        with guarded():
            before = self._insert_unless_exists(owner, self._wrap(owner, plain), session)
        if before is not None:
            return self._cache_key(owner, before)
        key = KeyRing({_DATA_KEY: plain})
        if session is not None:
            # Cached for this transaction only: after an abort the key does not exist.
            self._uncommitted.setdefault(session, {})[owner] = key
        return key

    def _insert_unless_exists(
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

    def _cache_key(self, owner: str, document: Document) -> KeyRing:
        if "wrapped" not in document:
            raise KeyDestroyed
        key = KeyRing({_DATA_KEY: self._unwrap(owner, document["wrapped"])})
        if len(self._cache) >= _CACHE_ENTRIES:
            self._cache.clear()
        self._cache[owner] = (time.monotonic() + _CACHE_SECONDS, key)
        return key

    def _wrap(self, owner: str, plain: bytes) -> Binary:
        return Binary(self._ring.seal(plain, self._associated_data(owner, "key")))

    def _unwrap(self, owner: str, wrapped: bytes) -> bytes:
        return self._ring.open(wrapped, self._associated_data(owner, "key"))

    def _associated_data(self, owner: str, context: str) -> bytes:
        return orjson.dumps([self._service, owner, context])

    def _forget(self, owner: str) -> None:
        self._cache.pop(owner, None)


def count_wrapped(database: Store) -> dict[str, int]:
    """Master key id → how many data keys of a service's database are wrapped with it.

    A value that is not a wrapped key is counted as "?".
    """
    counts: Counter[str] = Counter()
    with guarded(_COUNT_SECONDS):
        for document in database[_COLLECTION].find({"wrapped": {"$exists": True}}, {"wrapped": 1}):
            try:
                counts[sealed_with(document["wrapped"])] += 1
            except Mangled:
                counts["?"] += 1
    return dict(counts)
