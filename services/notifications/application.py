"""What notifications does with an event, a call or a day that comes: asks policy whom to tell."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from chassis.config import whole_number
from chassis.errors import Retry
from chassis.mongo import guarded, make_collections, reachable, transaction
from chassis.opa import Opa
from chassis.runtime import Runtime
from chassis.validation import read_or_park
from contracts.events import read_event
from services.notifications.domain.deadlines import changes
from services.notifications.domain.messages import (
    Message,
    Place,
    about,
    endings,
    mark_read,
    messages,
)
from services.notifications.domain.standing import last_morning, next_morning
from services.notifications.store.deadlines import Claim, Deadlines
from services.notifications.store.inboxes import Inboxes

_DECISION: Final = "ketenaanpak/notify/decision"
_ENDINGS: Final = "ketenaanpak/notify/endings"
_CONSUMER: Final = "notifications"
_AT_ONCE: Final = 200
"""Deadlines that one round sees to; what is left is for the next one, or for another replica."""


class Notifications:
    """Inboxes fed by events and by days that come. Making it needs the database."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._clock = runtime.clock
        self._inboxes = Inboxes(runtime)
        self._deadlines = Deadlines(runtime, whole_number("KETENAANPAK_ESCALATION_DAYS", 3))
        self._ending_days = whole_number("KETENAANPAK_ENDING_DAYS", 30)
        make_collections(runtime.database, "rounds")
        self._rounds = runtime.database["rounds"]
        # Nobody waits for a message the way a person waits for a page: a slow answer will do.
        self._policy = Opa(runtime.config.opa_url, timeout=2.0) if runtime.config.opa_url else None

    def hear(self, event: dict[str, Any]) -> None:
        """Tell whoever policy names, each once. Without a decision the event is heard again."""
        leads = about(read_or_park(read_event, event))
        now = self._clock.now()
        told = {name: event[name] for name in ("source", "type", "data")}
        decided = messages(self._decide(_DECISION, {"now": now.isoformat(), "event": told}), now)
        changed = changes(f"{event['source']}.{event['type']}", event["data"])
        with transaction(self._runtime.database) as session:
            if not self._runtime.inbox.first_time(_CONSUMER, event["id"], session):
                return
            self._inboxes.deliver(decided, ("event", event["id"]), leads, session)
            if "case" in event["data"]:
                self._deadlines.hear(event["data"], _moment(event["time"]), changed, session)

    def remind(self) -> None:
        """See to the deadlines whose time has come.

        Without a decision the one in hand is tried again when its lease has run out.
        """
        for _ in range(_AT_ONCE):
            claim = self._deadlines.claim(self._clock.now())
            if claim is None:
                break
            self._tell(claim)

    def tell_of_endings(self) -> None:
        """Once each morning: what ends soon, each end once to a person.

        Each is kept by itself: however many there are, none waits for all.
        """
        now = self._clock.now()
        today = last_morning(now).isoformat()
        with guarded():
            asked = self._rounds.find_one({"_id": "endings"})
        if asked is not None and asked["on"] >= today:
            return
        question = {"now": now.isoformat(), "within_days": self._ending_days}
        for ending in endings(self._decide(_ENDINGS, question), now):
            with transaction(self._runtime.database) as session:
                self._inboxes.deliver([ending.message], ("ending", ending.key), {}, session)
        with guarded():
            self._rounds.update_one({"_id": "endings"}, {"$max": {"on": today}}, upsert=True)

    def inbox(self, person: str, after: str | None, limit: int) -> dict[str, Any]:
        """A page of a person's messages, newest first."""
        place = None if after is None else Place.read(after)
        found = self._inboxes.page(person, place, limit + 1)
        page, more = found[:limit], len(found) > limit
        return {"messages": page, "next": Place.of(page[-1]).write() if more else None}

    def open_message(self, person: str, message: str) -> dict[str, Any]:
        """A message and what it leads to, for a decision; no message when it is not theirs."""
        opened: tuple[Message | None, dict[str, str]]
        opened = self._inboxes.open(person, message) or (None, {})
        return {"message": opened[0], "about": opened[1]}

    def mark_read(self, command: dict[str, Any]) -> dict[str, Any]:
        """Mark an own message as read."""
        return self._inboxes.change(
            command, lambda message: mark_read(message, command["if_match"])
        )

    def lacking(self, event_ids: list[str]) -> list[str]:
        """Those of the events that had no effect here."""
        return self._runtime.inbox.lacking(event_ids)

    def ready(self) -> bool:
        """Whether the database and the policy service answer."""
        return (
            reachable(self._runtime.database) and self._policy is not None and self._policy.ready()
        )

    def _tell(self, claim: Claim) -> None:
        """Tell whom policy names of a deadline.

        An escalation that reaches nobody, as while no agreement is in force, comes back in the
        morning; after a reminder that reaches nobody the escalation is still to come.
        """
        now = self._clock.now()
        event = {
            "source": _CONSUMER,
            "type": f"{claim.kind}_{claim.phase}",
            "data": claim.data,
        }
        decided = messages(self._decide(_DECISION, {"now": now.isoformat(), "event": event}), now)
        with transaction(self._runtime.database) as session:
            if not decided and claim.phase == "overdue":
                self._deadlines.put_off(claim, next_morning(now), session)
            elif self._deadlines.done(claim, now, session):
                self._inboxes.deliver(decided, claim.cause, about(claim.data), session)

    def _decide(self, path: str, question: Mapping[str, Any]) -> dict[str, Any]:
        if self._policy is None:
            raise Retry("policy_unavailable", "no policy service is configured")
        return self._policy.decide(path, dict(question))


def _moment(time: str) -> str:
    """A moment as text of one length, which sorts as time does."""
    return datetime.fromisoformat(time).astimezone(UTC).isoformat(timespec="microseconds")
