"""MongoDB of risk: which fragments it stores, and its closed weighings."""

from typing import Final

from casework import transaction
from casework.fragment_documents import FragmentLayout
from casework.queries import OutcomeQueries
from chassis.mongo import Document, guarded, reachable
from chassis.runtime import Runtime

LAYOUT: Final = FragmentLayout(facts=("status",))
"""Nothing of an assessment or a weighing is for some partners only: its category says enough."""


def prepare(runtime: Runtime) -> None:
    """Make the collections and indexes; repeatable."""
    transaction.prepare(runtime.database, "weighings")


def ready(runtime: Runtime) -> bool:
    """Whether the database answers."""
    return reachable(runtime.database)


class WeighingQueries:
    """What intake asks of a weighing that it is to rest a step on."""

    def __init__(self, runtime: Runtime) -> None:
        self._fragments = runtime.database["fragments"]
        self._outcomes = OutcomeQueries(runtime)

    def closed(self, case: str, weighing: str) -> Document | None:
        """The closed weighing; None when there is none, it is still open or of another case."""
        return self._outcomes.find("weighings", case, weighing)

    def stands(self, case: str, weighing: str) -> bool:
        """Whether the table has not weighed again since: no other is open, none closed later."""
        is_open = {"case": case, "kind": "weighing", "codes.state": "open"}
        with guarded():
            newest = self._fragments.find_one(is_open, {"_id": True})
        newest = newest or self._outcomes.last("weighings", case)
        return newest is not None and newest["_id"] == weighing

    def live_assessments(self, case: str) -> list[str]:
        """The assessments of the case that were not recalled."""
        live = {"case": case, "kind": "assessment", "status": "offered"}
        with guarded():
            return [one["_id"] for one in self._fragments.find(live, {"_id": True})]
