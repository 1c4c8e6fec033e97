"""What notifications answers: a person's own inbox, which says that something waits, not what."""

from typing import Final

from marshmallow import fields

from contracts.fields import Code, Flag, Moment, OneOf, RandomId, Strict, Whole, many
from contracts.rpc.command import CommandEnvelope, CommandReply

DEADLINES: Final = (
    "referred",
    "forming",
    "weighing",
    "waiting",
    "safety_check",
    "accepted",
    "next_step",
    "reopening",
    "decision",
    "uncovered",
    "executor_withdrawn",
    "crisis",
    "unsafe",
    "director",
    "revision",
    "question",
    "action",
    "report",
    "positions",
    "mandates",
    "wall_question",
    "informing",
    "emergency_review",
    "follow_up",
)
"""The kinds of deadline: what waits for a day that comes."""

TASKS: Final = (
    "referral_waiting",
    "case_on_agenda",
    "case_withdrawn",
    "crisis",
    "crisis_after_end",
    "crisis_after_withdrawal",
    "crisis_ended",
    "unsafe",
    "question_waiting",
    "answer_received",
    "answers_complete",
    "contributions_waiting",
    "invited",
    "deputy_needed",
    "wall_question",
    "direction_ended",
    "possible_match",
    "weak_match",
    "session_scheduled",
    "session_moved",
    "session_cancelled",
    "case_off_agenda",
    "visit_planned",
    "visit_moved",
    "visit_cancelled",
    "question_withdrawn",
    "question_reopened",
    "answer_lapsed",
    "referral_corrected",
    "service_added",
    "informing_unsettled",
    "person_added",
    "person_uncovered",
    "executor_withdrawn",
    "weighing_opened",
    "weighing_complete",
    "weighing_closed",
    "case_decided",
    "direction_entrusted",
    "position_waiting",
    "positions_complete",
    "plan_adopted",
    "execution_waiting",
    "action_blocked",
    "decision_recorded",
    "execution_started",
    "report_waiting",
    "conclusion_waiting",
    "follow_up_waiting",
    "reopening_waiting",
    "case_ended",
    "case_reopened",
    "emergency_access_used",
    "case_taken_over",
    "mandate_ends",
    "agreement_ends",
    # what a day that has come reminds of, and what follows when nobody acted
    *(f"{kind}_{phase}" for phase in ("due", "overdue") for kind in DEADLINES),
)
"""What waits, as a code; the texts in nl, fr and en are the gateway's."""


class Message(Strict):
    """A message of the inbox: the task and when it came, nothing of any case."""

    id = RandomId(required=True)
    task = OneOf(TASKS, required=True)
    urgent = Flag(load_default=False)
    at = Moment(required=True)
    read = Flag(required=True)
    version = Whole(required=True)


class InboxRequest(Strict):
    person = Code(required=True)
    after = fields.String(allow_none=True, load_default=None)
    limit = Whole(1, 100, required=True)


class InboxReply(Strict):
    """A page, newest first."""

    messages = many(Message, most=100, required=True)
    next = fields.String(required=True, allow_none=True)


class OpenMessageRequest(Strict):
    person = Code(required=True)
    message = RandomId(required=True)


class OpenMessageReply(Strict):
    """The message and the random id it leads to, for a decision; null when it is not theirs."""

    message = fields.Nested(Message, required=True, allow_none=True)
    about = fields.Dict(keys=OneOf(("case", "session")), values=RandomId(), required=True)


METHODS: Final = {
    "inbox": (InboxRequest, InboxReply),
    "open_message": (OpenMessageRequest, OpenMessageReply),
    "mark_read": (CommandEnvelope, CommandReply),
}
