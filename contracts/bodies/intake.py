"""Bodies of intake's commands."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validate, validates_schema

from contracts import vocabulary as words
from contracts.bodies.shared import NoBody
from contracts.fields import (
    LINE,
    SUMMARY,
    Code,
    ComingDay,
    ComingMoment,
    Flag,
    NationalNumber,
    OneOf,
    PartialDay,
    PastDay,
    RandomId,
    Strict,
    Text,
    codes,
    ids,
    many,
)
from contracts.national_number import born

MOST_PERSONS: Final = 30
"""The members of a client system."""

# --- step 1: referral (aanmelding) -------------------------------------------------------------


class InformingBody(Strict):
    """Whether a person knows that the family is referred (domain.md, section 4, step 1)."""

    state = OneOf(words.INFORMING_STATES, required=True)
    reason = Text(SUMMARY)
    how = Text(SUMMARY)
    review_on = ComingDay("latest_review_days")

    @validates_schema
    def deferral_says_why_and_until_when(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["state"] == "deferred" and not ("reason" in data and "review_on" in data):
            member = "review_on" if "reason" in data else "reason"
            raise ValidationError("deferral_unexplained", member)
        if data["state"] == "not_possible" and "reason" not in data:
            raise ValidationError("missing", "reason")


class IdentityBody(Strict):
    """Who a member of the client system (cliëntsysteem) is.

    One of the names may be left out, and of the birth date what is not known. `relation` is what
    the person is to the victim. The national number is matched, and kept nowhere.
    """

    given_name = Text(LINE)
    family_name = Text(LINE)
    birth_date = PartialDay()
    sex = OneOf(("female", "male", "other"))
    national_number = NationalNumber()
    roles = fields.List(
        OneOf(words.CLIENT_ROLES), required=True, validate=validate.Length(min=1, max=4)
    )
    relation = OneOf(words.RELATIONS)

    @validates_schema
    def is_one_person(self, data: Mapping[str, Any], **_: Any) -> None:
        if "given_name" not in data and "family_name" not in data:
            raise ValidationError("missing", "given_name")
        known, told = data.get("birth_date", ""), born(data.get("national_number", ""))
        if not (known.startswith(told) or told.startswith(known)):
            raise ValidationError("contradiction", "birth_date")


class PersonBody(IdentityBody):
    """A member of the client system; `ref` names the person within this body."""

    ref = Code(required=True)
    informing = fields.Nested(InformingBody, required=True)


class NarrativeTextBody(Strict):
    """A text with the short form that may be shown where the whole may not."""

    text = Text(required=True)
    summary = Text(SUMMARY, required=True)


class NarrativeBody(NarrativeTextBody):
    """The same, with the refs of whom it is about."""

    subjects = codes(least=1, required=True)


class ServiceTextBody(Strict):
    """An involved service (betrokken dienst): works with the family, has no access here."""

    service = Text(LINE, required=True)
    function = Text(LINE)
    since = PastDay()
    text = Text()


class InvolvedServiceBody(ServiceTextBody):
    """The same, with the refs of whom it works with."""

    subjects = codes(least=1, required=True)


class CriterionBody(Strict):
    """One of the four criteria; unknown is an answer, and each answer has a ground."""

    answer = OneOf(words.CRITERION_ANSWERS, required=True)
    ground = Text(required=True)


class CriteriaBody(Strict):
    """The four criteria of a referral, all answered."""

    lack_of_safety = fields.Nested(CriterionBody, required=True)
    combined_approach_needed = fields.Nested(CriterionBody, required=True)
    several_life_domains = fields.Nested(CriterionBody, required=True)
    help_stuck = fields.Nested(CriterionBody, required=True)


class WhereaboutsBody(Strict):
    """A safe address or way of contact, for the partners it names and nobody else."""

    subject = Code(required=True)
    address = Text(SUMMARY)
    safe_contact = Text(SUMMARY)
    only_for = codes(least=1, required=True)

    @validates_schema
    def says_something(self, data: Mapping[str, Any], **_: Any) -> None:
        if "address" not in data and "safe_contact" not in data:
            raise ValidationError("address_or_contact_missing")


class SubmitReferralBody(Strict):
    """A referral: it creates the case (domain.md, section 4)."""

    agreement = Code(required=True)
    region = Code(required=True)
    referrer = Code()
    persons = many(PersonBody, least=1, most=MOST_PERSONS, required=True)
    occurrences = many(NarrativeBody, least=1, required=True)
    worries = many(NarrativeBody, least=1, required=True)
    involved_services = many(InvolvedServiceBody, required=True)
    wishes = many(NarrativeBody, required=True)
    criteria = fields.Nested(CriteriaBody, required=True)
    precautions = many(NarrativeBody, least=1, required=True)
    whereabouts = many(WhereaboutsBody, load_default=list)
    uninformed_ground = Text()
    responsibility_acknowledged = Flag(required=True, validate=validate.Equal(True))

    @validates_schema
    def persons_hang_together(self, data: Mapping[str, Any], **_: Any) -> None:
        refs = [person["ref"] for person in data["persons"]]
        if len(set(refs)) != len(refs):
            raise ValidationError("repeated", "persons")
        if not any("victim" in person["roles"] for person in data["persons"]):
            raise ValidationError("victim_unnamed", "persons")
        for part in ("occurrences", "worries", "involved_services", "wishes", "precautions"):
            if any(not set(entry["subjects"]) <= set(refs) for entry in data[part]):
                raise ValidationError("ref_unknown", part)
        if any(entry["subject"] not in refs for entry in data["whereabouts"]):
            raise ValidationError("ref_unknown", "whereabouts")
        if not victim_informed(data["persons"]) and "uninformed_ground" not in data:
            raise ValidationError("uninformed_unexplained", "uninformed_ground")


def victim_informed(persons: list[dict[str, Any]]) -> bool:
    """True when at least one victim knows of the referral (domain.md, section 4, step 1)."""
    return any(
        "victim" in person["roles"] and person["informing"]["state"] == "informed"
        for person in persons
    )


class RecordInformingBody(InformingBody):
    """How a person whose informing was deferred, or not possible, came to know (step 1)."""

    subject = RandomId(required=True)


class CorrectInformingBody(InformingBody):
    """What should have been recorded of a person's informing."""

    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class AddPersonBody(IdentityBody):
    """Somebody who belongs to the client system and whom the referral did not name."""

    informing = fields.Nested(InformingBody, required=True)
    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class CorrectPersonBody(IdentityBody):
    """Who a member of the client system is: all of it, as it should have been recorded."""

    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class UninformedGroundBody(Strict):
    """Why no victim is informed."""

    text = Text(required=True)


