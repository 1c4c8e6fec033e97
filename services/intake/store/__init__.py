"""MongoDB of intake: the only place that knows how a case is kept."""

from typing import Final

from casework import fragment_store
from chassis.mongo import make_collections, make_index, reachable
from chassis.runtime import Runtime

INDEXES: Final = (
    ("cases", "agreement", "participants.partner", "order"),
    ("cases", "agreement", "order"),
    ("cases", "referrer", "order"),
    ("cases", "agreement", "stage", "waiting_since", "_id"),
    ("sessions", "agreement", "order"),
    ("sessions", "agenda.case"),
    ("former_sessions", "session"),
)
"""Collection and keys: the queries of `queries` and `writes` that many documents must not slow."""


def prepare(runtime: Runtime) -> None:
    """Make the collections and indexes, as often as you like."""
    names = (
        *("cases", "whereabouts", "sessions", "former_sessions", "matches", "places", "staff"),
    )
    fragment_store.prepare(runtime.database)
    make_collections(runtime.database, *names)
    for collection, *keys in INDEXES:
        make_index(runtime.database, collection, *keys)


def ready(runtime: Runtime) -> bool:
    """Whether the database answers."""
    return reachable(runtime.database)
