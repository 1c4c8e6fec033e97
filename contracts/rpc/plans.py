"""What plans answers: its fragments, its commands, what was adopted or closed."""

from typing import Final

from contracts.bodies import plans as bodies
from contracts.rpc import fragments, outcomes
from contracts.rpc.command import CommandEnvelope, CommandReply

METHODS: Final = {
    **fragments.METHODS,
    **outcomes.PLANS_METHODS,
    **dict.fromkeys(bodies.BODIES, (CommandEnvelope, CommandReply)),
}
