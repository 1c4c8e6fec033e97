"""Puts the deadlines that an earlier version stored in their present form."""

from collections.abc import Iterator

from chassis.errors import Mangled
from chassis.migrations import Batch, count, pages
from chassis.mongo import transaction
from chassis.runtime import Runtime
from chassis.vault import KeyDestroyed
from services.notifications.store.deadlines import EARLIER, SILENT, Deadlines


def pending(runtime: Runtime) -> int:
    """How many cases are still to be renewed and can be opened."""
    readable = {"_id": {"$nin": runtime.vault.destroyed()}}
    return count(runtime.database, "cases", {"$and": [EARLIER, readable]})


def renew(runtime: Runtime, escalation_days: int) -> Iterator[Batch]:
    """Renew every case; left is what cannot be opened, because its key was destroyed.

    Each case is one transaction, so that events may be handled meanwhile.
    """
    deadlines = Deadlines(runtime, escalation_days)
    for page in pages(runtime.database, "cases", EARLIER):
        for case in page:
            try:
                with transaction(runtime.database) as session:
                    changed = deadlines.renew(case["_id"], runtime.clock.now(), session)
            except (KeyDestroyed, Mangled):
                yield Batch(0, left=1)
            else:
                yield Batch(int(changed))


def pending_repeats(runtime: Runtime) -> int:
    """How many deadlines have still to be escalated again, and can be opened."""
    readable = {"case": {"$nin": runtime.vault.destroyed()}}
    return count(runtime.database, "deadlines", {"$and": [SILENT, readable]})


def repeat(runtime: Runtime, escalation_days: int) -> Iterator[Batch]:
    """Have escalated again what fell silent; left is what cannot be opened.

    Each deadline is one transaction, so that events may be handled meanwhile.
    """
    deadlines = Deadlines(runtime, escalation_days)
    for page in pages(runtime.database, "deadlines", SILENT):
        for one in page:
            try:
                with transaction(runtime.database) as session:
                    changed = deadlines.repeat(one["_id"], runtime.clock.now(), session)
            except (KeyDestroyed, Mangled):
                yield Batch(0, left=1)
            else:
                yield Batch(int(changed))
