"""Telling the chairs that two cases may be of the same people, without keeping who they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from casework.change import Event
from services.intake.domain.case import Case
from services.intake.domain.identity import Strength


@dataclass(frozen=True)
class Alike:
    """A case that may have a person in common with a new one, and how surely."""

    case: Case
    strength: Strength


def notice(case: Case, others: Iterable[Alike]) -> tuple[Event, ...]:
    """The event that a new case may match another, with no content of either (step 1).

    Once, however many persons or cases are alike, by the surest of them; and within one agreement
    only (docs/decisions/0010): another agreement has other partners, and gives no purpose for
    notifying them. Who is walled off from all of those cases is named, because to that person there
    is none.
    """
    alike = [
        other
        for other in others
        if other.case.agreement == case.agreement and other.case.stage != "withdrawn"
    ]
    strong = [other for other in alike if other.strength == "strong"]
    if not alike:
        return ()
    apart = set.intersection(*({*other.case.walled} for other in strong or alike))
    name = "intake.possible_match_noticed" if strong else "intake.weak_match_noticed"
    return (Event(name, {"walled_from_matches": sorted(apart)}),)
