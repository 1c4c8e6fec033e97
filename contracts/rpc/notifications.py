"""What notifications answers: a person's own inbox, which says that something waits, not what."""

from typing import Final

from marshmallow import fields, validate

from contracts.fields import Code, Flag, Moment, OneOf, RandomId, Strict, many
from contracts.rpc.command import CommandEnvelope, CommandReply

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
    "invited",
    "deputy_needed",
    "possible_match",
    "session_scheduled",
    "weighing_opened",
    "case_decided",
    "direction_entrusted",
    "position_waiting",
    "plan_adopted",
    "action_blocked",
    "execution_started",
    "case_ended",
    "case_reopened",
    "emergency_access_used",
    "case_taken_over",
    # what a day that has come reminds of
    "question_due",
    "action_due",
    "report_due",
    "positions_due",
    "mandates_due",
    "informing_due",
    "emergency_review_due",
    "follow_up_due",
    "mandate_ends",
    "agreement_ends",
    # and what follows when nobody acted
    "question_overdue",
    "action_overdue",
    "report_overdue",
    "positions_overdue",
    "mandates_overdue",
    "informing_overdue",
    "emergency_review_overdue",
    "follow_up_overdue",
)
"""What waits, as a code; the texts in nl, fr and en are the gateway's."""


class Message(Strict):
    """A message of the inbox: the task and when it came, nothing of any case."""

    id = RandomId(required=True)
    task = OneOf(TASKS, required=True)
    at = Moment(required=True)
    read = Flag(required=True)
    version = fields.Integer(strict=True, required=True)


class InboxRequest(Strict):
    person = Code(required=True)
    after = fields.String(allow_none=True, load_default=None)
    limit = fields.Integer(strict=True, required=True, validate=validate.Range(1, 100))


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
