"""The register: the cases that plans heard of. It serves reactions; no command waits for it."""

from chassis.mongo import transaction
from chassis.runtime import Runtime


class Register:
    """What events told of cases."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._cases = runtime.database["cases"]

    def note(self, event_id: str, heard: dict[str, str]) -> None:
        """Keep the newest that events told of a case; hearing one again changes nothing."""
        with transaction(self._runtime.database) as session:
            if not self._runtime.inbox.first_time("plans", event_id, session):
                return
            of_case = {"_id": heard["case"]}
            known = self._cases.find_one(of_case, session=session)
            if known is None or heard["told_at"] > known["told_at"]:
                self._cases.replace_one(of_case, heard, upsert=True, session=session)

    def lacking(self, event_ids: list[str]) -> list[str]:
        """Those of the events that had no effect here."""
        return self._runtime.inbox.lacking(event_ids)
