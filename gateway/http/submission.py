"""How a view hands a command to the pipeline."""

from collections.abc import Mapping
from typing import Any

from flask import g, request

from gateway.http.routing import dependencies
from gateway.release.commands import CommandRequest, CommandResult
from gateway.request_context import RequestContext


def submit_command(
    context: RequestContext,
    action: str,
    body: Mapping[str, Any],
    *,
    case: str | None = None,
    fragment: str | None = None,
    session: str | None = None,
    location: str | None = None,
) -> CommandResult:
    """Carries out a command, with the key and version of the request's headers.

    `location` is where what came to be is found: it may name `{id}` and `{case}`.
    """
    command = CommandRequest(
        action=action,
        route=route_of_request(),
        key=g.key,
        body=body,
        case=case,
        target=fragment or session,
        target_kind="fragment" if fragment else "session" if session else None,
        if_match=g.version,
    )
    return dependencies().commands.perform(context, command, location)


def route_of_request() -> str:
    """Method and path: an Idempotency-Key means something on one route only."""
    return f"{request.method} {request.path}"
