"""What risk publishes: assessments and weighings."""

from typing import Final

from contracts import vocabulary as words
from contracts.events.shared import CaseData, EventType, FragmentData
from contracts.fields import Code, OneOf, RandomId


class AssessmentData(FragmentData):
    instrument = Code(required=True)


class WeighingData(CaseData):
    weighing = RandomId(required=True)


class WeighingPositionData(WeighingData):
    partner = Code(required=True)
    position = OneOf(words.WEIGHING_POSITIONS, required=True)


class WeighingClosedData(WeighingData):
    conclusion = OneOf(words.WEIGHING_CONCLUSIONS, required=True)


EVENTS: Final = {
    "assessment_recorded": EventType("An instrument was filled in.", {1: AssessmentData}),
    "assessment_recalled": EventType("A partner recalled its assessment.", {1: AssessmentData}),
    "weighing_opened": EventType(
        "The table weighs how grave the case is (weging).", {1: WeighingData}
    ),
    "weighing_position_taken": EventType(
        "A partner said how it stands to taking the case.", {1: WeighingPositionData}
    ),
    "weighing_positions_complete": EventType(
        "Every partner has said how it stands to taking the case.", {1: WeighingData}
    ),
    "problem_profile_written": EventType(
        "The table described the problems (kwalificatie).", {1: WeighingData}
    ),
    "weighing_closed": EventType(
        "The weighing is closed and never changes.", {1: WeighingClosedData}
    ),
}
"""Event → what it says happened, and its data."""
