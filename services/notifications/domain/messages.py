"""Messages: who receives one of which task, and the order of an inbox.

A message says that something waits, never what or about whom (domain.md, section 9).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from chassis.errors import Refuse, Retry
from contracts.rfc3339 import parse_moment
from contracts.rpc.notifications import TASKS


@dataclass(frozen=True)
class Message:
    """A message in a person's inbox. `at` is when it was made, to the millisecond.

    `urgent`: a life may depend on it. Without `opens`, which is not stored, it leads to nothing.
    """

    id: str
    person: str
    task: str
    at: datetime
    read: bool = False
    version: int = 1
    urgent: bool = False
    opens: bool = True


def messages(decision: Mapping[str, Any], at: datetime) -> list[Message]:
    """One message for each person that policy names; the first task for one named twice.

    Raises Retry("policy_unavailable") when the decision is not well-formed.
    """
    found: dict[str, Message] = {}
    for entry in _recipients(decision):
        message = _message_of(entry, at)
        found.setdefault(message.person, message)
    return list(found.values())


@dataclass(frozen=True)
class Ending:
    """Something that ends soon: its key, and the message about it to one person."""

    key: str
    message: Message


def endings(decision: Mapping[str, Any], at: datetime) -> list[Ending]:
    """A message for each end and person that policy names.

    Raises Retry("policy_unavailable") when the decision is not well-formed.
    """
    return [_ending(entry, at) for entry in _recipients(decision)]


def message_subject(data: Mapping[str, Any]) -> dict[str, str]:
    """What a message is about, for who may see it: the ids of the case, the session, or both."""
    return {name: data[name] for name in ("case", "session") if name in data}


def mark_read(message: Message | None, if_match: int | None) -> Message:
    """The message, marked as read; one that was read already is unchanged.

    Raises Refuse: `not_found` without a message, `precondition_failed` for another version.
    """
    if message is None:
        raise Refuse("not_found", "no message of yours has this id")
    if if_match is not None and if_match != message.version:
        raise Refuse("precondition_failed", "the message has changed", version=message.version)
    if message.read:
        return message
    return replace(message, read=True, version=message.version + 1)


@dataclass(frozen=True)
class PageCursor:
    """The last message of a page; the order is newest first, then by id."""

    at: datetime
    id: str

    @classmethod
    def after(cls, message: Message) -> Self:
        """The cursor of the page that follows a message."""
        return cls(message.at, message.id)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The inverse of `format`; raises Refuse("cursor_invalid")."""
        moment, _, message = text.partition("~")
        try:
            return cls(parse_moment(moment), str(uuid.UUID(message)))
        except ValueError:
            raise Refuse("cursor_invalid", "the cursor is not one of the inbox") from None

    def format(self) -> str:
        """The cursor as text."""
        return f"{self.at.isoformat()}~{self.id}"


def _recipients(decision: Mapping[str, Any]) -> list[Any]:
    recipients, revision = decision.get("tell"), decision.get("policy_revision")
    if not isinstance(recipients, list) or not isinstance(revision, str) or not revision:
        raise Retry("policy_unavailable", "the answer is not a decision")
    return recipients


def _message_of(entry: Any, at: datetime) -> Message:
    match entry:
        case {"person": str(person), "task": str(task), "urgent": bool(urgent), **rest} if (
            rest in ({}, {"opens": False}) and task in TASKS
        ):
            milliseconds = at.replace(microsecond=at.microsecond // 1000 * 1000)
            made = str(uuid.uuid4())
            return Message(made, person, task, milliseconds, urgent=urgent, opens=not rest)
    raise Retry("policy_unavailable", "the answer is not a decision")


def _ending(entry: Any, at: datetime) -> Ending:
    match entry:
        case {"key": str(key), **rest}:
            return Ending(key, _message_of({**rest, "urgent": False}, at))
    raise Retry("policy_unavailable", "the answer is not a decision")
