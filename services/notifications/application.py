"""The use cases of notifications: events and deadlines become messages, as policy decides."""

from datetime import UTC, datetime
from typing import Any, Final, TypedDict

from chassis.config import whole_number
from chassis.errors import Retry
from chassis.mongo import guarded, make_collections, reachable, transaction
from chassis.opa import Opa
from chassis.runtime import Runtime
from chassis.validation import read_or_park
from contracts.events import read_event
from services.notifications.domain.deadlines import changes, repeat_on
from services.notifications.domain.messages import (
    Message,
    PageCursor,
    endings,
    mark_read,
    message_subject,
    messages,
)
from services.notifications.domain.reminder_times import last_morning, next_morning
from services.notifications.store.deadlines import Claim, Deadlines
from services.notifications.store.inboxes import Inboxes

_DECISION: Final = "ketenaanpak/notify/decision"
_ENDINGS: Final = "ketenaanpak/notify/endings"
_CONSUMER: Final = "notifications"
_MAX_PER_RUN: Final = 200
"""Deadlines handled in one run; the rest is left to the next run, or to another replica."""


class InboxPage(TypedDict):
    """Messages, newest first; `next` is the cursor of the next page."""

    messages: list[Message]
    next: str | None


class OpenedMessage(TypedDict):
    """A message and the ids of what it is about; None and nothing when it is not the person's."""

    message: Message | None
    about: dict[str, str]


