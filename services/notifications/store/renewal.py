"""Puts the deadlines that an earlier version stored in their present form."""

from collections.abc import Callable, Iterator
from datetime import datetime

from pymongo.client_session import ClientSession

from chassis.errors import Mangled
from chassis.migrations import Batch, count, pages
from chassis.mongo import Document, transaction
from chassis.runtime import Runtime
from chassis.vault import KeyDestroyed
from services.notifications.store.deadlines import EARLIER, SILENT, Deadlines


def pending(runtime: Runtime) -> int:
    """How many cases are still to be renewed and can be opened."""
    readable = {"_id": {"$nin": runtime.vault.destroyed()}}
    return count(runtime.database, "cases", {"$and": [EARLIER, readable]})


def renew(runtime: Runtime, escalation_days: int) -> Iterator[Batch]:
    """Renew every case."""
    act = Deadlines(runtime, escalation_days).renew
    return _each(runtime, "cases", EARLIER, act)


def pending_repeats(runtime: Runtime) -> int:
    """How many deadlines have still to be escalated again, and can be opened."""
    readable = {"case": {"$nin": runtime.vault.destroyed()}}
    return count(runtime.database, "deadlines", {"$and": [SILENT, readable]})


def repeat(runtime: Runtime, escalation_days: int) -> Iterator[Batch]:
    """Have escalated again what fell silent."""
    act = Deadlines(runtime, escalation_days).repeat
    return _each(runtime, "deadlines", SILENT, act)


def _each(
    runtime: Runtime,
    collection: str,
    wanted: Document,
    act: Callable[[str, datetime, ClientSession], bool],
) -> Iterator[Batch]:
    """Act on every document that is wanted; left is what cannot be opened: its key was destroyed.

    Each is one transaction, so that events may be handled meanwhile.
    """
    for page in pages(runtime.database, collection, wanted):
        for one in page:
            try:
                with transaction(runtime.database) as session:
                    changed = act(one["_id"], runtime.clock.now(), session)
            except (KeyDestroyed, Mangled):
                yield Batch(0, left=1)
            else:
                yield Batch(int(changed))
