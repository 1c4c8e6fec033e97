"""Deadlines and the newest facts of their cases.

What policy is told names persons and the case: it is sealed under a key of the case. A case and
what is due in it are known here by keyed hashes of their ids, so that nobody can join what waits in
an inbox to a case; in clear stand days and codes.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from chassis.mongo import Document, guarded, make_collections, make_index
from chassis.runtime import Runtime
from chassis.sealing import keyed_hash
from services.notifications.domain.deadlines import Change, Clear, Phase
from services.notifications.domain.standing import Deadline, heard, learned, next_at, told

LEASE: Final = timedelta(seconds=20)
"""How long a replica has for one deadline, by true time; then another may try."""

_FREE: Final[Document] = {"leased_until": datetime(1970, 1, 1, tzinfo=UTC), "token": None}


@dataclass(frozen=True)
class Claim:
    """A deadline that this replica sees to, and what policy is to be asked about it.

    `heard` is how many events of the case were known by then.
    """

    id: str
    token: str
    kind: str
    deadline: Deadline
    data: Mapping[str, Any]
    heard: int

    @property
    def phase(self) -> Phase:
        """What the deadline has come to."""
        return self.deadline.phase

    @property
    def cause(self) -> tuple[str, ...]:
        """What a message of it is told apart by."""
        return ("deadline", self.id, str(self.deadline.due), self.phase)


class Deadlines:
    """The deadlines of all cases. Making it needs the database."""

    def __init__(self, runtime: Runtime, escalation_days: int) -> None:
        make_collections(runtime.database, "deadlines", "cases")
        make_index(runtime.database, "deadlines", "next_at")
        make_index(runtime.database, "deadlines", "case", "kind")
        self._runtime = runtime
        self._escalation_days = escalation_days
        self._deadlines = runtime.database["deadlines"]
        self._cases = runtime.database["cases"]

    def hear(
        self,
        data: Mapping[str, Any],
        told_at: str,
        changes: Iterable[Change],
        session: ClientSession,
    ) -> None:
        """Keep what an event about a case says; events may come in any order."""
        case = self._hashed("case", data["case"])
        known = self._cases.find_one({"_id": case}, session=session) or {}
        ended: dict[str, str] = dict(known.get("ended", {}))
        for change in changes:
            if isinstance(change, Clear) and change.anchor is None:
                ended[change.kind] = max(told_at, ended.get(change.kind, ""))
                self._end(case, change.kind, ended[change.kind], session)
            else:
                self._change(case, change, told_at, ended.get(change.kind, ""), session)
        before = self._open(case, _facts_of(case), known["sealed"]) if known else {}
        facts = learned(before, data, newer=told_at > known.get("told_at", ""))
        # Written for each event, so that two events of a case never pass each other unseen.
        self._cases.update_one(
            {"_id": case},
            {
                "$set": {
                    "told_at": max(told_at, known.get("told_at", "")),
                    "sealed": self._runtime.vault.seal(case, _facts_of(case), facts, session),
                    "ended": ended,
                },
                "$inc": {"heard": 1},
            },
            upsert=True,
            session=session,
        )

    def claim(self, now: datetime) -> Claim | None:
        """One deadline whose time has come and that nobody sees to; None when there is none.

        First those that were tried longest ago: one that fails again and again keeps none waiting.
        """
        token, true_now = uuid.uuid4().hex, datetime.now(UTC)
        with guarded():
            found = self._deadlines.find_one_and_update(
                {"next_at": {"$lte": now}, "leased_until": {"$lt": true_now}},
                {"$set": {"leased_until": true_now + LEASE, "token": token}},
                sort=[("leased_until", 1), ("next_at", 1)],
                return_document=ReturnDocument.AFTER,
            )
            if found is None:
                return None
            # Whatever sets a deadline keeps the facts of its case in the same transaction.
            case = self._cases.find({"_id": found["case"]}).next()
        facts = self._open(found["case"], _facts_of(found["case"]), case["sealed"])
        deadline = self._read(found)
        data = {**facts, **deadline.members}
        return Claim(found["_id"], token, found["kind"], deadline, data, case["heard"])

    def done(self, claim: Claim, now: datetime, session: ClientSession) -> bool:
        """Keep that the deadline told whom it had to; see `_settle`."""
        deadline = told(claim.deadline, now)
        fields = {
            "reminded_of": _text(deadline.reminded_of),
            "reminded_on": _text(deadline.reminded_on),
            "escalated_of": _text(deadline.escalated_of),
            # What is void by now has a next time no more, and is not claimed.
            "next_at": next_at(deadline, "", self._escalation_days),
        }
        return self._settle(claim, fields, session)

    def put_off(self, claim: Claim, until: datetime, session: ClientSession) -> bool:
        """Keep that the deadline is tried again then; see `_settle`."""
        return self._settle(claim, {"next_at": until}, session)

    def _settle(self, claim: Claim, fields: Document, session: ClientSession) -> bool:
        """False when the deadline or its case were changed, or claimed by another, meanwhile."""
        as_claimed = {"_id": self._hashed("case", claim.data["case"]), "heard": claim.heard}
        if self._cases.find_one(as_claimed, {"_id": 1}, session=session) is None:
            return False
        settled = self._deadlines.update_one(
            {"_id": claim.id, "token": claim.token}, {"$set": {**fields, **_FREE}}, session=session
        )
        return settled.matched_count == 1

    def _change(
        self, case: str, change: Change, told_at: str, ended_at: str, session: ClientSession
    ) -> None:
        name = self._hashed(change.kind, str(change.anchor))
        found = self._deadlines.find_one({"_id": name}, session=session)
        known = Deadline() if found is None else self._read(found)
        deadline = heard(known, change, told_at)
        if deadline == known:
            return
        context = _members_of(name)
        document = {
            "case": case,
            "kind": change.kind,
            "due": _text(deadline.due),
            "sealed": self._runtime.vault.seal(case, context, dict(deadline.members), session),
            "set_at": deadline.set_at,
            "open": deadline.open,
            "told_at": deadline.told_at,
            "next_at": next_at(deadline, ended_at, self._escalation_days),
            **_FREE,
        }
        self._deadlines.update_one({"_id": name}, {"$set": document}, upsert=True, session=session)

    def _end(self, case: str, kind: str, ended_at: str, session: ClientSession) -> None:
        self._deadlines.update_many(
            {"case": case, "kind": kind, "set_at": {"$lt": ended_at}},
            {"$set": {"next_at": None, **_FREE}},
            session=session,
        )

    def _read(self, found: Document) -> Deadline:
        return Deadline(
            due=_day(found["due"]),
            members=self._open(found["case"], _members_of(found["_id"]), found["sealed"]),
            set_at=found["set_at"],
            open=found["open"],
            told_at=found["told_at"],
            reminded_of=_day(found.get("reminded_of")),
            reminded_on=_day(found.get("reminded_on")),
            escalated_of=_day(found.get("escalated_of")),
        )

    def _hashed(self, *parts: str) -> str:
        return keyed_hash(self._runtime.config.hash_key, *parts)

    def _open(self, case: str, context: str, sealed: bytes) -> dict[str, Any]:
        opened: dict[str, Any] = self._runtime.vault.open(case, context, sealed)
        return opened


def _facts_of(case: str) -> str:
    return f"facts:{case}"


def _members_of(deadline: str) -> str:
    return f"deadline:{deadline}"


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