class CorrectReferralPartBody(Strict):
    """A part of a referral as it should have been: one of the members beside `ground`.

    `subjects`, the ids of whom it is about, go with `narrative` and `involved_service`.
    """

    ground = OneOf(words.CORRECTION_GROUNDS, required=True)
    subjects = ids(least=1)
    narrative = fields.Nested(NarrativeTextBody)
    involved_service = fields.Nested(ServiceTextBody)
    criterion = fields.Nested(CriterionBody)
    uninformed_ground = fields.Nested(UninformedGroundBody)

    @validates_schema
    def says_one_thing_anew(self, data: Mapping[str, Any], **_: Any) -> None:
        about_some = {"narrative", "involved_service"} & set(data)
        if len(about_some | {"criterion", "uninformed_ground"} & set(data)) != 1:
            raise ValidationError("not_the_one_of_its_kind")
        if about_some and "subjects" not in data:
            raise ValidationError("subject_unnamed", "subjects")
        if "subjects" in data and not about_some:
            raise ValidationError("unknown", "subjects")


class AddInvolvedServiceBody(ServiceTextBody):
    """An involved service that the referral did not name."""

    subjects = ids(least=1, required=True)


# --- agenda and sessions -----------------------------------------------------------------------


class ScheduleSessionBody(Strict):
    """One meeting of the table (overlegtafel)."""

    agreement = Code(required=True)
    table = Code(required=True)
    starts_at = ComingMoment("latest_session_days", required=True)


class PutOnAgendaBody(Strict):
    """A case on the agenda of a session; the referrer may attend once, to explain."""

    case = RandomId(required=True)
    referrer_attends = Flag(load_default=False)


class MoveSessionBody(Strict):
    """Another moment for a session."""

    starts_at = ComingMoment("latest_session_days", required=True)
    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class CorrectionGroundBody(Strict):
    """Why something that was recorded is taken back."""

    ground = OneOf(words.CORRECTION_GROUNDS, required=True)