class Notifications:
    """Inboxes filled by events and deadlines. Creating it needs the database."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._clock = runtime.clock
        self._inboxes = Inboxes(runtime)
        self._deadlines = Deadlines(runtime, whole_number("KETENAANPAK_ESCALATION_DAYS", 3))
        self._ending_days = whole_number("KETENAANPAK_ENDING_DAYS", 30)
        make_collections(runtime.database, "rounds")
        self._rounds = runtime.database["rounds"]
        # No person waits for this answer, so a slow one will do.
        self._policy = Opa(runtime.config.opa_url, timeout=2.0) if runtime.config.opa_url else None

    def handle_event(self, event: dict[str, Any]) -> None:
        """Notify each person whom policy names, once, and apply the event to the deadlines.

        Without a decision of policy it raises a Retry, and the event is delivered again.
        """
        subject = message_subject(read_or_park(read_event, event))
        now = self._clock.now()
        policy_event = {name: event[name] for name in ("source", "type", "time", "data")}
        decision = self._decide_event(policy_event, now)
        decided, changed = messages(decision, now), changes(decision, event)
        name = f"{event['source']}.{event['type']}"
        with transaction(self._runtime.database) as session:
            if not self._runtime.inbox.first_time(_CONSUMER, event["id"], session):
                return
            self._inboxes.deliver(decided, ("event", event["id"]), subject, session)
            if "case" in event["data"]:
                occurred_at = _sortable(event["time"])
                self._deadlines.apply_event(name, event["data"], occurred_at, changed, session)

    def remind(self) -> None:
        """Send the reminders and escalations that are due.

        Without a decision of policy a deadline is tried again once its lease has expired.
        """
        for _ in range(_MAX_PER_RUN):
            claim = self._deadlines.claim(self._clock.now())
            if claim is None:
                break
            self._notify(claim)

    def tell_again(self) -> None:
        """Notify of what still stands whoever could not be told of it before.

        Such as of a crisis the deputy that a partner sent afterwards, once. Policy is asked of each
        every few minutes. Without a decision it is asked again once the lease has expired.
        """
        for _ in range(_MAX_PER_RUN):
            claim = self._deadlines.claim_to_ask_again(self._clock.now())
            if claim is None:
                break
            self._tell_again(claim)

    def notify_of_endings(self) -> None:
        """Once each morning, notify of what ends soon; of each end a person is notified once.

        Each is stored in a transaction of its own, however many there are.
        """
        now = self._clock.now()
        today = last_morning(now).isoformat()
        with guarded():
            last_run = self._rounds.find_one({"_id": "endings"})
        if last_run is not None and last_run["on"] >= today:
            return
        policy_input = {"now": now.isoformat(), "within_days": self._ending_days}
        for ending in endings(self._decide(_ENDINGS, policy_input), now):
            with transaction(self._runtime.database) as session:
                self._inboxes.deliver([ending.message], ("ending", ending.key), {}, session)
        with guarded():
            self._rounds.update_one({"_id": "endings"}, {"$max": {"on": today}}, upsert=True)

    def inbox(self, person: str, after: str | None, limit: int) -> InboxPage:
        """A page of a person's messages, newest first."""
        cursor = None if after is None else PageCursor.parse(after)
        found = self._inboxes.page(person, cursor, limit + 1)
        page, more = found[:limit], len(found) > limit
        return {"messages": page, "next": PageCursor.after(page[-1]).format() if more else None}

    def open_message(self, person: str, message: str) -> OpenedMessage:
        """A message and its subject, for a decision whether the person may see it."""
        opened = self._inboxes.open(person, message)
        return (
            {"message": opened[0], "about": opened[1]} if opened else {"message": None, "about": {}}
        )

    def mark_read(self, command: dict[str, Any]) -> dict[str, Any]:
        """Mark an own message as read."""
        return self._inboxes.change(
            command, lambda message: mark_read(message, command["if_match"])
        )

    def lacking(self, event_ids: list[str]) -> list[str]:
        """Those of the events that have not been handled."""
        return self._runtime.inbox.lacking(event_ids)

    def ready(self) -> bool:
        """Whether the database and the policy service answer."""
        return (
            reachable(self._runtime.database) and self._policy is not None and self._policy.ready()
        )

    def _notify(self, claim: Claim) -> None:
        """Notify whom policy names of a deadline.

        An escalation for which policy names nobody, such as while no agreement is in force, is
        tried again the next morning; such a reminder is not, since the escalation follows.
        """
        now = self._clock.now()
        event = {
            "source": _CONSUMER,
            "type": f"{claim.kind}_{claim.deadline.phase}",
            "time": now.isoformat(),
            "data": claim.data,
        }
        decision = self._decide_event(event, now)
        decided, again = messages(decision, now), repeat_on(decision)
        subject = message_subject(claim.data)
        with transaction(self._runtime.database) as session:
            if not decided and claim.deadline.phase == "overdue":
                self._deadlines.postpone(claim, next_morning(now), session)
            elif self._deadlines.mark_done(claim, now, session, again):
                self._inboxes.deliver(decided, claim.dedup_key, subject, session)

    def _tell_again(self, claim: Claim) -> None:
        """Notify whoever came to be among those to tell of an event since it was told last."""
        now = self._clock.now()
        told: dict[str, Any] = claim.data["event"]
        event = {name: told[name] for name in ("source", "type")}
        event |= {"time": now.isoformat(), "data": claim.data}
        decided = messages(self._decide_event(event, now), now)
        subject = message_subject(claim.data)
        with transaction(self._runtime.database) as session:
            if self._deadlines.asked_again(claim, now, session):
                self._inboxes.deliver(decided, ("event", told["id"]), subject, session)

    def _decide_event(self, event: dict[str, Any], now: datetime) -> dict[str, Any]:
        """What policy decides of an event, or of a deadline in the form of one."""
        return self._decide(_DECISION, {"now": now.isoformat(), "event": event})

    def _decide(self, path: str, policy_input: dict[str, Any]) -> dict[str, Any]:
        if self._policy is None:
            raise Retry("policy_unavailable", "no policy service is configured")
        return self._policy.decide(path, policy_input)


def _sortable(time: str) -> str:
    """ISO 8601 in UTC with microseconds, which sorts as text in the order of time."""
    return datetime.fromisoformat(time).astimezone(UTC).isoformat(timespec="microseconds")
