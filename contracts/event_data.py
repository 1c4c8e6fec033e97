"""What events say beside their envelope: the schema of `data` for each, in ids, codes and days."""

from contracts import vocabulary as words
from contracts.fields import Code, Day, Flag, Moment, OneOf, RandomId, Strict, codes, many


class CaseData(Strict):
    """What every event about a case holds; `director` where its sender knows of one."""

    case = RandomId(required=True)
    agreement = Code(required=True)
    stage = OneOf(words.STAGES, required=True)
    submitted_by = Code(required=True)
    participants = codes(200, required=True)
    walled = codes(1000, required=True)
    director = Code(allow_none=True)


class ReferralData(CaseData):
    """`informing_due` is the first day on which a deferred informing is looked at again."""

    informing_due = Day()


class InformingData(CaseData):
    """`informing_due` is there while somebody's informing is still deferred."""

    informing_due = Day()


class WithdrawnData(CaseData):
    ground = OneOf(words.WITHDRAW_GROUNDS, required=True)


class SessionOfCaseData(CaseData):
    session = RandomId(required=True)


class FragmentData(CaseData):
    fragment = RandomId(required=True)
    category = OneOf(words.CATEGORIES, required=True)
    partner = Code(required=True)


class RequestData(CaseData):
    request = RandomId(required=True)
    to = Code(required=True)
    by = Code(required=True)
    due = Day(required=True)


class RequestAnsweredData(RequestData):
    outcome = OneOf(words.REQUEST_OUTCOMES, required=True)


class PartnerAnsweredData(CaseData):
    partner = Code(required=True)
    answer = OneOf(words.FORMING_ANSWERS, required=True)


class PartnerData(CaseData):
    partner = Code(required=True)


class ConflictData(CaseData):
    """`partner` where the person acts for one: it may need a deputy."""

    person = Code(required=True)
    partner = Code()


class PossibleMatchData(CaseData):
    """`walled_from_matches` must not learn of any of the cases that this one may be a match of."""

    walled_from_matches = codes(1000, required=True)


class DecidedData(CaseData):
    """The table decided; `referrer` is who made the referral (an opaque id) and waits for it."""

    referrer = Code(required=True)


class DeclinedData(DecidedData):
    ground = OneOf(words.NOT_TAKEN_GROUNDS, required=True)


class ReopenedData(CaseData):
    """`report_due` where the plan is carried out again; `informing_due` as at a referral."""

    ground = OneOf(words.REOPEN_GROUNDS, required=True)
    report_due = Day()
    informing_due = Day()


class ExecutionData(CaseData):
    report_due = Day(required=True)


class ConcludedData(CaseData):
    """Concluded: the day from which the case is followed up."""

    follow_up_due = Day(required=True)


class DirectorData(CaseData):
    """`mandates_due` where there is an involved service to mandate the director."""

    person = Code(required=True)
    partner = Code(required=True)
    mandates_due = Day()


class DirectionMandateData(CaseData):
    """`complete`: every involved service has mandated the director by now."""

    involved_service = RandomId(required=True)
    complete = Flag(required=True)


class EmergencyData(CaseData):
    grant = RandomId(required=True)
    person = Code(required=True)
    partner = Code(required=True)
    until = Moment(required=True)
    review_due = Day(required=True)


class EmergencyReviewedData(CaseData):
    grant = RandomId(required=True)
    person = Code(required=True)
    justified = Flag(required=True)


class TakenOverData(CaseData):
    predecessor = Code(required=True)


class AssessmentData(FragmentData):
    instrument = Code(required=True)


class WeighingData(CaseData):
    weighing = RandomId(required=True)


class WeighingPositionData(WeighingData):
    partner = Code(required=True)
    position = OneOf(words.WEIGHING_POSITIONS, required=True)


class WeighingClosedData(WeighingData):
    conclusion = OneOf(words.WEIGHING_CONCLUSIONS, required=True)


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


class SessionData(Strict):
    session = RandomId(required=True)
    agreement = Code(required=True)
    table = Code(required=True)
    starts_at = Moment(required=True)