class TakeOffAgendaBody(CorrectionGroundBody):
    """A case that a session does not discuss."""

    case = RandomId(required=True)


# --- the case ----------------------------------------------------------------------------------


class TransitionBody(Strict):
    """A step of the case, by its command in the transition table; members depend on it."""

    command = OneOf(words.TRANSITIONS, required=True)
    session = RandomId()
    ground = Code()
    outcome = RandomId()


class RaiseCrisisBody(Strict):
    """Acute danger: the operational team is alerted at once.

    Without `subjects` it is about the whole client system: who warns may not know the ids. Without
    a `summary` those who read only summaries read that acute danger was reported.
    """

    text = Text(required=True)
    summary = Text(SUMMARY)
    subjects = ids(load_default=list)


class EndCrisisBody(Strict):
    """Why the danger is over; the address names the last warning that the chair has read."""

    ground = Text(required=True)
    summary = Text(SUMMARY, required=True)


class InviteParticipantBody(Strict):
    """A party that takes part in this case, where the agreement works by invitation."""

    partner = Code(required=True)


class DeclareConflictBody(Strict):
    """An own conflict of interest: the case is hidden from the person from then on."""

    interest = OneOf(words.INTERESTS, required=True)


class RaiseWallBody(Strict):
    """Somebody else has an interest in the case: it is hidden from that person from then on."""

    person = Code(required=True)
    interest = OneOf(words.INTERESTS, required=True)
    text = Text(required=True)


class ProposeLiftingBody(Strict):
    """The walls that stand around a person are there in error."""

    person = Code(required=True)
    text = Text(required=True)


class AnswerWallBody(Strict):
    """Whether a wall stands, and why: for a match, whether it is the same person."""

    stands = Flag(required=True)
    text = Text(required=True)


# --- step 2: contributions ---------------------------------------------------------------------


class ObtainedFromBody(Strict):
    """The organisation and function a contribution was obtained from (dossierbehandelaar)."""

    organisation = Text(LINE, required=True)
    function = Text(LINE, required=True)


class _ItemContent(Strict):
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    item_kind = OneOf(words.ITEM_KINDS, required=True)
    as_of = PastDay(required=True)
    obtained_from = fields.Nested(ObtainedFromBody, required=True)
    subjects = ids(least=1, required=True)
    only_for = codes(load_default=list)
    withhold_from = codes(load_default=list)


class OfferItemBody(_ItemContent):
    """An information item (informatie-element) that a partner chooses to offer."""

    category = OneOf(
        tuple(c for c in words.OFFERED_CATEGORIES if c != "whereabouts"), required=True
    )
    answers = RandomId()


class OfferWhereaboutsBody(Strict):
    """A safe address or way of contact, offered as an item; named partners only."""

    subjects = ids(least=1, required=True)
    address = Text(SUMMARY)
    safe_contact = Text(SUMMARY)
    only_for = codes(least=1, required=True)

    @validates_schema
    def says_something(self, data: Mapping[str, Any], **_: Any) -> None:
        if "address" not in data and "safe_contact" not in data:
            raise ValidationError("address_or_contact_missing")


class CorrectItemBody(_ItemContent):
    """A new version of an own item; the category stays."""


class AnswerFormingBody(Strict):
    """A partner's answer to the call for contributions."""

    answer = OneOf(words.FORMING_ANSWERS, required=True)
    ground = OneOf(words.DECLINE_GROUNDS)

    @validates_schema
    def declining_has_a_ground(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["answer"] == "declined") != ("ground" in data):
            raise ValidationError("ground_not_with_answer", "ground")


class RequestInformationBody(Strict):
    """A question (informatievraag) of the table to one partner, with a due day."""

    to = Code(required=True)
    category = OneOf(
        tuple(c for c in words.OFFERED_CATEGORIES if c != "whereabouts"), required=True
    )
    question = Text(required=True)
    due = ComingDay("latest_due_days", required=True)
    subjects = ids(least=1, required=True)


