"""What plans publishes: plans and actions, decisions, direction, closing."""

from typing import Final

from contracts import vocabulary as words
from contracts.events.shared import CaseData, EventType
from contracts.fields import Code, Day, OneOf, RandomId, Strict, codes, many


class PlanProposedData(CaseData):
    plan = RandomId(required=True)
    positions_due = Day(required=True)


class PlanPositionData(CaseData):
    """`answered` are all who have taken a position on this version by now, `positions_due` is the
    day by which the others are asked to.
    """

    plan = RandomId(required=True)
    answered = codes(required=True)
    positions_due = Day(required=True)
    partner = Code(required=True)
    position = OneOf(words.PLAN_POSITIONS, required=True)


class ActionDue(Strict):
    """An action that its follower has to see to by a day."""

    action = RandomId(required=True)
    follower = Code(required=True)
    due = Day(required=True)


class PlanAdoptedData(CaseData):
    plan = RandomId(required=True)
    actions = many(ActionDue, most=200, required=True)


class ActionUpdatedData(CaseData):
    action = RandomId(required=True)
    follower = Code(required=True)
    state = OneOf(words.ACTION_STATES, required=True)


class DecisionData(CaseData):
    decision = RandomId(required=True)
    action = RandomId(allow_none=True, required=True)


class DirectionData(CaseData):
    """Something that the director or the table noted, by its id."""

    fragment = RandomId(required=True)
    category = OneOf(words.CATEGORIES, required=True)


class ProgressData(DirectionData):
    next_on = Day(required=True)


class FollowUpData(DirectionData):
    result = OneOf(words.FOLLOW_UP_RESULTS, required=True)
    next_on = Day()


EVENTS: Final = {
    "plan_proposed": EventType(
        "A version of the plan (plan van aanpak) was proposed.", {1: PlanProposedData}
    ),
    "plan_position_taken": EventType(
        "A partner said how it stands to a version of the plan.", {1: PlanPositionData}
    ),
    "plan_adopted": EventType(
        "A version became the plan; its actions have followers and days.", {1: PlanAdoptedData}
    ),
    "action_updated": EventType(
        "The follower reported the state of an action.", {1: ActionUpdatedData}
    ),
    "decision_recorded": EventType(
        "The team took a supported decision (gedragen beslissing).", {1: DecisionData}
    ),
    "contact_logged": EventType("The director had a contact.", {1: DirectionData}),
    "trajectory_recorded": EventType(
        "The director noted a trajectory of help or justice.", {1: DirectionData}
    ),
    "trajectory_updated": EventType("A trajectory stands otherwise.", {1: DirectionData}),
    "progress_reported": EventType(
        "The director reported to the team, with a safety check.", {1: ProgressData}
    ),
    "safety_checked": EventType(
        "Somebody looked at how safe members of the client system are.", {1: DirectionData}
    ),
    "unsafe_reported": EventType(
        "A safety check says that somebody is unsafe; `fragment` is the check.", {1: DirectionData}
    ),
    "safety_cleared": EventType(
        "Nobody is unsafe any more, by a safety check after one that said so; `fragment` is it.",
        {1: DirectionData},
    ),
    "conclusion_drawn": EventType(
        "The director proposed a conclusion (afronding).", {1: DirectionData}
    ),
    "follow_up_recorded": EventType(
        "The follow-up after the conclusion was done.", {1: FollowUpData}
    ),
    "approach_evaluated": EventType("The table looked back on its approach.", {1: DirectionData}),
}
"""Event → what it says happened, and its data."""
