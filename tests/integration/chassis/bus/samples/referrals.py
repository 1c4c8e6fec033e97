"""A sample service that answers calls and publishes events, under the name of intake."""

import time
import uuid
from typing import Any

from chassis.bus.entrypoints import rpc
from chassis.dependency import Provided
from chassis.errors import Refuse
from chassis.mongo import transaction
from chassis.runtime import Runtime


class Referrals:
    """Writes one document and one event per referral."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.ticks = 0
        self.in_hand = 0

    def submit(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Keep `payload["count"]` events of one subject in one transaction; their ids."""
        ids = [str(uuid.uuid4()) for _ in range(payload.get("count", 1))]
        with transaction(self._runtime.database) as session:
            for number, event_id in enumerate(ids):
                event = {
                    "specversion": "1.0",
                    "id": event_id,
                    "source": "intake",
                    "type": payload.get("type", "referral_submitted"),
                    "subject": payload.get("subject", event_id),
                    "number": number,
                }
                self._runtime.outbox.add(event, session)
            if payload.get("fail"):
                raise Refuse("stage_wrong", "the case is closed", stage="closed")
        return {"event_ids": ids}

    def tick(self) -> None:
        """Count."""
        self.ticks += 1


class ReferralService:
    name = "intake"
    allowed_callers = ("gateway",)
    subscribers = {"notifications": ("intake.referral_submitted",)}
    background = (("referrals.tick", 0.05),)

    referrals = Provided(Referrals)

    @rpc
    def submit(self, payload: dict[str, Any]) -> dict[str, Any]:
        return self.referrals.submit(payload)

    @rpc
    def ticks(self, payload: dict[str, Any]) -> int:
        return self.referrals.ticks

    @rpc
    def echo(self, payload: Any) -> Any:
        return payload

    @rpc
    def wait(self, payload: dict[str, Any]) -> dict[str, Any]:
        self.referrals.in_hand += 1
        time.sleep(payload["seconds"])
        self.referrals.in_hand -= 1
        return payload

    @rpc
    def in_hand(self, payload: Any) -> int:
        return self.referrals.in_hand

    @rpc
    def refuse(self, payload: dict[str, Any]) -> None:
        raise Refuse("stage_wrong", "the case is closed", stage=payload["stage"])

    @rpc
    def stumble(self, payload: dict[str, Any]) -> None:
        raise ValueError(f"cannot read {payload}")

    @rpc
    def unreadable(self, payload: dict[str, Any]) -> object:
        return object()

    @rpc(callers=("plans",))
    def for_plans_only(self, payload: dict[str, Any]) -> str:
        return "content"
