"""MongoDB of intake: the only place that knows how a case is kept."""

from chassis.mongo import make_collections, make_index, reachable
from chassis.runtime import Runtime

_INDEXES = (
    ("cases", "agreement", "participants.partner", "order"),
    ("cases", "agreement", "order"),
    ("cases", "referrer", "order"),
    ("cases", "agreement", "stage", "waiting_since"),
    ("fragments", "case", "at", "place"),
    ("fragments", "case", "kind"),
    ("sessions", "agreement", "order"),
)


def prepare(runtime: Runtime) -> None:
    """Make the collections and indexes, as often as you like."""
    names = ("cases", "fragments", "versions", "whereabouts", "sessions", "matches", "places")
    make_collections(runtime.database, *names)
    for collection, *keys in _INDEXES:
        make_index(runtime.database, collection, *keys)


def ready(runtime: Runtime) -> bool:
    """Whether the database answers."""
    return reachable(runtime.database)
