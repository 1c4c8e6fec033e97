"""MongoDB of plans: the cases it knows of, and what was adopted or closed.

Ids, codes and results only, no words of anybody: nothing here needs sealing.
"""

from typing import Any, Literal, get_args

from chassis.mongo import guarded, make_collections, reachable, transaction
from chassis.runtime import Runtime

Kind = Literal["plan_versions", "conclusions", "follow_ups"]


class Store:
    """What plans keeps. Making it needs the database."""

    def __init__(self, runtime: Runtime) -> None:
        make_collections(runtime.database, "cases", *get_args(Kind))
        self._runtime = runtime
        self._cases = runtime.database["cases"]

    def note(self, event_id: str, heard: dict[str, str]) -> None:
        """Keep the newest that events told of a case; hearing one again changes nothing."""
        with transaction(self._runtime.database) as session:
            if not self._runtime.inbox.first_time("plans", event_id, session):
                return
            of_case = {"_id": heard["case"]}
            known = self._cases.find_one(of_case, session=session)
            if known is None or heard["told_at"] > known["told_at"]:
                self._cases.replace_one(of_case, heard, upsert=True, session=session)

    def closed(self, kind: Kind, case: str, outcome: str) -> dict[str, Any] | None:
        """The document, closed or adopted; None while it is open or when of another case."""
        closed = {"_id": outcome, "case": case, "closed_at": {"$type": "date"}}
        with guarded():
            return self._runtime.database[kind].find_one(closed)

    def lacking(self, event_ids: list[str]) -> list[str]:
        """Those of the events that had no effect here."""
        return self._runtime.inbox.lacking(event_ids)

    def ready(self) -> bool:
        """Whether the database answers."""
        return reachable(self._runtime.database)
