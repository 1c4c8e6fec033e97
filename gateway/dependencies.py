"""What one gateway process is made of."""

from dataclasses import dataclass

from chassis.clock import Clock
from gateway.http.authentication import Authenticator
from gateway.release.bus import Bus
from gateway.release.commands import Commands
from gateway.release.cursors import Cursors
from gateway.release.pipeline import Releases
from gateway.release.policy import Policy


@dataclass(frozen=True)
class Dependencies:
    """The parts that views and the pipeline share; made once for a process."""

    clock: Clock
    authenticator: Authenticator
    bus: Bus
    policy: Policy
    releases: Releases
    commands: Commands
    cursors: Cursors
