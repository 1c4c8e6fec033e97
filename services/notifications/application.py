"""What notifications does with an event or a call: asks policy whom to tell, and keeps inboxes."""

from typing import Any

from chassis.opa import Opa
from chassis.runtime import Runtime
from contracts.errors import Retry
from contracts.events import read_event
from services.notifications.domain import Message, Place, about, mark_read, messages
from services.notifications.store import Store

_DECISION = "ketenaanpak/notify/decision"


class Notifications:
    """The inboxes, fed by events. Making it needs the database."""

    def __init__(self, runtime: Runtime) -> None:
        self._clock = runtime.clock
        self._store = Store(runtime)
        # Nobody waits for a message the way a person waits for a page: a slow answer will do.
        self._policy = Opa(runtime.config.opa_url, timeout=2.0) if runtime.config.opa_url else None

    def hear(self, event: dict[str, Any]) -> None:
        """Tell whoever policy names, each once. Without a decision the event is heard again."""
        leads = about(read_event(event))
        now = self._clock.now()
        told = {name: event[name] for name in ("source", "type", "data")}
        decision = self._decide({"now": now.isoformat(), "event": told})
        self._store.deliver(event["id"], messages(decision, now), leads)

    def inbox(self, person: str, after: str | None, limit: int) -> dict[str, Any]:
        """A page of a person's messages, newest first."""
        place = None if after is None else Place.read(after)
        found = self._store.page(person, place, limit + 1)
        page, more = found[:limit], len(found) > limit
        return {"messages": page, "next": Place.of(page[-1]).write() if more else None}

    def open_message(self, person: str, message: str) -> dict[str, Any]:
        """A message and what it leads to, for a decision; no message when it is not theirs."""
        opened: tuple[Message | None, dict[str, str]]
        opened = self._store.open(person, message) or (None, {})
        return {"message": opened[0], "about": opened[1]}

    def mark_read(self, command: dict[str, Any]) -> dict[str, Any]:
        """Mark an own message as read."""
        return self._store.change(command, lambda message: mark_read(message, command["if_match"]))

    def lacking(self, event_ids: list[str]) -> list[str]:
        """Those of the events that had no effect here."""
        return self._store.lacking(event_ids)

    def ready(self) -> bool:
        """Whether the database and the policy service answer."""
        return self._store.ready() and self._policy is not None and self._policy.ready()

    def _decide(self, question: dict[str, Any]) -> dict[str, Any]:
        if self._policy is None:
            raise Retry("policy_unavailable", "no policy service is configured")
        return self._policy.decide(_DECISION, question)
