"""MongoDB of risk: the only place that knows how assessments and weighings are kept."""

from typing import Final

from chassis.mongo import guarded, make_collections, make_index, reachable
from chassis.runtime import Runtime

_COLLECTIONS: Final = ("fragments", "versions", "serials", "weighings")

_INDEXES: Final = (
    ("fragments", "case", "at", "place"),
    ("fragments", "case", "kind"),
    ("weighings", "case", "turn"),
)


def prepare(runtime: Runtime) -> None:
    """Make the collections and indexes, empty what is stored no more; repeatable."""
    with guarded():
        # A register of cases that an earlier version kept, and nothing read.
        runtime.database["cases"].delete_many({})
    make_collections(runtime.database, *_COLLECTIONS)
    for collection, *keys in _INDEXES:
        make_index(runtime.database, collection, *keys)


def ready(runtime: Runtime) -> bool:
    """Whether the database answers."""
    return reachable(runtime.database)
