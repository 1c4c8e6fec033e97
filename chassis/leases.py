"""Leases: one of several replicas does a piece of work at a time."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from chassis.mongo import Store, guarded, make_collections

_COLLECTION = "leases"


class Leases:
    """Leases in the service's database, by system time.

    The lease of a holder that dies expires; the clocks of machines may differ by up to half a
    lease. A lease makes double work rare: what must never happen twice needs more than a lease.
    """

    def __init__(self, database: Store) -> None:
        self._database = database
        self._renew_from: dict[tuple[str, str], float] = {}

    def prepare(self) -> None:
        """Create the collection of leases."""
        make_collections(self._database, _COLLECTION)

    def take(self, name: str, holder: str, seconds: float) -> bool:
        """Acquire or renew the lease for ``seconds``; False while another holder has it.

        A holder may call this as often as it likes: it is renewed after half of the time only.
        """
        started = time.monotonic()
        if started < self._renew_from.get((name, holder), 0.0):
            return True
        now = datetime.now(UTC)
        try:
            with guarded():
                self._leases.update_one(
                    {"_id": name, "$or": [{"holder": holder}, {"until": {"$lt": now}}]},
                    {"$set": {"holder": holder, "until": now + timedelta(seconds=seconds)}},
                    upsert=True,
                )
        except DuplicateKeyError:
            self._renew_from.pop((name, holder), None)
            return False
        self._renew_from[(name, holder)] = started + seconds / 2
        return True

    def give_back(self, name: str, holder: str) -> None:
        """Release the lease; nothing happens when the holder does not have it."""
        self._renew_from.pop((name, holder), None)
        with guarded():
            self._leases.delete_one({"_id": name, "holder": holder})

    @property
    def _leases(self) -> Any:
        return self._database[_COLLECTION]
