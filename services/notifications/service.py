"""The entrypoints of notifications: messages that something waits, never what or about whom."""

from typing import Any

from chassis.bus.entrypoints import handles, rpc
from chassis.dependency import Provided
from contracts.rpc import METHODS
from contracts.topology import SUBSCRIPTIONS
from services.notifications.application import InboxPage, Notifications, OpenedMessage
from services.notifications.migrations import STEPS

Payload = dict[str, Any]


class NotificationsService:
    """A person's own inbox, fed by events."""

    name = "notifications"
    contract = METHODS["notifications"]
    migrations = STEPS
    allowed_callers = ("gateway",)
    background = (("app.remind", 5.0), ("app.notify_of_endings", 5.0), ("app.tell_again", 5.0))
    app: Notifications = Provided(Notifications)

    @handles(*SUBSCRIPTIONS["notifications"])
    def handle_event(self, event: Payload) -> None:
        """Notify persons of an event, and update deadlines."""
        self.app.handle_event(event)

    @rpc(dumped=True)
    def inbox(self, request: Payload) -> InboxPage:
        """A page of a person's messages."""
        return self.app.inbox(**request)

    @rpc(dumped=True)
    def open_message(self, request: Payload) -> OpenedMessage:
        """A message, and the ids of the case and session that it is about."""
        return self.app.open_message(**request)

    @rpc(dumped=True)
    def mark_read(self, command: Payload) -> Payload:
        """Mark an own message as read."""
        return self.app.mark_read(command)

    @rpc(callers=("intake", "risk", "plans"))
    def lacking(self, request: Payload) -> Payload:
        """Which of these events have not been handled."""
        return {"lacking": self.app.lacking(**request)}

    @rpc
    def ping(self, _request: Payload) -> Payload:
        """Whether database and policy service are available."""
        return {"ready": self.app.ready()}
