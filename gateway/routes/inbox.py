"""The own inbox: that something waits, and only when opened, for what."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import g

from gateway import texts
from gateway.asking import Asking
from gateway.commands import Done, Order
from gateway.decisions import ActionDecision
from gateway.doors import Door, PageQuery, parts
from gateway.ordering import route_of_request
from gateway.release import Page, Released
from gateway.shapes import InboxAnswer, OpenedMessageAnswer

door = Door("inbox", __name__, description="That something waits; what, once opened")

_SHOWN = ("id", "task", "at", "read", "version")


@door.read("/inbox", "read_inbox", InboxAnswer, query=PageQuery)
def read_inbox(asking: Asking, query: dict[str, Any]) -> Released:
    """List one's own messages, newest first."""
    page = Page(**query)

    def fetch(
        _decision: ActionDecision, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        request = {"person": asking.viewer.person, "after": after, "limit": page.limit}
        reply = parts().bus.read(asking.budget, "notifications", "inbox", request)
        return [_message(asking, message) for message in reply["messages"]], reply["next"]

    return parts().releases.page(asking, "read_inbox", "messages", page, fetch)


@door.read("/inbox/<random_id:message_id>", "read_message", OpenedMessageAnswer)
def open_message(asking: Asking, message_id: str) -> Released:
    """Open a message: what it is about, if you may still know of it."""
    request = {"person": asking.viewer.person, "message": message_id}
    reply = parts().bus.read(asking.budget, "notifications", "open_message", request)
    message = reply["message"]
    if message is None:
        # Nobody's case: it goes the way of any other and ends where unknown ones do.
        return parts().releases.message(asking, {"case": str(uuid.uuid4())}, {})
    return parts().releases.message(asking, reply["about"], _message(asking, message))


@door.command("/inbox/<random_id:message_id>/read", "mark_read")
def mark_read(asking: Asking, body: dict[str, Any], message_id: str) -> Done:
    """Mark one's own message as read."""
    order = Order(
        action="mark_read",
        route=route_of_request(),
        key=g.key,
        body=body,
        target=message_id,
    )
    return parts().commands.perform(asking, order)


def _message(asking: Asking, message: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: message[name] for name in _SHOWN}
    return {**shown, "text": texts.task(asking.language, message["task"])}
