"""Notifications: says that something waits, never what or about whom. Its entrypoints."""

from typing import Any

from chassis.bus.entrypoints import handles, rpc
from chassis.dependency import Provided
from contracts.rpc import METHODS
from contracts.topology import SUBSCRIPTIONS
from services.notifications.application import Notifications

Payload = dict[str, Any]


class NotificationsService:
    """A person's own inbox, fed by events."""

    name = "notifications"
    contract = METHODS["notifications"]
    allowed_callers = ("gateway",)
    background = (("app.remind", 5.0), ("app.tell_of_endings", 5.0))
    app: Notifications = Provided(Notifications)

    @handles(*SUBSCRIPTIONS["notifications"])
    def handle_event(self, event: Payload) -> None:
        """Something that a person may have to be told of."""
        self.app.hear(event)

    @rpc(dumped=True)
    def inbox(self, request: Payload) -> Payload:
        """A page of a person's messages."""
        return self.app.inbox(**request)

    @rpc(dumped=True)
    def open_message(self, request: Payload) -> Payload:
        """A message, and the random id it leads to."""
        return self.app.open_message(**request)

    @rpc(dumped=True)
    def mark_read(self, command: Payload) -> Payload:
        """Mark an own message as read."""
        return self.app.mark_read(command)

    @rpc(callers=("intake", "risk", "plans"))
    def lacking(self, request: Payload) -> Payload:
        """Which of these events had no effect here."""
        return {"lacking": self.app.lacking(**request)}

    @rpc
    def ping(self, _request: Payload) -> Payload:
        """Whether this service can do its work."""
        return {"ready": self.app.ready()}
