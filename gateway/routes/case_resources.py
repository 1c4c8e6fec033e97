"""The table of what a case holds: who owns it, how it is listed, by which commands it changes.

Routes, schemas and documentation are made from it (case_blueprints.py). A new command of a case is
one row here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from contracts.bodies import REFERS_TO
from gateway.release.case_facts import References


@dataclass(frozen=True)
class CaseCommand:
    """A command on a case; `route` is its method and its path below `/v1/cases/{case_id}`.

    A second id in the path is that of the fragment that it acts on. It `changes` a document and
    needs its version, or something new is found at `location` afterwards, which may name `{id}`.
    """

    action: str
    route: str
    summary: str
    changes: bool = False
    location: str | None = None


@dataclass(frozen=True)
class CaseResource:
    """Fragments of some kinds, listed together, and the commands that change them.

    `name` is what the answer lists them under, and what policy and the record call them; in the
    path it has dashes. `title` is that of their `section` of the documentation, `summary` describes
    the operation, `answer` its answer. `refers_to` is as in CaseQuery.
    """

    name: str
    title: str
    summary: str
    answer: str
    kinds: Sequence[str]
    commands: Sequence[CaseCommand]
    owner: str = "intake"
    refers_to: References = ()
    section: str | None = None

    @property
    def path(self) -> str:
        """Its path below that of the case."""
        return self.name.replace("_", "-")


CASE_COMMANDS: Final = (
    CaseCommand(
        "invite_participant",
        "POST participants",
        "Invite a party to take part, where the agreement works by invitation.",
    ),
    CaseCommand(
        "declare_conflict",
        "POST conflicts",
        "Declare an own conflict of interest: the case is hidden from you from then on.",
    ),
    CaseCommand(
        "propose_lifting",
        "POST wall-liftings",
        "Propose to lift the walls around a person that stand in error; a second person answers.",
    ),
    CaseCommand(
        "change_stage",
        "POST transitions",
        "Take a step of the case, by its command in the transition table.",
        changes=True,
    ),
    CaseCommand(
        "confirm_informing",
        "POST informing-confirmation",
        "Confirm, as chair, that the ground for not informing any victim holds.",
    ),
    CaseCommand(
        "record_informing",
        "POST informing",
        "Record how a person came to know of the referral, or why not yet.",
    ),
    CaseCommand(
        "correct_informing",
        "PUT informing/<random_id:informing_id>",
        "Correct what was recorded of a person's informing; the former version is kept.",
        changes=True,
    ),
    CaseCommand(
        "add_person",
        "POST persons",
        "Add somebody who belongs to the client system and whom the referral did not name.",
    ),
    CaseCommand(
        "correct_person",
        "PUT persons/<random_id:person_id>",
        "Correct who a member of the client system is, by the id of that part of the case.",
        changes=True,
    ),
    CaseCommand(
        "correct_referral_part",
        "PUT referral-parts/<random_id:part_id>",
        "Correct a part of one's own referral; the former version is kept, and not released.",
        changes=True,
    ),
    CaseCommand(
        "withdraw_referral_part",
        "POST referral-parts/<random_id:part_id>/withdraw",
        "Withdraw a part of one's own referral that was recorded in error.",
        changes=True,
    ),
    CaseCommand(
        "add_involved_service",
        "POST involved-services",
        "Add an involved service; where there is a director, it is asked for a mandate.",
        location="direction-mandates",
    ),
    CaseCommand(
        "write_advice",
        "POST advice",
        "Write the advice of the table; its referrer reads it when the case is not taken.",
    ),
    CaseCommand(
        "take_over_case",
        "POST takeover",
        "Take a case over under the agreement that succeeds its own, which has ended.",
    ),
    CaseCommand(
        "raise_crisis",
        "POST crisis",
        "Raise acute danger: the operational team is alerted at once.",
    ),
    CaseCommand(
        "end_crisis",
        "POST crisis/<random_id:note_id>/end",
        "End a crisis with a ground, having read the last warning.",
    ),
    CaseCommand(
        "answer_forming", "POST answers", "Answer the call for contributions for one's partner."
    ),
)
"""Commands on the case itself."""

ITEMS: Final = CaseResource(
    "items",
    title="Step 2: what partners choose to share, and for whom",
    summary="List the items of a case that are released to you, in the order they came.",
    answer="The information items and whereabouts of a case.",
    kinds=("item", "whereabouts"),
    commands=(
        CaseCommand(
            "offer_item",
            "POST items",
            "Offer an information item; you choose what, and for whom.",
            location="items/{id}",
        ),
        CaseCommand(
            "correct_item",
            "PUT items/<random_id:item_id>",
            "Correct one's own item; the former version is kept, and no longer released.",
            changes=True,
        ),
        CaseCommand(
            "recall_item",
            "POST items/<random_id:item_id>/recall",
            "Recall one's own item: no read that begins after the answer releases it.",
            changes=True,
        ),
        CaseCommand(
            "offer_whereabouts",
            "POST whereabouts",
            "Offer a safe address or way of contact, for the partners it names and nobody else.",
            location="items/{id}",
        ),
    ),
)

REQUESTS: Final = CaseResource(
    "requests",
    title="Step 2: questions of the table, and their answers",
    summary="List the questions of a case that are released to you.",
    answer="The questions of a case.",
    kinds=("request",),
    commands=(
        CaseCommand(
            "request_information",
            "POST requests",
            "Ask a partner for what is missing, with a due day.",
            location="requests",
        ),
        CaseCommand(
            "answer_request",
            "POST requests/<random_id:request_id>/answer",
            "Answer a question: shared, nothing known, or declined with a ground.",
            changes=True,
        ),
        CaseCommand(
            "withdraw_request",
            "POST requests/<random_id:request_id>/withdraw",
            "Withdraw an open question, as who asked it or as chair: nobody waits for it.",
            changes=True,
        ),
    ),
)

LATER_STEPS: Final = (
    CaseResource(
        "assessments",
        title="Step 3: risk instruments, filled in",
        summary=(
            "List the assessments of a case that are released to you, and of each answer what is."
        ),
        answer="The assessments of a case, each answer in the category of what it tells about.",
        kinds=("assessment", "assessment_answer"),
        owner="risk",
        commands=(
            CaseCommand(
                "record_assessment",
                "POST assessments",
                "Record an instrument that was filled in; an unknown answer is not a no.",
                location="assessments",
            ),
            CaseCommand(
                "recall_assessment",
                "POST assessments/<random_id:assessment_id>/recall",
                "Recall one's own assessment with its answers: a later read releases none of it.",
                changes=True,
            ),
        ),
    ),
    CaseResource(
        "weighings",
        title="Step 3: how grave, which problems",
        summary=(
            "List the weighings of a case, with positions, problem profile and what they rest on."
        ),
        answer="The weighings of a case, with positions, problem profile and assessments.",
        kinds=("weighing", "weighing_position", "problem_profile", "assessment"),
        owner="risk",
        commands=(
            CaseCommand(
                "open_weighing",
                "POST weighings",
                "Open the weighing of a case.",
                location="weighings",
            ),
            CaseCommand(
                "take_weighing_position",
                "POST weighings/<random_id:weighing_id>/positions",
                (
                    "Say how one's partner stands to taking the case; it replaces what was said"
                    " before."
                ),
            ),
            CaseCommand(
                "write_problem_profile",
                "PUT weighings/<random_id:weighing_id>/problem-profile",
                "Write the problem profile: every life domain, and what protects.",
                changes=True,
            ),
            CaseCommand(
                "close_weighing",
                "POST weighings/<random_id:weighing_id>/close",
                "Close the weighing with what the table concludes; it never changes after.",
                changes=True,
            ),
        ),
    ),
    CaseResource(
        "direction_mandates",
        title="Step 4: who directs, mandated by whom",
        summary="List the involved services and which of them mandated the director.",
        answer="The involved services of a case, and which of them mandated the director.",
        # The service that a mandate names is shown only beside it.
        kinds=("direction_mandate", "involved_service"),
        section="direction",
        commands=(
            CaseCommand(
                "appoint_director",
                "PUT director",
                "Appoint the case director, from among the partners.",
            ),
            CaseCommand(
                "record_direction_mandate",
                "POST direction-mandates",
                "Record that an involved service mandates the director.",
                location="direction-mandates",
            ),
        ),
    ),
    CaseResource(
        "plans",
        title="Step 4: the plan and its actions",
        summary="List the versions of the plan, with goals, actions and positions.",
        answer="The versions of the plan, with goals, actions and positions.",
        kinds=("plan", "goal", "uncovered", "action", "judicial_timing", "plan_position"),
        owner="plans",
        refers_to=REFERS_TO["propose_plan"],
        commands=(
            CaseCommand(
                "propose_plan",
                "POST plans",
                "Propose a whole version of the plan.",
                location="plans",
            ),
            CaseCommand(
                "take_plan_position",
                "POST plans/<random_id:plan_id>/positions",
                "Say how one's partner stands to a version; it replaces what was said before.",
            ),
            CaseCommand(
                "adopt_plan",
                "POST plans/<random_id:plan_id>/adopt",
                "Adopt a version, by the rule of the agreement.",
                changes=True,
            ),
            CaseCommand(
                "update_action",
                "PUT actions/<random_id:action_id>",
                "Tell how an action stands that one's partner follows; a blocked one says why.",
                changes=True,
            ),
        ),
    ),
    CaseResource(
        "decisions",
        title="Step 5: decisions that all can support",
        summary="List the supported decisions of a case, and the actions that they may be about.",
        answer="The supported decisions of the team.",
        # The action that a decision names is shown only beside it.
        kinds=("decision", "action"),
        owner="plans",
        commands=(
            CaseCommand(
                "record_decision",
                "POST decisions",
                "Record a supported decision, about a blocked action where it names one.",
                location="decisions",
            ),
        ),
    ),
    CaseResource(
        "contact_log",
        title="Step 5: whom the director spoke",
        summary="List the contacts of the director, and the plans that clients were told of.",
        answer="The contacts of the director.",
        # The plan that clients were told of is shown only beside the contact.
        kinds=("contact", "safety_check", "plan"),
        owner="plans",
        commands=(
            CaseCommand(
                "log_contact",
                "POST contact-log",
                "Log a contact; clients are told of a plan in person, and safely.",
                location="contact-log",
            ),
        ),
    ),
    CaseResource(
        "trajectories",
        title="Step 5: what runs beside the plan",
        summary="List the trajectories of help, justice and administration.",
        answer="The running trajectories of help, justice and administration.",
        kinds=("trajectory",),
        owner="plans",
        commands=(
            CaseCommand(
                "record_trajectory",
                "POST trajectories",
                "Record a trajectory.",
                location="trajectories",
            ),
            CaseCommand(
                "update_trajectory",
                "PUT trajectories/<random_id:trajectory_id>",
                "Tell how a trajectory stands now.",
                changes=True,
            ),
        ),
    ),
    CaseResource(
        "reports",
        title="Step 5: how it goes, and how safe",
        summary="List the progress reports, each with its safety check.",
        answer="The progress reports, each with its safety check.",
        kinds=("report", "safety_check"),
        owner="plans",
        commands=(
            CaseCommand(
                "report_progress",
                "POST reports",
                "Report to the team, with a safety check.",
                location="reports",
            ),
        ),
    ),
    CaseResource(
        "safety_checks",
        title="From step 2 on: how safe it is now",
        summary="List the safety checks that go with nothing else.",
        answer="The safety checks that were recorded by themselves.",
        kinds=("safety_note",),
        owner="plans",
        commands=(
            CaseCommand(
                "check_safety",
                "POST safety-checks",
                "Record how safe members of the client system are; `unsafe` is told at once.",
                location="safety-checks",
            ),
        ),
    ),
    CaseResource(
        "conclusions",
        title="Step 6: the outcome on each aim",
        summary="List the conclusions, each with its safety check.",
        answer="The conclusions, each with its safety check.",
        kinds=("conclusion", "safety_check"),
        owner="plans",
        commands=(
            CaseCommand(
                "draw_conclusion",
                "POST conclusions",
                "Propose the conclusion, as director.",
                location="conclusions",
            ),
        ),
    ),
    CaseResource(
        "follow_ups",
        title="Step 6: looking again",
        summary="List the follow-ups, each with its safety check.",
        answer="The follow-ups after a conclusion, each with its safety check.",
        kinds=("follow_up", "safety_check"),
        owner="plans",
        commands=(
            CaseCommand(
                "record_follow_up",
                "POST follow-ups",
                "Record what the follow-up came to: close, extend or reopen.",
                location="follow-ups",
            ),
        ),
    ),
    CaseResource(
        "evaluations",
        title="Step 6: looking back",
        summary="List how the table looked back on its approach.",
        answer="How the table looked back, each time with a safety check.",
        kinds=("evaluation", "safety_check"),
        owner="plans",
        commands=(
            CaseCommand(
                "evaluate_approach",
                "POST evaluations",
                "Record how the table looks back on its approach, at a session.",
                location="evaluations",
            ),
        ),
    ),
    CaseResource(
        "walls",
        title="Conflict walls: who must not learn of a case",
        summary="List what you are asked about walls of a case.",
        answer="The questions about walls of a case that are yours to answer.",
        kinds=("wall_question",),
        commands=(
            CaseCommand(
                "raise_wall",
                "POST walls",
                "Hide the case from somebody who has an interest in it; a second person answers.",
                location="walls",
            ),
            CaseCommand(
                "answer_wall",
                "POST walls/<random_id:question_id>/answer",
                "Say whether a wall stands; for a match, whether it is the same person.",
            ),
        ),
    ),
    CaseResource(
        "emergencies",
        title="Acute danger: access to one case",
        summary="List the emergency accesses to a case and their reviews.",
        answer="The emergency accesses to a case, with their reviews.",
        kinds=("emergency_ground", "emergency_review"),
        commands=(
            CaseCommand(
                "open_emergency",
                "POST emergencies",
                (
                    "Open a case for acute danger, with a ground; director and coordination are"
                    " told at once."
                ),
                location="emergencies",
            ),
            CaseCommand(
                "review_emergency",
                "POST emergencies/<random_id:grant_id>/review",
                "Review somebody else's emergency access.",
            ),
        ),
    ),
)
"""Steps 3 to 6, and emergency access, in the order of the documentation."""
