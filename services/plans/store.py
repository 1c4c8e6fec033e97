"""MongoDB of plans: which fragments it stores, and what was adopted or closed."""

from typing import Any, Final

from casework import transaction
from casework.fragment_documents import FragmentLayout
from casework.queries import OutcomeQueries
from chassis.mongo import reachable
from chassis.runtime import Runtime
from services.plans.domain.outcomes import KINDS, outcome_of

LAYOUT: Final = FragmentLayout(facts=("addressed_to", "of"))
"""What the table makes is kept from nobody, and is never recalled."""


def prepare(runtime: Runtime) -> None:
    """Make the collections and indexes; repeatable."""
    transaction.prepare(runtime.database, *KINDS)


def ready(runtime: Runtime) -> bool:
    """Whether the database answers."""
    return reachable(runtime.database)


def read_outcome(
    outcomes: OutcomeQueries, kind: str, case: str, outcome: str, **seen: Any
) -> dict[str, Any]:
    """What was closed, and whether it stands; raises Refuse("not_found") when nothing is closed.

    `seen` is what the fragments of the case say: `unsafe` and `contradictory` of `outcome_of`.
    """
    closed = outcomes.find(kind, case, outcome)
    last = {each: outcomes.last(each, case) for each in KINDS}
    return outcome_of(kind, closed, last, **seen)
