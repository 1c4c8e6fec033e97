"""Messages: who gets one of what, and the order of an inbox.

A message says that something waits, never what or about whom (domain.md, section 9).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from chassis.errors import Refuse, Retry
from contracts.rpc.notifications import TASKS


@dataclass(frozen=True)
class Message:
    """A message in a person's inbox. `at` is when it came, to the millisecond."""

    id: str
    person: str
    task: str
    at: datetime
    read: bool = False
    version: int = 1


def messages(decision: Mapping[str, Any], at: datetime) -> list[Message]:
    """One message for each person that policy tells; a person named twice gets the first task.

    Raises Retry("policy_unavailable") when the decision is not one: the event is heard again.
    """
    told: dict[str, str] = {}
    for person, task in _tell(decision):
        told.setdefault(person, task)
    return [_message(person, task, at) for person, task in told.items()]


@dataclass(frozen=True)
class Ending:
    """Something that ends soon, by a key of its own, and the message about it."""

    key: str
    message: Message


def endings(decision: Mapping[str, Any], at: datetime) -> list[Ending]:
    """A message for each end and person that policy tells of.

    Raises Retry("policy_unavailable") when the decision is not one.
    """
    tell = _listed(decision)
    return [Ending(key, _message(person, task, at)) for key, person, task in map(_ending, tell)]


def about(data: Mapping[str, Any]) -> dict[str, str]:
    """What a message leads to once its reader may know: the case, the session, or both."""
    return {name: data[name] for name in ("case", "session") if name in data}


def mark_read(message: Message | None, if_match: int | None) -> Message:
    """The message, read; one that was read already stays as it is.

    Raises Refuse: `not_found` when it is not theirs, `precondition_failed` when it moved on.
    """
    if message is None:
        raise Refuse("not_found", "no message of yours has this id")
    if if_match is not None and if_match != message.version:
        raise Refuse("precondition_failed", "the message has changed", version=message.version)
    if message.read:
        return message
    return replace(message, read=True, version=message.version + 1)


@dataclass(frozen=True)
class Place:
    """Where a page of the inbox ends: newest first, and by id within a moment."""

    at: datetime
    id: str

    @classmethod
    def of(cls, message: Message) -> Self:
        """The place right after a message."""
        return cls(message.at, message.id)

    @classmethod
    def read(cls, text: str) -> Self:
        """The place that `write` wrote; raises Refuse("cursor_invalid")."""
        moment, _, message = text.partition("~")
        try:
            place = cls(datetime.fromisoformat(moment), str(uuid.UUID(message)))
        except ValueError:
            raise Refuse("cursor_invalid", "the cursor is not one of the inbox") from None
        if place.at.tzinfo is None:
            raise Refuse("cursor_invalid", "the cursor is not one of the inbox")
        return place

    def write(self) -> str:
        """The place as text."""
        return f"{self.at.isoformat()}~{self.id}"


def _message(person: str, task: str, at: datetime) -> Message:
    came = at.replace(microsecond=at.microsecond // 1000 * 1000)
    return Message(str(uuid.uuid4()), person, task, came)


def _tell(decision: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [_one(entry) for entry in _listed(decision)]


def _listed(decision: Mapping[str, Any]) -> list[Any]:
    tell, revision = decision.get("tell"), decision.get("policy_revision")
    if not isinstance(tell, list) or not isinstance(revision, str) or not revision:
        raise Retry("policy_unavailable", "the answer is not a decision")
    return tell


def _one(entry: Any) -> tuple[str, str]:
    match entry:
        case {"person": str(person), "task": str(task), **rest} if not rest and task in TASKS:
            return person, task
    raise Retry("policy_unavailable", "the answer is not a decision")


def _ending(entry: Any) -> tuple[str, str, str]:
    match entry:
        case {"key": str(key), **told}:
            return key, *_one(told)
    raise Retry("policy_unavailable", "the answer is not a decision")
