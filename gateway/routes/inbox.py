"""The own inbox: that something waits, and only when opened, for what."""

import uuid
from collections.abc import Mapping
from typing import Any

from gateway import texts
from gateway.dependencies import dependencies
from gateway.http.response_schemas import InboxAnswer, OpenedMessageAnswer
from gateway.http.routing import ApiBlueprint, PageQuery
from gateway.release.commands import CommandRequest, CommandResult
from gateway.release.decisions import ActionDecision
from gateway.release.pipeline import PageRequest, Released, Rows
from gateway.request_context import RequestContext

blueprint = ApiBlueprint("inbox", __name__, description="That something waits; what, once opened")

_SHOWN = ("id", "task", "at", "read", "version")


@blueprint.read("/inbox", "read_inbox", InboxAnswer, query=PageQuery)
def read_inbox(context: RequestContext, query: dict[str, Any]) -> Released:
    """List one's own messages, newest first."""
    page = PageRequest(**query)

    def fetch(_decision: ActionDecision, after: str | None) -> Rows:
        request = {"person": context.viewer.person, "after": after, "limit": page.limit}
        [reply] = dependencies().bus.read(context.budget, ("notifications", "inbox", request))
        return [_message(context, message) for message in reply["messages"]], reply["next"]

    return dependencies().releases.page(context, "read_inbox", "messages", page, fetch)


@blueprint.read("/inbox/<random_id:message_id>", "read_message", OpenedMessageAnswer)
def open_message(context: RequestContext, message_id: str) -> Released:
    """Open a message: what it is about, if you may still know of it."""
    request = {"person": context.viewer.person, "message": message_id}
    [reply] = dependencies().bus.read(context.budget, ("notifications", "open_message", request))
    message = reply["message"]
    if message is None:
        # A case that does not exist: it takes the same way as any, and ends as unknown ones do.
        return dependencies().releases.message(context, {"case": str(uuid.uuid4())}, {})
    return dependencies().releases.message(context, reply["about"], _message(context, message))


@blueprint.command("/inbox/<random_id:message_id>/read", "mark_read")
def mark_read(context: RequestContext, body: dict[str, Any], message_id: str) -> CommandResult:
    """Mark one's own message as read."""
    request = CommandRequest("mark_read", body, target=message_id)
    return dependencies().commands.submit_command(context, request)


def _message(context: RequestContext, message: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: message[name] for name in _SHOWN}
    urgent = message.get("urgent", False)  # absent in answers of the version before
    return {**shown, "urgent": urgent, "text": texts.task(context.language, message["task"])}
