"""What a `service.py` decorates its methods with.

@rpc
def submit_referral(self, request): ...

@handles("intake.referral_submitted")
def handle_referral_submitted(self, event): ...
"""

from chassis.bus.calls import rpc
from chassis.bus.events import handles

__all__ = ["handles", "rpc"]
