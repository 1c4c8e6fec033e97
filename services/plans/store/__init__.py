"""MongoDB of plans: the only place that knows how plans and their ending are kept."""

from typing import Final, get_args

from chassis.mongo import make_collections, make_index, reachable
from chassis.runtime import Runtime
from services.plans.domain.case import OutcomeKind

_COLLECTIONS: Final = ("fragments", "versions", "serials", *get_args(OutcomeKind))

_INDEXES: Final = (
    ("fragments", "case", "at", "place"),
    ("fragments", "case", "kind"),
    *((kind, "case", "turn") for kind in get_args(OutcomeKind)),
)


def prepare(runtime: Runtime) -> None:
    """Make the collections and indexes, as often as you like."""
    make_collections(runtime.database, *_COLLECTIONS)
    for collection, *keys in _INDEXES:
        make_index(runtime.database, collection, *keys)


def ready(runtime: Runtime) -> bool:
    """Whether the database answers."""
    return reachable(runtime.database)
