"""Sealing at rest: a data key per owner, wrapped by the service's master key.

Destroying an owner's key makes everything sealed for it unreadable for good, also in copies that
hold no keys; a backup of the collection of keys keeps what was wrapped then. What remains of it is
a mark, so that no new key is made for the same owner.
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
_WRAPPED_AT_A_TIME = 200
_COUNT_SECONDS = 10.0


class KeyDestroyed(Refuse):
    """The key of this owner was destroyed, and its content with it."""

    def __init__(self) -> None:
        super().__init__("content_destroyed")


class Rewrapped(NamedTuple):
    """Data keys that were wrapped anew, and those that no key of the ring opens."""

    anew: int
    stuck: int


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

    def rewrap(self, stopping: Callable[[], bool] = lambda: False) -> "Rewrapped":
        """Wrap every data key with the current master key; what came of it.

        When nothing is stuck, older master keys may leave the ring. It can be repeated at will,
        and ends early, between two pages of keys, once `stopping` says so.
        """
        anew = stuck = 0
        after = ""
        while not stopping():
            page = self._page_of_keys(after)
            for document in page:
                try:
                    anew += self._wrap_anew(document["_id"], document["wrapped"])
                except Mangled:
                    stuck += 1
            if len(page) < _WRAPPED_AT_A_TIME:
                break
            after = page[-1]["_id"]
        return Rewrapped(anew, stuck)

    def _page_of_keys(self, after: str) -> list[Document]:
        where = {"_id": {"$gt": after}, "wrapped": {"$exists": True}}
        with guarded():
            return list(self._keys.find(where, sort=[("_id", ASCENDING)], limit=_WRAPPED_AT_A_TIME))

    def _wrap_anew(self, owner: str, wrapped: bytes) -> int:
        if sealed_with(wrapped) == self._ring.current_id:
            return 0
        anew = self._wrap(owner, self._unwrap(owner, wrapped))
        with guarded():
            # Only what was read: a case that is destroyed meanwhile stays destroyed.
            done: int = self._keys.update_one(
                {"_id": owner, "wrapped": wrapped}, {"$set": {"wrapped": anew}}
            ).modified_count
        return done

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


def count_wrapped(database: Store) -> dict[str, int]:
    """Master key → how many data keys of a service's database are wrapped with it now.

    What is no wrapped key counts under "?".
    """
    counts: Counter[str] = Counter()
    with guarded(_COUNT_SECONDS):
        for document in database[_COLLECTION].find({"wrapped": {"$exists": True}}, {"wrapped": 1}):
            try:
                counts[sealed_with(document["wrapped"])] += 1
            except Mangled:
                counts["?"] += 1
    return dict(counts)
