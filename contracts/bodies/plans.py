"""Bodies of plans' commands: direction to closing (domain.md, section 4, steps 4 to 6)."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from contracts import vocabulary as words
from contracts.bodies.shared import NoBody, SafetyCheckBody, ground_goes_with
from contracts.fields import (
    LINE,
    SUMMARY,
    Code,
    ComingDay,
    Flag,
    OneOf,
    PastDay,
    RandomId,
    Strict,
    Text,
    codes,
    ids,
    many,
)

# --- the plan (plan van aanpak) ----------------------------------------------------------------


class GoalBody(Strict):
    """A goal (doelstelling), tied to an aim and to members of the client system."""

    ref = Code(required=True)
    aim = OneOf(words.AIMS, required=True)
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    subjects = ids(required=True)

    @validates_schema
    def is_for_somebody(self, data: Mapping[str, Any], **_: Any) -> None:
        if not data["subjects"]:
            raise ValidationError("subject_unnamed", "subjects")


class UncoveredBody(Strict):
    """A member of the client system without a goal, and the ground for that."""

    subject = RandomId(required=True)
    ground = Text(SUMMARY, required=True)


class JudicialTimingBody(Strict):
    """An agreement on judicial timing: a new police interview, bringing the case to court."""

    on = ComingDay("latest_action_days", required=True)
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)


class ExecutorBody(Strict):
    """Who carries an action out: a partner, an involved service or a member of the family."""

    kind = OneOf(words.EXECUTORS, required=True)
    partner = Code()
    involved_service = RandomId()
    client = RandomId()

    @validates_schema
    def names_the_one_of_its_kind(self, data: Mapping[str, Any], **_: Any) -> None:
        if set(data) != {"kind", data["kind"]}:
            raise ValidationError("not_the_one_of_its_kind")


class ActionBody(Strict):
    """An action (actie): the partner that follows it, who carries it out, and by when."""

    goal = Code(required=True)
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    follower = Code(required=True)
    carried_out_by = fields.Nested(ExecutorBody, required=True)
    due = ComingDay("latest_action_days", required=True)
    judicial_timing = fields.Nested(JudicialTimingBody)


class ProposePlanBody(Strict):
    """A whole version of the plan; it refers to the weighing and assessments that it rests on."""

    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    weighing = RandomId(required=True)
    assessments = ids(required=True)
    goals = many(GoalBody, least=1, required=True)
    uncovered = many(UncoveredBody, load_default=list)
    actions = many(ActionBody, least=1, most=200, required=True)

    @validates_schema
    def hangs_together(self, data: Mapping[str, Any], **_: Any) -> None:
        refs = [goal["ref"] for goal in data["goals"]]
        if len(set(refs)) != len(refs):
            raise ValidationError("repeated", "goals")
        if any(action["goal"] not in refs for action in data["actions"]):
            raise ValidationError("ref_unknown", "actions")
        with_goal = {subject for goal in data["goals"] for subject in goal["subjects"]}
        without = [each["subject"] for each in data["uncovered"]]
        if len(set(without)) != len(without) or with_goal & set(without):
            raise ValidationError("goal_or_ground", "uncovered")


class TakePlanPositionBody(Strict):
    """How a partner stands to a version of the plan."""

    position = OneOf(words.PLAN_POSITIONS, required=True)
    ground = Text(SUMMARY)

    @validates_schema
    def objecting_has_a_ground(self, data: Mapping[str, Any], **_: Any) -> None:
        ground_goes_with(dict(data), "position", ("object",))


class UpdateActionBody(Strict):
    """How an action stands; one that is blocked says why."""

    state = OneOf(words.ACTION_STATES, required=True)
    reason = Text(SUMMARY)

    @validates_schema
    def a_blocked_action_says_why(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["state"] in words.BLOCKED_STATES) != ("reason" in data):
            raise ValidationError("reason_not_with_state", "reason")


class RecordDecisionBody(Strict):
    """A supported decision (gedragen beslissing), about a blocked action where it names one."""

    session = RandomId()
    action = RandomId()
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    supported_by = codes(least=1, required=True)


# --- direction (regie) -------------------------------------------------------------------------


class LogContactBody(Strict):
    """A contact of the director; with `plan` the clients were told of that version in person.

    A safety check that goes with it is about the members that it names, or about all of them.
    """

    party = OneOf(words.CONTACT_PARTIES, required=True)
    subjects = ids(load_default=list)
    service = Text(LINE)
    on = PastDay(required=True)
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    plan = RandomId()
    safely = Text(SUMMARY)
    safety_check = fields.Nested(SafetyCheckBody)

    @validates_schema
    def says_with_whom_and_how_safely(self, data: Mapping[str, Any], **_: Any) -> None:
        if data["party"] == "client" and not data["subjects"]:
            raise ValidationError("subject_unnamed", "subjects")
        if data["party"] != "client" and "service" not in data:
            raise ValidationError("service_unnamed", "service")
        if "plan" in data and not (data["party"] == "client" and "safely" in data):
            raise ValidationError("not_safely_told", "safely")


class RecordTrajectoryBody(Strict):
    """A running trajectory of help, justice or administration (traject)."""

    kind = OneOf(words.TRAJECTORY_KINDS, required=True)
    state = OneOf(words.TRAJECTORY_STATES, required=True)
    service = Text(LINE, required=True)
    since = PastDay()
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    subjects = ids(required=True)


class UpdateTrajectoryBody(Strict):
    """How a trajectory stands now."""

    state = OneOf(words.TRAJECTORY_STATES, required=True)
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)


class ReportProgressBody(Strict):
    """A progress report of the director to the team, with a safety check."""

    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    safety_check = fields.Nested(SafetyCheckBody, required=True)


class CheckSafetyBody(SafetyCheckBody):
    """A safety check by itself, about members of the client system; at `session` where it was."""

    subjects = ids(least=1, required=True)
    session = RandomId()


# --- closing and evaluation (afsluiting, evaluatie) --------------------------------------------


class AimOutcomeBody(Strict):
    """What came of one aim."""

    aim = OneOf(words.AIMS, required=True)
    outcome = OneOf(words.AIM_OUTCOMES, required=True)
    text = Text(required=True)


class ContinuingBody(Strict):
    """What goes on after the conclusion, and with whom."""

    what = Text(SUMMARY, required=True)
    with_whom = Text(LINE, required=True)


class DrawConclusionBody(Strict):
    """The conclusion (afronding) that the director proposes: the outcome on each aim."""

    violence_stopped = Flag(required=True)
    goals_reached = Flag(required=True)
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    aims = many(AimOutcomeBody, least=len(words.AIMS), required=True)
    continuing = many(ContinuingBody, required=True)
    safety_check = fields.Nested(SafetyCheckBody, required=True)

    @validates_schema
    def every_aim_once(self, data: Mapping[str, Any], **_: Any) -> None:
        if sorted(each["aim"] for each in data["aims"]) != sorted(words.AIMS):
            raise ValidationError("not_every_aim_once", "aims")


class RecordFollowUpBody(Strict):
    """The follow-up (opvolging) after the conclusion: the director contacted services, family."""

    result = OneOf(words.FOLLOW_UP_RESULTS, required=True)
    new_facts = Flag(required=True)
    under_control = Flag(required=True)
    ground = OneOf(words.REOPEN_GROUNDS)
    next_on = ComingDay("latest_next_days", soonest=1)
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    safety_check = fields.Nested(SafetyCheckBody, required=True)

    @validates_schema
    def members_fit_the_result(self, data: Mapping[str, Any], **_: Any) -> None:
        if (data["result"] == "reopen") != ("ground" in data):
            raise ValidationError("ground_not_with_result", "ground")
        if (data["result"] == "extend") != ("next_on" in data):
            raise ValidationError("next_on_not_with_result", "next_on")
        if data["result"] == "close" and (data["new_facts"] or not data["under_control"]):
            raise ValidationError("not_safe_to_close", "result")


class EvaluateApproachBody(Strict):
    """How the table looks back on its approach (evaluatie), at a session."""

    session = RandomId(required=True)
    text = Text(required=True)
    summary = Text(SUMMARY, required=True)
    safety_check = fields.Nested(SafetyCheckBody, required=True)


BODIES: Final[dict[str, type[Strict]]] = {
    "propose_plan": ProposePlanBody,
    "take_plan_position": TakePlanPositionBody,
    "adopt_plan": NoBody,
    "update_action": UpdateActionBody,
    "record_decision": RecordDecisionBody,
    "log_contact": LogContactBody,
    "record_trajectory": RecordTrajectoryBody,
    "update_trajectory": UpdateTrajectoryBody,
    "report_progress": ReportProgressBody,
    "check_safety": CheckSafetyBody,
    "draw_conclusion": DrawConclusionBody,
    "record_follow_up": RecordFollowUpBody,
    "evaluate_approach": EvaluateApproachBody,
}
"""The commands of plans and their bodies; the RPC method has the command's name."""

POLICY_FACTS: Final[dict[str, tuple[str, ...]]] = {
    "propose_plan": ("weighing", "assessments"),
    "record_decision": ("session",),
    "evaluate_approach": ("session",),
    "check_safety": ("session",),
    "take_plan_position": ("position",),
    "update_action": ("state",),
    "record_follow_up": ("result",),
}
"""The members of a body that the policy service sees; every other member stays unseen."""

NESTED_FACTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "propose_plan": {"involved_services": ("actions", "carried_out_by", "involved_service")},
}
"""Facts that policy sees of what stands deeper in a body: all the values at the end of a path."""

REFERS_TO: Final[dict[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "propose_plan": (("risk", ("weighing", "assessment")), ("intake", ("involved_service",))),
    "adopt_plan": (("intake", ("involved_service",)),),
}
"""Command → the services, and the kinds of their fragments, that its body, or the plan that it is
about, refers to by their ids."""

AT_SESSION: Final = ("record_decision", "evaluate_approach", "check_safety")
"""The commands whose body names the session (`session`) at which the team did so."""
