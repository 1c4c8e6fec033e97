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
from services.notifications.domain.deadlines import (
    CASE_FACTS,
    Change,
    Clear,
    Phase,
    Resume,
    Set,
    escalates_at,
    reminds_at,
)

LEASE: Final = timedelta(seconds=20)
"""How long a replica has for one deadline, by true time; then another may try."""


@dataclass(frozen=True)
class Claim:
    """A deadline that this replica sees to: what policy is to be asked, and for which cause."""

    id: str
    token: str
    kind: str
    phase: Phase
    due: date
    data: Mapping[str, Any]

    @property
    def cause(self) -> tuple[str, ...]:
        """What a message of it is told apart by."""
        return ("deadline", self.id, self.due.isoformat(), self.phase)


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
        changed: Iterable[Change],
        session: ClientSession,
    ) -> None:
        """Keep what an event about a case says, unless newer news is known.

        Events arrive in any order: what an older one sets or clears does not undo a newer one.
        """
        about = self._hashed("case", data["case"])
        facts = {name: data[name] for name in CASE_FACTS if name in data}
        self._learn(about, facts, told_at, session)
        for change in changed:
            match change:
                case Set():
                    self._set(about, change, told_at, session)
                case Clear(anchor=None):
                    self._clear_all(about, change, told_at, session)
                case Clear():
                    self._clear(about, change, told_at, session)
                case Resume():
                    self._resume(change, told_at, session)

    def claim(self, now: datetime) -> Claim | None:
        """One deadline whose time has come and that nobody sees to; None when there is none."""
        token, true_now = uuid.uuid4().hex, datetime.now(UTC)
        with guarded():
            found = self._deadlines.find_one_and_update(
                {"next_at": {"$lte": now}, "leased_until": {"$lt": true_now}},
                {"$set": {"leased_until": true_now + LEASE, "token": token}},
                sort=[("next_at", 1)],
                return_document=ReturnDocument.AFTER,
            )
            return None if found is None else self._claimed(found, token)

    def done(self, claim: Claim, session: ClientSession) -> bool:
        """The deadline has told whom it had to; False when it was changed or claimed meanwhile."""
        due = claim.due
        after = escalates_at(due, self._escalation_days) if claim.phase == "due" else None
        done = self._deadlines.update_one(
            {"_id": claim.id, "token": claim.token},
            {
                "$set": {
                    "phase": "overdue",
                    "next_at": after,
                    "token": None,
                    "leased_until": _LONG_AGO,
                }
            },
            session=session,
        )
        return done.matched_count == 1

    def _claimed(self, found: Document, token: str) -> Claim:
        known = self._cases.find_one({"_id": found["case"]})
        facts = (
            self._open(found["case"], _facts_of(found["case"]), known["sealed"]) if known else {}
        )
        members = self._open(found["case"], _members_of(found["_id"]), found["sealed"])
        return Claim(
            found["_id"],
            token,
            found["kind"],
            found["phase"],
            date.fromisoformat(found["due"]),
            {**facts, **members},
        )

    def _learn(
        self, case: str, facts: Mapping[str, Any], told_at: str, session: ClientSession
    ) -> None:
        known = self._cases.find_one({"_id": case}, {"told_at": 1}, session=session)
        if known is not None and known["told_at"] >= told_at:
            return
        sealed = self._runtime.vault.seal(case, _facts_of(case), dict(facts), session)
        self._cases.update_one(
            {"_id": case},
            {"$set": {"told_at": told_at, "sealed": sealed}},
            upsert=True,
            session=session,
        )

    def _set(self, case: str, change: Set, told_at: str, session: ClientSession) -> None:
        if self._ended(case, change.kind, session) > told_at:
            return
        self._put(
            case,
            change.kind,
            change.anchor,
            told_at,
            {
                "due": change.due.isoformat(),
                "next_at": reminds_at(change.due),
                "phase": "due",
                "sealed": self._runtime.vault.seal(
                    case, _members_of(self._id(change)), dict(change.members), session
                ),
            },
            session,
        )

    def _clear(self, case: str, change: Clear, told_at: str, session: ClientSession) -> None:
        self._put(case, change.kind, str(change.anchor), told_at, {"next_at": None}, session)

    def _clear_all(self, case: str, change: Clear, told_at: str, session: ClientSession) -> None:
        self._deadlines.update_many(
            {"case": case, "kind": change.kind, "told_at": {"$lt": told_at}},
            {"$set": {"next_at": None, "told_at": told_at, "token": None}},
            session=session,
        )
        self._cases.update_one(
            {"_id": case}, {"$max": {f"ended.{change.kind}": told_at}}, session=session
        )

    def _resume(self, change: Resume, told_at: str, session: ClientSession) -> None:
        found = self._deadlines.find_one(
            {"_id": self._id(change), "told_at": {"$lt": told_at}}, session=session
        )
        if found is None or "due" not in found or found["next_at"] is not None:
            return
        again = {"next_at": reminds_at(date.fromisoformat(found["due"])), "told_at": told_at}
        self._deadlines.update_one({"_id": found["_id"]}, {"$set": again}, session=session)

    def _put(
        self,
        case: str,
        kind: str,
        anchor: str,
        told_at: str,
        fields: Document,
        session: ClientSession,
    ) -> None:
        """Write a deadline, or the mark of one that is cleared, unless newer news is known."""
        name = self._hashed(kind, anchor)
        known = self._deadlines.find_one({"_id": name}, {"told_at": 1}, session=session)
        if known is not None and known["told_at"] >= told_at:
            return
        fixed = {"case": case, "kind": kind, "leased_until": _LONG_AGO}
        self._deadlines.update_one(
            {"_id": name},
            {"$set": {**fixed, **fields, "told_at": told_at, "token": None}},
            upsert=True,
            session=session,
        )

    def _ended(self, case: str, kind: str, session: ClientSession) -> str:
        """When all deadlines of the kind were ended last; deadlines set before are void."""
        known = self._cases.find_one({"_id": case}, {"ended": 1}, session=session)
        ended: str = ((known or {}).get("ended") or {}).get(kind, "")
        return ended

    def _id(self, change: Set | Resume) -> str:
        return self._hashed(change.kind, change.anchor)

    def _hashed(self, *parts: str) -> str:
        return keyed_hash(self._runtime.config.hash_key, *parts)

    def _open(self, case: str, context: str, sealed: bytes) -> dict[str, Any]:
        opened: dict[str, Any] = self._runtime.vault.open(case, context, sealed)
        return opened


_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _facts_of(case: str) -> str:
    return f"facts:{case}"


def _members_of(deadline: str) -> str:
    return f"deadline:{deadline}"
