"""What intake publishes: the life of a case, sessions, contributions, emergencies."""

from typing import Final

from contracts import vocabulary as words
from contracts.events.shared import CaseData, EventType, FragmentData
from contracts.fields import Code, Day, Flag, Moment, OneOf, RandomId, Strict, codes


class ReferralData(CaseData):
    """`informing_due` is the first day on which a deferred informing is looked at again."""

    informing_due = Day()


class InformingData(CaseData):
    """`informing_due` is there while somebody's informing is still deferred."""

    informing_due = Day()


class InformingCorrectedData(InformingData):
    """`informing` is `unsettled` when no victim is informed and the chair must confirm why."""

    informing = OneOf(("settled", "unsettled"), required=True)
    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class PersonCorrectedData(FragmentData):
    """`member` is the random id of the person.

    `informing` is `unsettled` when the chair must confirm from now on why no victim is informed.
    """

    member = RandomId(required=True)
    informing = OneOf(("as_before", "unsettled"), required=True)
    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class PersonAddedData(PersonCorrectedData):
    """`informing_due` as at a referral."""

    informing_due = Day()


class WithdrawnData(CaseData):
    ground = OneOf(words.WITHDRAW_GROUNDS, required=True)


class SessionOfCaseData(CaseData):
    session = RandomId(required=True)


class OffAgendaData(SessionOfCaseData):
    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class VisitData(CaseData):
    """`referrer` is whose one visit it is; the own referral says at which session and when."""

    referrer = Code(required=True)


class RequestData(CaseData):
    request = RandomId(required=True)
    to = Code(required=True)
    by = Code(required=True)
    due = Day(required=True)


class RequestAnsweredData(RequestData):
    outcome = OneOf(words.REQUEST_OUTCOMES, required=True)


class RequestWithdrawnData(RequestData):
    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class AnswerLapsedData(CaseData):
    """`state` is what the partner's answer is now."""

    partner = Code(required=True)
    state = OneOf(("unanswered", "recalled"), required=True)


class ReferralCorrectedData(FragmentData):
    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class PartWithdrawnData(ReferralCorrectedData):
    """`complete`, of a service: every service that is left has mandated the director."""

    complete = Flag()


class ExecutorWithdrawnData(CaseData):
    """`followers` are the partners that follow an action which the service was to carry out."""

    involved_service = RandomId(required=True)
    followers = codes(200, required=True)


class ServiceAddedData(FragmentData):
    """`mandates_due` where there is a director whom it is to mandate."""

    mandates_due = Day()


class PartnerAnsweredData(CaseData):
    partner = Code(required=True)
    answer = OneOf(words.FORMING_ANSWERS, required=True)


class PartnerData(CaseData):
    partner = Code(required=True)


class ConflictData(CaseData):
    """`partner` where the person acts for one: it may need a deputy."""

    person = Code(required=True)
    partner = Code()


class CrisisEndedData(CaseData):
    """`fragment` says why."""

    fragment = RandomId(required=True)
    category = OneOf(words.CATEGORIES, required=True)


class WallData(CaseData):
    """`person` must not learn of the case from now on, because of `cause`."""

    wall = RandomId(required=True)
    person = Code(required=True)
    cause = OneOf(words.WALL_CAUSES, required=True)


class WallQuestionData(CaseData):
    """A question about a wall around `person`, which nobody of the partners `kept_from` sees.

    `answerers` are the partners that are asked; where there is none, it is asked of the chair.
    """

    question = RandomId(required=True)
    person = Code(required=True)
    kept_from = codes(200, required=True)
    answerers = codes(200, required=True)
    due = Day(required=True)


class WallAnsweredData(CaseData):
    """`walled` still names the person where a wall is left."""

    question = RandomId(required=True)
    person = Code(required=True)
    stands = Flag(required=True)


class PersonData(CaseData):
    person = Code(required=True)


class StaffData(Strict):
    """`registration` is the import that a person with a mandate was registered by."""

    registration = RandomId(required=True)
    person = Code(required=True)


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


class SessionData(Strict):
    session = RandomId(required=True)
    agreement = Code(required=True)
    table = Code(required=True)
    starts_at = Moment(required=True)


class SessionMovedData(SessionData):
    """`formerly` is when it would have begun."""

    formerly = Moment(required=True)
    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class SessionCancelledData(SessionData):
    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


