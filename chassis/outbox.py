"""The transactional outbox: events stored in the transaction of their cause, then published.

A row is ``unsent`` until the broker has confirmed it, then ``sent`` until every subscriber has
processed it, then ``settled``, and deleted 30 days later. Times here are system time, since they
concern deliveries and never a case.
"""

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from pymongo.client_session import ClientSession

from chassis.leases import Leases
from chassis.mongo import Document, Store, after_commit, guarded, make_collections, make_index

_COLLECTION = "outbox"
_RELAY = "relay"
_RECONCILER = "reconciler"
_RECONCILER_SECONDS = 60.0
_KEPT = timedelta(days=30)
_FIRST_CHECK = timedelta(seconds=30)
_LONGEST_CHECK = timedelta(hours=1)


@dataclass(frozen=True)
class OutboxRow:
    """An event to publish: ``body`` is its JSON, byte for byte as stored."""

    id: str
    source: str
    type: str
    subject: str
    body: bytes


class Outbox:
    """The events of one service, in its own database."""

    def __init__(self, database: Store) -> None:
        self._database = database
        self._leases = Leases(database)
        self._wake: Callable[[], None] | None = None
        # No two rows of one process have the same number in the order.
        self._ticks = itertools.count()
        self._started = time.time_ns()

    def prepare(self) -> None:
        """Create the collections and indexes."""
        make_collections(self._database, _COLLECTION)
        make_index(self._database, _COLLECTION, "state", "order")
        make_index(self._database, _COLLECTION, "state", "next_check")
        make_index(
            self._database, _COLLECTION, "settled_at", expireAfterSeconds=int(_KEPT.total_seconds())
        )
        self._leases.prepare()

    def add(self, event: dict[str, Any], session: ClientSession) -> None:
        """Store a CloudEvent (with string ``id, source, type, subject``) to be published.

        It is published if, and only if, the session's transaction is committed.
        """
        missing = [
            name
            for name in ("id", "source", "type", "subject")
            if not isinstance(event.get(name), str)
        ]
        if missing:
            raise ValueError(f"an event needs {', '.join(missing)}")
        self._rows.insert_one(
            {
                "_id": event["id"],
                "source": event["source"],
                "type": event["type"],
                "subject": event["subject"],
                "body": orjson.dumps(event, option=orjson.OPT_UTC_Z),
                "order": self._next(),
                "state": "unsent",
            },
            session=session,
        )
        if self._wake is not None:
            after_commit(session, self._wake)

    def wake_with(self, callback: Callable[[], None]) -> None:
        """Call ``callback``, which must not block, after each commit that added events."""
        self._wake = callback

    def claim(self, holder: str, limit: int = 100, seconds: float = 10.0) -> list[OutboxRow]:
        """The oldest unsent events, in order, for the one relay that holds the lease.

        Empty for every other holder. A claim is valid for at least half of ``seconds``; who
        publishes later than that may publish twice.
        """
        if not self._leases.take(_RELAY, holder, seconds):
            return []
        with guarded():
            found = self._rows.find({"state": "unsent"}).sort("order", 1).limit(limit)
            return [_row(document) for document in found]

    def mark_sent(self, event_ids: Iterable[str]) -> None:
        """Mark events as confirmed by the broker."""
        now = datetime.now(UTC)
        self._mark(
            event_ids,
            "unsent",
            {"state": "sent", "sent_at": now, "next_check": now, "pause": _seconds(_FIRST_CHECK)},
        )

    def release(self, holder: str) -> None:
        """Release the relay's lease, so that another relay takes over at once."""
        self._leases.give_back(_RELAY, holder)

    def unsettled(
        self, holder: str, older_than_seconds: float, limit: int = 200
    ) -> list[OutboxRow]:
        """Events sent longer ago than that which are due for a check with their subscribers.

        Empty for every holder but the one with the reconciler's lease. After the check call
        either `mark_settled` or `mark_checked`.
        """
        if not self._leases.take(_RECONCILER, holder, _RECONCILER_SECONDS):
            return []
        now = datetime.now(UTC)
        with guarded():
            found = self._rows.find(
                {
                    "state": "sent",
                    "next_check": {"$lte": now},
                    "sent_at": {"$lte": now - timedelta(seconds=older_than_seconds)},
                }
            )
            return [_row(document) for document in found.sort("next_check", 1).limit(limit)]

    def mark_settled(self, event_ids: Iterable[str]) -> None:
        """Mark events that every subscriber has processed; they are deleted 30 days from now."""
        self._mark(event_ids, "sent", {"state": "settled", "settled_at": datetime.now(UTC)})

    def mark_checked(self, event_ids: Iterable[str]) -> None:
        """Check these again later, each time after twice the pause, an hour at most."""
        longest = _seconds(_LONGEST_CHECK)
        with guarded():
            self._rows.update_many(
                {"_id": {"$in": list(event_ids)}, "state": "sent"},
                [
                    {
                        "$set": {
                            "next_check": {
                                "$add": [datetime.now(UTC), {"$multiply": ["$pause", 1000]}]
                            },
                            "pause": {"$min": [longest, {"$multiply": ["$pause", 2]}]},
                        }
                    }
                ],
            )

    def depth(self) -> int:
        """The number of unsent events."""
        with guarded():
            return int(self._rows.count_documents({"state": "unsent"}))

    def _mark(self, event_ids: Iterable[str], state: str, change: Document) -> None:
        with guarded():
            self._rows.update_many(
                {"_id": {"$in": list(event_ids)}, "state": state}, {"$set": change}
            )

    def _next(self) -> int:
        return max(time.time_ns(), self._started) + next(self._ticks)

    @property
    def _rows(self) -> Any:
        return self._database[_COLLECTION]


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())


def _row(document: Document) -> OutboxRow:
    return OutboxRow(
        id=document["_id"],
        source=document["source"],
        type=document["type"],
        subject=document["subject"],
        body=bytes(document["body"]),
    )
