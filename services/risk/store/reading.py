"""Reading: fragments and outcomes, always in the same few queries, whatever is found."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from pymongo import DESCENDING

from chassis.errors import Mangled
from chassis.mongo import guarded
from chassis.runtime import Runtime
from services.risk.domain.case import Outcome
from services.risk.store.documents import (
    Document,
    content_context,
    read_outcome,
    told_fragment,
)

_FACTS_ONLY = {"sealed": False}
_ONE_ANSWER = 5_000


class Reading:
    """What risk tells of cases."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._fragments = runtime.database["fragments"]
        self._weighings = runtime.database["weighings"]

    def fragments(
        self, case: str, kinds: Sequence[str] | None, fragment: str | None, content: bool
    ) -> Document:
        """A case's fragments in the order of their time, as JSON; an unknown id costs as much."""
        wanted: Document = {"case": case}
        if kinds is not None:
            wanted["kind"] = {"$in": list(kinds)}
        if fragment is not None:
            wanted["_id"] = fragment
        with guarded():
            found = list(
                self._fragments.find(wanted, None if content else _FACTS_ONLY)
                .sort([("at", 1), ("place", 1)])
                .batch_size(_ONE_ANSWER)
            )
            if content and not found:
                self._ask_for_key(case)
            told = [told_fragment(one, self._open(one) if content else None) for one in found]
        return {"case": case, "fragments": told, "destroyed": False}

    def closed(self, case: str, outcome: str) -> Outcome | None:
        """The closed weighing; None when there is none, it is still open or of another case."""
        with guarded():
            found = self._weighings.find_one({"_id": outcome, "case": case})
        return None if found is None else read_outcome(found)

    def last_weighing(self, case: str) -> str | None:
        """The weighing that says how the case stands: the open one, else the one closed last."""
        is_open = {"case": case, "kind": "weighing", "codes.state": "open"}
        with guarded():
            found = self._fragments.find_one(is_open, {"_id": True}) or self._weighings.find_one(
                {"case": case}, {"_id": True}, sort=[("turn", DESCENDING)]
            )
        return None if found is None else found["_id"]

    def live_assessments(self, case: str) -> list[str]:
        """The assessments of the case that were not recalled."""
        live = {"case": case, "kind": "assessment", "status": "offered"}
        with guarded():
            return [one["_id"] for one in self._fragments.find(live, {"_id": True})]

    def _open(self, document: Document) -> Any:
        """The content of a fragment; None once it was recalled."""
        if document["status"] == "recalled":
            return None
        return self._runtime.vault.open(
            document["case"],
            content_context(document["_id"], document["content_version"]),
            document["sealed"],
        )

    def _ask_for_key(self, case: str) -> None:
        """Looks for the case's key as opening content would: an unknown id is no cheaper."""
        with suppress(Mangled):
            self._runtime.vault.open(case, "none", b"")
