"""Bodies of the commands, as a caller of the HTTP API sends them and as their owner checks them."""

from typing import Final

from contracts.bodies import intake, plans, risk
from contracts.bodies.shared import NoBody
from contracts.fields import Strict

BODIES: Final[dict[str, dict[str, type[Strict]]]] = {
    "intake": intake.BODIES,
    "risk": risk.BODIES,
    "plans": plans.BODIES,
    "notifications": {"mark_read": NoBody},
}
"""Service → its commands and their bodies; the RPC method has the command's name."""

COMMAND_BODIES: Final[dict[str, type[Strict]]] = {
    command: body for commands in BODIES.values() for command, body in commands.items()
}
"""Every command and its body."""

OWNERS: Final[dict[str, str]] = {
    command: service for service, commands in BODIES.items() for command in commands
}
"""The service that owns what a command changes."""

POLICY_FACTS: Final[dict[str, tuple[str, ...]]] = {
    **intake.POLICY_FACTS,
    **risk.POLICY_FACTS,
    **plans.POLICY_FACTS,
}
"""The members of a body that the policy service sees; every other member stays unseen."""

NESTED_FACTS: Final = plans.NESTED_FACTS
"""Facts that policy sees of what stands deeper in a body: all the values at the end of a path."""

REFERS_TO: Final = {**intake.REFERS_TO, **plans.REFERS_TO}
"""Command → what it refers to beside what it changes: the services and the kinds."""

AT_SESSION: Final = plans.AT_SESSION
"""The commands whose body may name the session at which the team did what it records."""
