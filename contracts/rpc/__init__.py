"""What services answer over RPC: method → (schema of the request, schema of the reply)."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError

from contracts.errors import Refuse
from contracts.fields import Strict
from contracts.rpc import audit, intake, notifications, plans, risk, upkeep

Methods = dict[str, tuple[type[Strict], type[Strict]]]

METHODS: Final[dict[str, Methods]] = {
    "intake": {**intake.METHODS, **upkeep.METHODS},
    "risk": {**risk.METHODS, **upkeep.METHODS},
    "plans": {**plans.METHODS, **upkeep.METHODS},
    "notifications": {**notifications.METHODS, **upkeep.METHODS},
    "audit": {**audit.METHODS, **upkeep.METHODS},
}

_SCHEMAS: Final = {
    (service, method): (request(), reply())
    for service, methods in METHODS.items()
    for method, (request, reply) in methods.items()
}


def read_request(service: str, method: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The validated request of a call.

    Raises Refuse("validation_failed") that names the members at fault, never their values.
    """
    try:
        loaded: dict[str, Any] = _SCHEMAS[service, method][0].load(payload)
    except ValidationError as error:
        raise Refuse("validation_failed", fields=sorted(error.messages_dict)) from None
    return loaded


def write_reply(service: str, method: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """The reply of a call as JSON: the members of its schema, by allow-list."""
    reply: dict[str, Any] = _SCHEMAS[service, method][1].dump(value)
    return reply
