"""MongoDB of plans: the only place that knows how plans and their ending are kept."""

from typing import Final, get_args

from chassis.mongo import guarded, make_collections, make_index, reachable
from chassis.runtime import Runtime
from services.plans.domain.case import OutcomeKind
from services.plans.store.migrations import name_what_checks_go_with

_COLLECTIONS: Final = ("fragments", "versions", "serials", *get_args(OutcomeKind))

_INDEXES: Final = (
    ("fragments", "case", "at", "place"),
    ("fragments", "case", "kind"),
    *((kind, "case", "turn") for kind in get_args(OutcomeKind)),
)


def prepare(runtime: Runtime) -> None:
    """Make the collections and indexes, and bring older documents up to date; repeatable."""
    with guarded():
        # A register of cases that an earlier version kept, and nothing read.
        runtime.database["cases"].delete_many({})
    make_collections(runtime.database, *_COLLECTIONS)
    for collection, *keys in _INDEXES:
        make_index(runtime.database, collection, *keys)
    name_what_checks_go_with(runtime)


def ready(runtime: Runtime) -> bool:
    """Whether the database answers."""
    return reachable(runtime.database)
