"""What services answer for the platform's own sake."""

from typing import Final

from marshmallow import fields

from contracts.fields import Flag, Strict, ids


class PingRequest(Strict):
    """Are you there?"""


class PingReply(Strict):
    """`ready` is true when the service reaches its database and its queues."""

    ready = Flag(required=True)


class LackingRequest(Strict):
    """Events that the publisher believes were handled."""

    event_ids = ids(1000, required=True)


class LackingReply(Strict):
    """Those of them that this service has no trace of."""

    lacking = fields.List(fields.String(), required=True)


PING: Final = {"ping": (PingRequest, PingReply)}
"""Every service answers it."""

LACKING: Final = {"lacking": (LackingRequest, LackingReply)}
"""Every service that subscribes to events answers it."""
