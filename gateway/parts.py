"""What one gateway process is made of."""

from dataclasses import dataclass

from chassis.clock import Clock
from gateway.auth import Authenticator
from gateway.bus import Bus
from gateway.commands import Commands
from gateway.cursors import Cursors
from gateway.policy import Policy
from gateway.release import Releases


@dataclass(frozen=True)
class Parts:
    """The parts that views and the pipeline share; made once for a process."""

    clock: Clock
    authenticator: Authenticator
    bus: Bus
    policy: Policy
    releases: Releases
    commands: Commands
    cursors: Cursors