EVENTS: Final = {
    "referral_submitted": EventType(
        "A referral (aanmelding) was submitted: the case begins.", {1: ReferralData}
    ),
    "informing_confirmed": EventType(
        "The chair confirmed that nobody could be informed yet.", {1: CaseData}
    ),
    "session_scheduled": EventType(
        "A session of the table (overlegtafel) has a date.", {1: SessionData}
    ),
    "case_put_on_agenda": EventType(
        "A case stands on the agenda of a session.", {1: SessionOfCaseData}
    ),
    "session_moved": EventType("A session begins at another moment.", {1: SessionMovedData}),
    "session_cancelled": EventType("A session does not take place.", {1: SessionCancelledData}),
    "case_taken_off_agenda": EventType(
        "A case does not stand on the agenda of a session any more.", {1: OffAgendaData}
    ),
    "visit_planned": EventType(
        "The referrer attends a session once, to explain the referral.", {1: VisitData}
    ),
    "visit_moved": EventType(
        "The session that the referrer attends begins at another moment.", {1: VisitData}
    ),
    "visit_given_back": EventType(
        "The referrer does not attend a session: the one visit is still to come.", {1: VisitData}
    ),
    "case_taken_on_agenda": EventType(
        "The table took the case up: forming (dossiervorming) begins.", {1: SessionOfCaseData}
    ),
    "case_withdrawn": EventType("The referring partner withdrew the case.", {1: WithdrawnData}),
    "forming_completed": EventType(
        "Every partner answered and no request is open: weighing begins.", {1: CaseData}
    ),
    "forming_reopened": EventType(
        "Something important is missing: forming goes on.", {1: CaseData}
    ),
    "crisis_raised": EventType("A participant reported acute danger.", {1: FragmentData}),
    "crisis_ended": EventType("The chair declared acute danger over.", {1: CrisisEndedData}),
    "participant_invited": EventType(
        "A partner takes part in the case from now on.", {1: PartnerData}
    ),
    "conflict_declared": EventType(
        "A person declared an own conflict of interest.", {1: ConflictData}
    ),
    "wall_raised": EventType(
        "The case is hidden from a person: a match, or an interest that others know of.",
        {1: WallData},
    ),
    "wall_question_asked": EventType(
        "Somebody is asked whether a wall around a person is right.", {1: WallQuestionData}
    ),
    "wall_answered": EventType("It was said whether a wall stands.", {1: WallAnsweredData}),
    "direction_ended": EventType(
        "The director must not learn of the case any more: it has none.", {1: PersonData}
    ),
    "staff_registered": EventType(
        "An operator registered by what a person with a mandate is recognised.", {1: StaffData}
    ),
    "staff_removed": EventType(
        "An operator removed by what a person with a mandate is recognised.", {1: StaffData}
    ),
    "possible_match_noticed": EventType(
        "There may be a case of the same people under this agreement.", {1: PossibleMatchData}
    ),
    "weak_match_noticed": EventType(
        "There may be a case of the same people, by a part of a name or of a birth date.",
        {1: PossibleMatchData},
    ),
    "item_offered": EventType(
        "A partner offered an information item (informatie-element).", {1: FragmentData}
    ),
    "item_corrected": EventType(
        "A partner corrected an own item: it has a new version.", {1: FragmentData}
    ),
    "item_recalled": EventType(
        "A partner recalled an own item: nobody is shown what it said.", {1: FragmentData}
    ),
    "partner_answered": EventType(
        "A partner answered the call for contributions.", {1: PartnerAnsweredData}
    ),
    "answers_complete": EventType(
        "Every partner has answered and no question is open: forming can be completed.",
        {1: CaseData},
    ),
    "information_requested": EventType(
        "The table asked a partner a question (informatievraag).", {1: RequestData}
    ),
    "information_request_answered": EventType(
        "A partner answered a question of the table.", {1: RequestAnsweredData}
    ),
    "information_request_withdrawn": EventType(
        "A question was taken back: nobody is shown it, nobody waits.", {1: RequestWithdrawnData}
    ),
    "information_request_reopened": EventType(
        "The item that answered a question was recalled: it is open again.", {1: RequestData}
    ),
    "answer_lapsed": EventType(
        "A partner took back all that it had contributed: its answer says so no longer.",
        {1: AnswerLapsedData},
    ),
    "referral_corrected": EventType(
        "A part of the referral was corrected: it has a new version.", {1: ReferralCorrectedData}
    ),
    "referral_part_withdrawn": EventType(
        "A part of the referral was recorded in error: nobody is shown it.", {1: PartWithdrawnData}
    ),
    "executor_withdrawn": EventType(
        "The plan, or a version that is proposed, names an involved service that was withdrawn.",
        {1: ExecutorWithdrawnData},
    ),
    "involved_service_added": EventType(
        "An involved service (betrokken dienst) was added.", {1: ServiceAddedData}
    ),
    "person_added": EventType(
        "Somebody belongs to the client system whom the referral did not name.",
        {1: PersonAddedData},
    ),
    "person_corrected": EventType(
        "Who a member of the client system is was set right.", {1: PersonCorrectedData}
    ),
    "informing_corrected": EventType(
        "What was recorded of somebody's informing was set right.", {1: InformingCorrectedData}
    ),
    "informing_recorded": EventType(
        "It is recorded how somebody came to know, or why not yet.", {1: InformingData}
    ),
    "advice_written": EventType(
        "The table wrote its advice (advies) to the referrer.", {1: CaseData}
    ),
    "case_declined": EventType(
        "The case is not taken; the referrer has an advice.", {1: DeclinedData}
    ),
    "case_accepted": EventType(
        "The case is taken; `stage` says whether there is a place for it.", {1: DecidedData}
    ),
    "case_promoted": EventType("A place is free: a waiting case is taken.", {1: DecidedData}),
    "director_appointed": EventType("The case has a director (casusregisseur).", {1: DirectorData}),
    "direction_mandate_recorded": EventType(
        "An involved service mandated the director.", {1: DirectionMandateData}
    ),
    "execution_started": EventType("The adopted plan is carried out.", {1: ExecutionData}),
    "case_concluded": EventType(
        "The violence stopped and the goals are reached.", {1: ConcludedData}
    ),
    "follow_up_extended": EventType(
        "The follow-up is done: the case is looked at again later.", {1: ConcludedData}
    ),
    "case_closed": EventType("The follow-up is done and the case is closed.", {1: CaseData}),
    "case_reopened": EventType("The case is taken up again.", {1: ReopenedData}),
    "emergency_opened": EventType(
        "Somebody opened the case for acute danger (noodtoegang).", {1: EmergencyData}
    ),
    "emergency_reviewed": EventType(
        "A second person reviewed an emergency access.", {1: EmergencyReviewedData}
    ),
    "case_taken_over": EventType(
        "The case goes on under the succeeding agreement.", {1: TakenOverData}
    ),
}
"""Event → what it says happened, and its data."""
