"""Closed outcomes: immutable documents of risk and plans that intake asks before it commits.

An outcome is asked for by its id and never changes once it is closed; the answer also says whether
it still stands at that moment (docs/decisions/0009). An id that is unknown, not closed, or of
another case is `not_found`.
"""

from typing import Final

from contracts import vocabulary as words
from contracts.fields import Code, Day, Flag, Moment, OneOf, RandomId, Strict, Whole, codes, ids


class OutcomeRequest(Strict):
    """The outcome document `outcome` of `case`."""

    case = RandomId(required=True)
    outcome = RandomId(required=True)


class _Closed(Strict):
    """`stands`: nothing that its owner did later took its place."""

    id = RandomId(required=True)
    case = RandomId(required=True)
    closed_at = Moment(required=True)
    stands = Flag(required=True)


class WeighingOutcome(_Closed):
    """A closed weighing (weging): what the table concluded, and whether it rests on enough.

    `assessments` counts those among them that were not recalled; it stands until the table weighs
    again.
    """

    conclusion = OneOf(words.WEIGHING_CONCLUSIONS, required=True)
    assessments = Whole(required=True)
    problem_profile = Flag(required=True)


class _OfMembers(_Closed):
    """`covers`: the members of the client system that it was made about."""

    covers = ids(required=True)


class PlanOutcome(_OfMembers):
    """An adopted plan version and the partners that follow an action of it.

    `services` are the involved services that carry an action out. It stands until another version
    is adopted.
    """

    version = Whole(required=True)
    followers = codes(required=True)
    services = ids(200, required=True)


class _Ending(_OfMembers):
    """What a case may end on, and who proposed it (`proposed_by`; null for an older document).

    `unsafe`: the newest safety check of a member of the client system says so now.
    """

    proposed_by = Code(required=True, allow_none=True)
    unsafe = Flag(required=True)


class ConclusionOutcome(_Ending):
    """A closed conclusion: violence stopped, goals reached; who still follows an action.

    It stands until another one is drawn, or another version of the plan is adopted.
    """

    violence_stopped = Flag(required=True)
    goals_reached = Flag(required=True)
    followers = codes(required=True)


class FollowUpOutcome(_Ending):
    """A closed follow-up after the conclusion; `next_on` is the day of the next, when extended.

    It stands until another one is recorded.
    """

    result = OneOf(words.FOLLOW_UP_RESULTS, required=True)
    ground = Code(required=True, allow_none=True)
    next_on = Day(required=True, allow_none=True)


RISK_METHODS: Final = {"weighing_outcome": (OutcomeRequest, WeighingOutcome)}

PLANS_METHODS: Final = {
    "plan_outcome": (OutcomeRequest, PlanOutcome),
    "conclusion_outcome": (OutcomeRequest, ConclusionOutcome),
    "follow_up_outcome": (OutcomeRequest, FollowUpOutcome),
}
