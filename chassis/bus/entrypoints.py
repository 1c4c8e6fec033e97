"""The decorators of a service's entrypoints.

@rpc
def submit_referral(self, request): ...

@handles("intake.referral_submitted")
def handle_referral_submitted(self, event): ...
"""

from chassis.bus.events import handles
from chassis.bus.rpc import rpc

__all__ = ["handles", "rpc"]
