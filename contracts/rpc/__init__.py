"""What services answer over RPC: method → (schema of the request, schema of the reply)."""

from typing import Final

from contracts.fields import Strict
from contracts.rpc import audit, intake, notifications, plans, risk
from contracts.rpc.upkeep import LACKING, PING

Methods = dict[str, tuple[type[Strict], type[Strict]]]

METHODS: Final[dict[str, Methods]] = {
    "intake": {**intake.METHODS, **PING},
    "risk": {**risk.METHODS, **PING},
    "plans": {**plans.METHODS, **PING},
    "notifications": {**notifications.METHODS, **PING, **LACKING},
    "audit": {**audit.METHODS, **PING, **LACKING},
}
"""Service → its methods."""
