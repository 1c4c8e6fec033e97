"""MongoDB of risk: the cases it knows of, and its closed weighings.

Ids, codes and conclusions only, no words of anybody: nothing here needs sealing.
"""

from typing import Any

from chassis.mongo import guarded, make_collections, reachable, transaction
from chassis.runtime import Runtime


class Store:
    """What risk keeps. Making it needs the database."""

    def __init__(self, runtime: Runtime) -> None:
        make_collections(runtime.database, "cases", "weighings")
        self._runtime = runtime
        self._cases = runtime.database["cases"]
        self._weighings = runtime.database["weighings"]

    def note(self, event_id: str, heard: dict[str, str]) -> None:
        """Keep the newest that events told of a case; hearing one again changes nothing."""
        with transaction(self._runtime.database) as session:
            if not self._runtime.inbox.first_time("risk", event_id, session):
                return
            of_case = {"_id": heard["case"]}
            known = self._cases.find_one(of_case, session=session)
            if known is None or heard["told_at"] > known["told_at"]:
                self._cases.replace_one(of_case, heard, upsert=True, session=session)

    def weighing(self, case: str, outcome: str) -> dict[str, Any] | None:
        """The closed weighing; None when there is none, it is still open or of another case."""
        closed = {"_id": outcome, "case": case, "closed_at": {"$type": "date"}}
        with guarded():
            return self._weighings.find_one(closed)

    def lacking(self, event_ids: list[str]) -> list[str]:
        """Those of the events that had no effect here."""
        return self._runtime.inbox.lacking(event_ids)

    def ready(self) -> bool:
        """Whether the database answers."""
        return reachable(self._runtime.database)
