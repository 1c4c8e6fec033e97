"""Puts the deadlines that an earlier version stored in their present form, case by case."""

from collections.abc import Iterator
from typing import Final

from chassis.errors import Mangled
from chassis.mongo import Document, guarded, transaction
from chassis.runtime import Runtime
from chassis.vault import KeyDestroyed
from services.notifications.store.deadlines import EARLIER, Deadlines

_PAGE: Final = 100


def pending(runtime: Runtime) -> int:
    """How many cases are still to be renewed, those that cannot be opened among them."""
    with guarded():
        return runtime.database["cases"].count_documents(EARLIER)


def renew(runtime: Runtime, escalation_days: int) -> Iterator[tuple[int, int]]:
    """Renew every case; after each page of them, how many were changed and how many left.

    Left is what cannot be opened, because its key was destroyed. It can be broken off and repeated
    at any time, beside processes that handle events: each case is one transaction.
    """
    deadlines = Deadlines(runtime, escalation_days)
    after: Document = {}
    while True:
        with guarded():
            found = runtime.database["cases"].find({"$and": [EARLIER, after]}, {"_id": 1})
            page = [one["_id"] for one in found.sort("_id", 1).limit(_PAGE)]
        if not page:
            return
        changed = left = 0
        for case in page:
            try:
                with transaction(runtime.database) as session:
                    changed += deadlines.renew(case, runtime.clock.now(), session)
            except (KeyDestroyed, Mangled):
                left += 1
        yield changed, left
        after = {"_id": {"$gt": page[-1]}}
