"""Events: what happened, in ids and codes only, as CloudEvents 1.0 (architecture.md).

An event never carries content. `data` of a case event holds the facts that a subscriber needs to
react without asking: the agreement, the stage, who takes part and who must not learn of the case
(`walled`).
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from marshmallow import EXCLUDE, ValidationError, fields, validate

from contracts import event_data
from contracts import vocabulary as words
from contracts.fields import Code, Moment, OneOf, RandomId, Strict

DATASCHEMA: Final = "urn:ketenaanpak:event:{type}:{version}"


class Envelope(Strict):
    """CloudEvents 1.0 with the three extensions that join it to a trace, a command, a decision."""

    specversion = fields.String(required=True, validate=validate.Equal("1.0"))
    id = RandomId(required=True)
    source = OneOf(words.SERVICES, required=True)
    type = Code(required=True)
    time = Moment(required=True)
    subject = RandomId(required=True)
    dataschema = fields.String(required=True)
    datacontenttype = fields.String(required=True, validate=validate.Equal("application/json"))
    traceparent = fields.String()
    commandid = RandomId(required=True)
    decisionid = RandomId(required=True)
    data = fields.Dict(keys=fields.String(), required=True)


EVENTS: Final[Mapping[str, Mapping[int, type[Strict]]]] = {
    "intake.referral_submitted": {1: event_data.ReferralData},
    "intake.informing_confirmed": {1: event_data.CaseData},
    "intake.session_scheduled": {1: event_data.SessionData},
    "intake.case_put_on_agenda": {1: event_data.SessionOfCaseData},
    "intake.case_taken_on_agenda": {1: event_data.SessionOfCaseData},
    "intake.case_withdrawn": {1: event_data.WithdrawnData},
    "intake.forming_completed": {1: event_data.CaseData},
    "intake.forming_reopened": {1: event_data.CaseData},
    "intake.crisis_raised": {1: event_data.FragmentData},
    "intake.participant_invited": {1: event_data.PartnerData},
    "intake.conflict_declared": {1: event_data.ConflictData},
    "intake.possible_match_noticed": {1: event_data.PossibleMatchData},
    "intake.item_offered": {1: event_data.FragmentData},
    "intake.item_corrected": {1: event_data.FragmentData},
    "intake.item_recalled": {1: event_data.FragmentData},
    "intake.partner_answered": {1: event_data.PartnerAnsweredData},
    "intake.information_requested": {1: event_data.RequestData},
    "intake.information_request_answered": {1: event_data.RequestAnsweredData},
    "intake.informing_recorded": {1: event_data.InformingData},
    "intake.advice_written": {1: event_data.CaseData},
    "intake.case_declined": {1: event_data.DeclinedData},
    "intake.case_accepted": {1: event_data.DecidedData},
    "intake.case_promoted": {1: event_data.DecidedData},
    "intake.director_appointed": {1: event_data.DirectorData},
    "intake.direction_mandate_recorded": {1: event_data.DirectionMandateData},
    "intake.execution_started": {1: event_data.ExecutionData},
    "intake.case_concluded": {1: event_data.ConcludedData},
    "intake.follow_up_extended": {1: event_data.ConcludedData},
    "intake.case_closed": {1: event_data.CaseData},
    "intake.case_reopened": {1: event_data.ReopenedData},
    "intake.emergency_opened": {1: event_data.EmergencyData},
    "intake.emergency_reviewed": {1: event_data.EmergencyReviewedData},
    "intake.case_taken_over": {1: event_data.TakenOverData},
    "risk.assessment_recorded": {1: event_data.AssessmentData},
    "risk.assessment_recalled": {1: event_data.AssessmentData},
    "risk.weighing_opened": {1: event_data.WeighingData},
    "risk.weighing_position_taken": {1: event_data.WeighingPositionData},
    "risk.problem_profile_written": {1: event_data.WeighingData},
    "risk.weighing_closed": {1: event_data.WeighingClosedData},
    "plans.plan_proposed": {1: event_data.PlanProposedData},
    "plans.plan_position_taken": {1: event_data.PlanPositionData},
    "plans.plan_adopted": {1: event_data.PlanAdoptedData},
    "plans.action_updated": {1: event_data.ActionUpdatedData},
    "plans.decision_recorded": {1: event_data.DecisionData},
    "plans.contact_logged": {1: event_data.DirectionData},
    "plans.trajectory_recorded": {1: event_data.DirectionData},
    "plans.trajectory_updated": {1: event_data.DirectionData},
    "plans.progress_reported": {1: event_data.ProgressData},
    "plans.conclusion_drawn": {1: event_data.DirectionData},
    "plans.follow_up_recorded": {1: event_data.FollowUpData},
    "plans.approach_evaluated": {1: event_data.DirectionData},
}
"""`<source>.<type>` → version → schema of `data`; a version, once published, never changes."""

MEANINGS: Final[Mapping[str, str]] = {
    "intake.referral_submitted": "A referral (aanmelding) was submitted: the case begins.",
    "intake.informing_confirmed": "The chair confirmed that nobody could be informed yet.",
    "intake.session_scheduled": "A session of the table (overlegtafel) has a date.",
    "intake.case_put_on_agenda": "A case stands on the agenda of a session.",
    "intake.case_taken_on_agenda": "The table took the case up: forming (dossiervorming) begins.",
    "intake.case_withdrawn": "The referring partner withdrew the case.",
    "intake.forming_completed": "Every partner answered and no request is open: weighing begins.",
    "intake.forming_reopened": "Something important is missing: forming goes on.",
    "intake.crisis_raised": "A participant reported acute danger.",
    "intake.participant_invited": "A partner takes part in the case from now on.",
    "intake.conflict_declared": "A person declared an own conflict of interest.",
    "intake.possible_match_noticed": "There may be a case of the same people under this agreement.",
    "intake.item_offered": "A partner offered an information item (informatie-element).",
    "intake.item_corrected": "A partner corrected an own item: it has a new version.",
    "intake.item_recalled": "A partner recalled an own item: nobody is shown what it said.",
    "intake.partner_answered": "A partner answered the call for contributions.",
    "intake.information_requested": "The table asked a partner a question (informatievraag).",
    "intake.information_request_answered": "A partner answered a question of the table.",
    "intake.informing_recorded": "It is recorded how somebody came to know, or why not yet.",
    "intake.advice_written": "The table wrote its advice (advies) to the referrer.",
    "intake.case_declined": "The case is not taken; the referrer has an advice.",
    "intake.case_accepted": "The case is taken; `stage` says whether there is a place for it.",
    "intake.case_promoted": "A place is free: a waiting case is taken.",
    "intake.director_appointed": "The case has a director (casusregisseur).",
    "intake.direction_mandate_recorded": "An involved service mandated the director.",
    "intake.execution_started": "The adopted plan is carried out.",
    "intake.case_concluded": "The violence stopped and the goals are reached.",
    "intake.follow_up_extended": "The follow-up is done: the case is looked at again later.",
    "intake.case_closed": "The follow-up is done and the case is closed.",
    "intake.case_reopened": "The case is taken up again.",
    "intake.emergency_opened": "Somebody opened the case for acute danger (noodtoegang).",
    "intake.emergency_reviewed": "A second person reviewed an emergency access.",
    "intake.case_taken_over": "The case goes on under the succeeding agreement.",
    "risk.assessment_recorded": "An instrument was filled in.",
    "risk.assessment_recalled": "A partner recalled its assessment.",
    "risk.weighing_opened": "The table weighs how grave the case is (weging).",
    "risk.weighing_position_taken": "A partner said how it stands to taking the case.",
    "risk.problem_profile_written": "The table described the problems (kwalificatie).",
    "risk.weighing_closed": "The weighing is closed and never changes.",
    "plans.plan_proposed": "A version of the plan (plan van aanpak) was proposed.",
    "plans.plan_position_taken": "A partner said how it stands to a version of the plan.",
    "plans.plan_adopted": "A version became the plan; its actions have followers and days.",
    "plans.action_updated": "The follower reported the state of an action.",
    "plans.decision_recorded": "The team took a supported decision (gedragen beslissing).",
    "plans.contact_logged": "The director had a contact.",
    "plans.trajectory_recorded": "The director noted a trajectory of help or justice.",
    "plans.trajectory_updated": "A trajectory stands otherwise.",
    "plans.progress_reported": "The director reported to the team, with a safety check.",
    "plans.conclusion_drawn": "The director proposed a conclusion (afronding).",
    "plans.follow_up_recorded": "The follow-up after the conclusion was done.",
    "plans.approach_evaluated": "The table looked back on its approach.",
}
"""What each event says happened, for those who read its page."""


def make_event(
    name: str,
    data: Mapping[str, Any],
    *,
    at: datetime,
    subject: str,
    command_id: str,
    decision_id: str,
    traceparent: str = "",
) -> dict[str, Any]:
    """A new event of the newest version of `name` (`<source>.<type>`), validated, as JSON."""
    source, event_type = name.split(".", 1)
    version = max(EVENTS[name])
    schema = EVENTS[name][version]()
    event: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": source,
        "type": event_type,
        "time": at.isoformat(),
        "subject": subject,
        "dataschema": DATASCHEMA.format(type=name, version=version),
        "datacontenttype": "application/json",
        "commandid": command_id,
        "decisionid": decision_id,
        "data": schema.dump(schema.load(schema.dump(data))),
    }
    if traceparent:
        event["traceparent"] = traceparent
    return event


def read_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """The validated `data` of an event; raises ValidationError when it is none of ours.

    A hearer reads only the members that it knows of: unknown members of a newer version of the
    envelope are left out.
    """
    problems = Envelope(unknown=EXCLUDE).validate(event)
    name = f"{event.get('source')}.{event.get('type')}"
    version = str(event.get("dataschema", "")).rpartition(":")[2]
    schemas = EVENTS.get(name, {})
    if problems or not version.isdigit() or int(version) not in schemas:
        raise ValidationError("the envelope is not one of ours")
    loaded: dict[str, Any] = schemas[int(version)]().load(event["data"])
    return loaded
