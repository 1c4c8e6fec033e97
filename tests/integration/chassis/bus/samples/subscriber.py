"""A sample service that handles events, under the name of notifications."""

import os
import signal
from typing import Any

from chassis.bus.entrypoints import handles, rpc
from chassis.dependency import Provided
from chassis.errors import Park
from chassis.mongo import guarded, transaction
from chassis.runtime import Runtime


class Messages:
    """Writes one message for each event, in the transaction that takes the event in."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._messages = runtime.database["sample_messages"]
        self._switches = runtime.database["switches"]

    def write(self, event: dict[str, Any]) -> None:
        """Write it, unless a switch of the test says otherwise."""
        with guarded():
            mood = self._switches.find_one({"_id": event["subject"]}) or {}
        if mood.get("mood") == "stumble":
            raise KeyError(event["id"])
        if mood.get("mood") == "unwanted":
            raise Park("unwanted")
        if mood.get("mood") == "die" and self._only_once(event["subject"]):
            os.kill(os.getpid(), signal.SIGKILL)
        with transaction(self._runtime.database) as session:
            if self._runtime.inbox.first_time("messages", event["id"], session):
                self._messages.insert_one(
                    {"event": event["id"], "subject": event["subject"], "number": event["number"]},
                    session=session,
                )

    def _only_once(self, subject: str) -> bool:
        done = self._switches.update_one({"_id": subject}, {"$set": {"mood": "well"}})
        return done.modified_count == 1

    def lacking(self, event_ids: list[str]) -> list[str]:
        """Those of which no message was written."""
        return self._runtime.inbox.lacking(event_ids)


class SampleService:
    name = "notifications"
    allowed_callers = ("gateway",)

    messages = Provided(Messages)

    @handles("intake.referral_submitted")
    def handle_referral_submitted(self, event: dict[str, Any]) -> None:
        self.messages.write(event)

    @rpc(callers=("intake",))
    def lacking(self, payload: dict[str, Any]) -> dict[str, Any]:
        return {"lacking": self.messages.lacking(payload["event_ids"])}

    @rpc
    def ping(self, payload: Any) -> str:
        return "here"
