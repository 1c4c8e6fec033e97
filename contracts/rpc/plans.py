"""What plans answers: its fragments, its commands, what was adopted or closed."""

from typing import Final

from contracts.bodies import plans as bodies
from contracts.fields import RandomId, Strict, codes
from contracts.rpc import fragments, outcomes
from contracts.rpc.command import CommandEnvelope, CommandReply


class ServiceFollowersRequest(Strict):
    """The involved service (betrokken dienst) `service` of `case`."""

    case = RandomId(required=True)
    service = RandomId(required=True)


class ServiceFollowersReply(ServiceFollowersRequest):
    """The partners that follow an action which the service carries out.

    Of the plan and of a version that is proposed; none when neither names the service.
    """

    followers = codes(200, required=True)


METHODS: Final = {
    **fragments.METHODS,
    **outcomes.PLANS_METHODS,
    "service_followers": (ServiceFollowersRequest, ServiceFollowersReply),
    **dict.fromkeys(bodies.BODIES, (CommandEnvelope, CommandReply)),
}
