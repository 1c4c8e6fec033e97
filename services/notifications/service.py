"""Notifications: says that something waits, never what or about whom. Its entrypoints."""

from typing import Any

from chassis.bus.entrypoints import hears, rpc
from chassis.dependency import Provided
from contracts.rpc import read_request, write_reply
from contracts.topology import SUBSCRIPTIONS
from services.notifications.application import Notifications


class NotificationsService:
    """A person's own inbox, fed by events."""

    name = "notifications"
    allowed_callers = ("gateway",)
    background = (("app.remind", 5.0), ("app.tell_of_endings", 5.0))
    app: Notifications = Provided(Notifications)

    @hears(*SUBSCRIPTIONS["notifications"])
    def handle_event(self, event: dict[str, Any]) -> None:
        """Something that a person may have to be told of."""
        self.app.hear(event)

    @rpc
    def inbox(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A page of a person's messages."""
        request = read_request("notifications", "inbox", payload)
        return write_reply("notifications", "inbox", self.app.inbox(**request))

    @rpc
    def open_message(self, payload: dict[str, Any]) -> dict[str, Any]:
        """A message, and the random id it leads to."""
        request = read_request("notifications", "open_message", payload)
        return write_reply("notifications", "open_message", self.app.open_message(**request))

    @rpc
    def mark_read(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Mark an own message as read."""
        command = read_request("notifications", "mark_read", payload)
        return write_reply("notifications", "mark_read", self.app.mark_read(command))

    @rpc(callers=("intake", "risk", "plans"))
    def lacking(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Which of these events had no effect here."""
        request = read_request("notifications", "lacking", payload)
        return {"lacking": self.app.lacking(request["event_ids"])}

    @rpc
    def ping(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Whether this service can do its work."""
        read_request("notifications", "ping", payload)
        return {"ready": self.app.ready()}
