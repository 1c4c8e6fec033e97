"""How a view hands a command to the pipeline."""

from collections.abc import Mapping
from typing import Any

from flask import g, request

from gateway.asking import Asking
from gateway.commands import Done, Order
from gateway.doors import parts


def ordered(
    asking: Asking,
    action: str,
    body: Mapping[str, Any],
    *,
    case: str | None = None,
    fragment: str | None = None,
    session: str | None = None,
    location: str | None = None,
) -> Done:
    """Carries out a command, with the key and version of the request's headers.

    `location` is where what came to be is found: it may name `{id}` and `{case}`.
    """
    order = Order(
        action=action,
        route=route_of_request(),
        key=g.key,
        body=body,
        case=case,
        target=fragment or session,
        target_kind="fragment" if fragment else "session" if session else None,
        if_match=g.version,
    )
    return parts().commands.perform(asking, order, location)


def route_of_request() -> str:
    """Method and path: an Idempotency-Key means something on one route only."""
    return f"{request.method} {request.path}"
