"""Events: what happened, in ids and codes only, as CloudEvents 1.0 (architecture.md).

An event never carries content. `data` of a case event holds the facts that a hearer needs to react
without asking: the agreement, the stage, who takes part and who must not be told (`walled`).
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from marshmallow import EXCLUDE, fields, validate

from contracts import vocabulary as words
from contracts.errors import Park
from contracts.fields import Code, Day, Moment, OneOf, RandomId, Strict, codes

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


class CaseData(Strict):
    """What every event about a case tells."""

    case = RandomId(required=True)
    agreement = Code(required=True)
    stage = OneOf(words.STAGES, required=True)
    submitted_by = Code(required=True)
    participants = codes(required=True)
    walled = codes(required=True)


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
    person = Code(required=True)
    partner = Code(required=True)


class SessionData(Strict):
    session = RandomId(required=True)
    agreement = Code(required=True)
    table = Code(required=True)
    starts_at = Moment(required=True)


EVENTS: Final[Mapping[str, Mapping[int, type[Strict]]]] = {
    "intake.referral_submitted": {1: CaseData},
    "intake.informing_confirmed": {1: CaseData},
    "intake.session_scheduled": {1: SessionData},
    "intake.case_put_on_agenda": {1: SessionOfCaseData},
    "intake.case_taken_on_agenda": {1: SessionOfCaseData},
    "intake.case_withdrawn": {1: WithdrawnData},
    "intake.forming_completed": {1: CaseData},
    "intake.forming_reopened": {1: CaseData},
    "intake.crisis_raised": {1: FragmentData},
    "intake.participant_invited": {1: PartnerData},
    "intake.conflict_declared": {1: ConflictData},
    "intake.possible_match_noticed": {1: CaseData},
    "intake.item_offered": {1: FragmentData},
    "intake.item_corrected": {1: FragmentData},
    "intake.item_recalled": {1: FragmentData},
    "intake.partner_answered": {1: PartnerAnsweredData},
    "intake.information_requested": {1: RequestData},
    "intake.information_request_answered": {1: RequestAnsweredData},
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
    "intake.possible_match_noticed": "There may be another case of the same people.",
    "intake.item_offered": "A partner offered an information item (informatie-element).",
    "intake.item_corrected": "A partner corrected an own item: it has a new version.",
    "intake.item_recalled": "A partner recalled an own item: nobody is shown it any more.",
    "intake.partner_answered": "A partner answered the call for contributions.",
    "intake.information_requested": "The table asked a partner a question (informatievraag).",
    "intake.information_request_answered": "A partner answered a question of the table.",
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
    """The validated `data` of an event; raises Park("event_invalid") when it is none of ours.

    A hearer reads only the members that it knows of: unknown members of a newer version of the
    envelope are left out.
    """
    problems = Envelope(unknown=EXCLUDE).validate(event)
    name = f"{event.get('source')}.{event.get('type')}"
    version = str(event.get("dataschema", "")).rpartition(":")[2]
    schemas = EVENTS.get(name, {})
    if problems or not version.isdigit() or int(version) not in schemas:
        raise Park("event_invalid", "the envelope is not one of ours")
    schema = schemas[int(version)]()
    if schema.validate(event["data"]):
        raise Park("event_invalid", "the data do not fit the schema")
    loaded: dict[str, Any] = schema.load(event["data"])
    return loaded


def case_news(event: Mapping[str, Any]) -> dict[str, str]:
    """What an event tells of its case: `case`, `agreement`, `stage`, and `told_at`.

    Events arrive in any order: of two pieces of news the one with the greater `told_at` stands. It
    is text of one length in UTC that sorts as time does, to the microsecond. Raises
    Park("event_invalid").
    """
    data = read_event(event)
    told_at = datetime.fromisoformat(event["time"]).astimezone(UTC)
    return {
        "case": data["case"],
        "agreement": data["agreement"],
        "stage": data["stage"],
        "told_at": told_at.isoformat(timespec="microseconds"),
    }