class AnswerRequestBody(Strict):
    """The answer to a request: an own item, nothing known, or declined with a ground."""

    outcome = OneOf(words.REQUEST_OUTCOMES, required=True)
    item = RandomId()
    ground = OneOf(words.DECLINE_GROUNDS)
    ground_text = Text(SUMMARY)

    @validates_schema
    def members_fit_the_outcome(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["outcome"] == "shared") != ("item" in data):
            raise ValidationError("item_not_with_outcome", "item")
        if (data["outcome"] == "declined") != ("ground" in data):
            raise ValidationError("ground_not_with_answer", "ground")


# --- steps 3 to 6: what intake owns of them ------------------------------------------------------


class WriteAdviceBody(Strict):
    """The advice (advies) to the referrer when the case is not taken."""

    text = Text(required=True)
    summary = Text(SUMMARY, required=True)


class AppointDirectorBody(Strict):
    """The case director (casusregisseur), from among the partners."""

    person = Code(required=True)
    no_care_professional = Flag(required=True, validate=validate.Equal(True))


class RecordDirectionMandateBody(Strict):
    """An involved service mandates the director (regiemandaat)."""

    involved_service = RandomId(required=True)
    given_by = Text(LINE, required=True)
    given_on = PastDay(required=True)


class OpenEmergencyBody(Strict):
    """Acute danger: why this case has to be seen at once (noodtoegang)."""

    ground = Text(required=True)


class ReviewEmergencyBody(Strict):
    """What a second person says of an emergency access."""

    justified = Flag(required=True)
    text = Text(required=True)


class TakeOverCaseBody(Strict):
    """The operational team takes a case over under the agreement that succeeds its own."""

    agreement = Code(required=True)
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    supported_by = codes(least=1, required=True)


BODIES: Final[dict[str, type[Strict]]] = {
    "submit_referral": SubmitReferralBody,
    "confirm_informing": NoBody,
    "record_informing": RecordInformingBody,
    "correct_informing": CorrectInformingBody,
    "add_person": AddPersonBody,
    "correct_person": CorrectPersonBody,
    "schedule_session": ScheduleSessionBody,
    "move_session": MoveSessionBody,
    "cancel_session": CorrectionGroundBody,
    "put_on_agenda": PutOnAgendaBody,
    "take_off_agenda": TakeOffAgendaBody,
    "change_stage": TransitionBody,
    "raise_crisis": RaiseCrisisBody,
    "end_crisis": EndCrisisBody,
    "invite_participant": InviteParticipantBody,
    "declare_conflict": DeclareConflictBody,
    "raise_wall": RaiseWallBody,
    "propose_lifting": ProposeLiftingBody,
    "answer_wall": AnswerWallBody,
    "offer_item": OfferItemBody,
    "offer_whereabouts": OfferWhereaboutsBody,
    "correct_item": CorrectItemBody,
    "recall_item": NoBody,
    "answer_forming": AnswerFormingBody,
    "request_information": RequestInformationBody,
    "answer_request": AnswerRequestBody,
    "withdraw_request": CorrectionGroundBody,
    "correct_referral_part": CorrectReferralPartBody,
    "withdraw_referral_part": CorrectionGroundBody,
    "add_involved_service": AddInvolvedServiceBody,
    "write_advice": WriteAdviceBody,
    "appoint_director": AppointDirectorBody,
    "record_direction_mandate": RecordDirectionMandateBody,
    "open_emergency": OpenEmergencyBody,
    "review_emergency": ReviewEmergencyBody,
    "take_over_case": TakeOverCaseBody,
}
"""Intake's commands and their bodies; the RPC method has the command's name."""

POLICY_FACTS: Final[dict[str, tuple[str, ...]]] = {
    "submit_referral": ("agreement", "region", "referrer"),
    "schedule_session": ("agreement", "table"),
    "change_stage": ("command",),
    "invite_participant": ("partner",),
    "declare_conflict": ("interest",),
    "raise_wall": ("person", "interest"),
    "propose_lifting": ("person",),
    "offer_item": ("category", "only_for", "withhold_from", "answers"),
    "offer_whereabouts": ("only_for",),
    "correct_item": ("only_for", "withhold_from"),
    "request_information": ("to", "category"),
    "answer_request": ("outcome",),
    "appoint_director": ("person",),
    "take_over_case": ("agreement",),
}
"""The members of a body that the policy service sees; every other member stays unseen."""

REFERS_TO: Final[dict[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "offer_item": (("intake", ("request",)),),
}
"""Command → the services, and the kinds of their fragments, that its body names by their ids."""
