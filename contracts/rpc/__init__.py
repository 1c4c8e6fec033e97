"""What services answer over RPC: method → (schema of the request, schema of the reply)."""

from typing import Final

from contracts.fields import Strict
from contracts.rpc import audit, intake, notifications, outcomes, upkeep

Methods = dict[str, tuple[type[Strict], type[Strict]]]

METHODS: Final[dict[str, Methods]] = {
    "intake": {**intake.METHODS, **upkeep.METHODS},
    "risk": {**outcomes.RISK_METHODS, **upkeep.METHODS},
    "plans": {**outcomes.PLANS_METHODS, **upkeep.METHODS},
    "notifications": {**notifications.METHODS, **upkeep.METHODS},
    "audit": {**audit.METHODS, **upkeep.METHODS},
}
