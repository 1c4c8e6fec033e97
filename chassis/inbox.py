"""The inbox: which events have been processed, stored in the transaction of their effect."""

from collections.abc import Iterable
from typing import Any

from pymongo.client_session import ClientSession

from chassis.mongo import Store, guarded, make_collections, make_index

_COLLECTION = "inbox"


class Inbox:
    """The events that a service has processed, kept for ever: a replay may come years later."""

    def __init__(self, database: Store) -> None:
        self._database = database

    def prepare(self) -> None:
        """Create the collection and its index."""
        make_collections(self._database, _COLLECTION)
        make_index(self._database, _COLLECTION, "event")

    def first_time(self, consumer: str, event_id: str, session: ClientSession) -> bool:
        """True once per consumer and event, in the transaction that has the event's effect.

        False leaves the transaction usable. Raises a write conflict while another transaction
        processes the same event, which must then be delivered again.
        """
        result = self._events.update_one(
            {"_id": f"{consumer}/{event_id}"},
            {"$setOnInsert": {"event": event_id}},
            upsert=True,
            session=session,
        )
        return result.upserted_id is not None

    def lacking(self, event_ids: Iterable[str]) -> list[str]:
        """Those of the events that no consumer of the service has processed, in the order given."""
        wanted = list(event_ids)
        with guarded():
            found = self._events.find({"event": {"$in": wanted}}, {"_id": 0, "event": 1})
            present = {document["event"] for document in found}
        return [event_id for event_id in wanted if event_id not in present]

    @property
    def _events(self) -> Any:
        return self._database[_COLLECTION]
