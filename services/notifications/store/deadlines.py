"""MongoDB: deadlines, and the newest facts of their cases.

The input to policy names persons and the case: it is sealed with a key of the case. Cases and
what is due in them are stored under keyed hashes of their ids, so that an inbox cannot be joined
to a case; days and codes are stored in clear.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from pymongo import ReturnDocument
from pymongo.client_session import ClientSession

from chassis.mongo import Document, guarded, make_collections, make_index
from chassis.runtime import Runtime
from chassis.sealing import keyed_hash
from contracts.rpc.notifications import DEADLINES
from services.notifications.domain.deadline_state import (
    Deadline,
    KindState,
    apply_change,
    apply_to_kind,
    mark_delivered,
    merge_facts,
    next_at,
    stands,
)
from services.notifications.domain.deadlines import Begin, Change, Suspend
from services.notifications.domain.earlier_deadlines import (
    AT_STAGE,
    REPEATED,
    TIME_TO_ACT,
    kind_states,
)
from services.notifications.domain.reminder_times import last_morning

LEASE: Final = timedelta(seconds=20)
"""How long a replica may work on one deadline, by system time; then another may claim it."""

FORM: Final = 2
"""The form in which the deadlines of a case are stored."""

EARLIER: Final[Document] = {"form": {"$ne": FORM}}
"""The cases whose deadlines an earlier version stored."""

SILENT: Final[Document] = {
    "kind": {"$in": list(REPEATED)},
    "open": True,
    "escalated_of": {"$type": "string"},
    "$expr": {"$eq": ["$escalated_of", "$due"]},
    "repeat_on": {"$exists": False},
}
"""The deadlines that an earlier version escalated for the last time."""

ASK_AGAIN: Final = timedelta(minutes=5)
"""How long after an event whose deadline stands policy is asked again whom to tell of it."""

_UNLEASED: Final[Document] = {"leased_until": datetime(1970, 1, 1, tzinfo=UTC), "token": None}


@dataclass(frozen=True)
class Claim:
    """A deadline that this replica has leased, with the input to policy about it.

    `events_seen` is how many events of the case had been handled by then.
    """

    id: str
    token: str
    kind: str
    deadline: Deadline
    data: Mapping[str, Any]
    events_seen: int

    @property
    def dedup_key(self) -> tuple[str, ...]:
        """The deduplication key of its messages: of one day, and of one repetition."""
        once = ("deadline", self.id, str(self.deadline.due), self.deadline.phase)
        return (*once, str(self.deadline.repeat_on)) if self.deadline.repeats else once


class Deadlines:
    """The deadlines of all cases. Creating it needs the database."""

    def __init__(self, runtime: Runtime, escalation_days: int) -> None:
        make_collections(runtime.database, "deadlines", "cases")
        make_index(runtime.database, "deadlines", "next_at")
        make_index(runtime.database, "deadlines", "again_at")
        make_index(runtime.database, "deadlines", "case", "kind")
        self._runtime = runtime
        self._escalation_days = escalation_days
        self._deadlines = runtime.database["deadlines"]
        self._cases = runtime.database["cases"]

    def apply_event(
        self,
        name: str,
        data: Mapping[str, Any],
        occurred_at: str,
        changes: Iterable[Change],
        session: ClientSession,
    ) -> None:
        """Store the changes and facts of an event about a case; events may come in any order."""
        case = self._hashed("case", data["case"])
        stored = self._cases.find_one({"_id": case}, session=session) or {}
        newest: str = stored.get("told_at", "")
        kinds = _Kinds(stored)
        for change in changes:
            if isinstance(change, Suspend) or change.anchor is None:
                kinds.apply(change, occurred_at)
                self._refresh(case, change.kind, kinds[change.kind], session)
            else:
                self._apply(case, change, change.anchor, occurred_at, kinds[change.kind], session)
        before = self._open(case, _facts_context(case), stored["sealed"]) if stored else {}
        facts = merge_facts(before, name, data, occurred_at, newer=occurred_at > newest)
        # Written for every event, so that concurrent events of a case conflict.
        self._cases.update_one(
            {"_id": case},
            {
                "$set": {
                    "told_at": max(occurred_at, newest),
                    "sealed": self._runtime.vault.seal(case, _facts_context(case), facts, session),
                    **kinds.document(),
                },
                "$inc": {"heard": 1},
                "$setOnInsert": {"form": FORM},
            },
            upsert=True,
            session=session,
        )

    def renew(self, case: str, now: datetime, session: ClientSession) -> bool:
        """Put the deadlines of a case, known by its hash, in the present form; False when they are.

        See `domain.earlier_deadlines`; what the stage waits for begins anew.
        """
        stored = self._cases.find_one({"_id": case, **EARLIER}, session=session)
        if stored is None:
            return False
        facts = self._open(case, _facts_context(case), stored["sealed"])
        told_at, stage = stored["told_at"], facts.get("stage", "")
        adopted = self._newest(case, "action", session)
        kinds = _Kinds({})
        kinds.update(kind_states(stage, stored.get("ended", {}), adopted))
        if stage == "concluded":
            # The record of a follow-up ended the wait for what it asked for.
            self._deadlines.update_many(
                {"case": case, "kind": "follow_up"}, {"$set": {"open": True}}, session=session
            )
        for kind in AT_STAGE.get(stage, ()):
            begin = Begin(kind, facts["case"], last_morning(now) + TIME_TO_ACT)
            self._apply(case, begin, begin.anchor, told_at, kinds[kind], session)
        for kind in DEADLINES:
            self._refresh(case, kind, kinds[kind], session)
        self._cases.update_one(
            {"_id": case},
            {"$set": {"form": FORM, **kinds.document()}, "$inc": {"heard": 1}},
            session=session,
        )
        return True

    def repeat(self, deadline: str, now: datetime, session: ClientSession) -> bool:
        """Escalate a deadline of `SILENT` again from the next morning; False when it is none."""
        found = self._deadlines.find_one({"_id": deadline, **SILENT}, session=session)
        if found is None:
            return False
        case = self._cases.find_one({"_id": found["case"]}, session=session) or {}
        again = replace(self._read(found, session), repeat_on=last_morning(now) + timedelta(days=1))
        fields = self._moments(again, _Kinds(case)[found["kind"]])
        self._deadlines.update_one(
            {"_id": deadline},
            {"$set": {"repeat_on": _text(again.repeat_on), **fields}},
            session=session,
        )
        return True

    def claim(self, now: datetime) -> Claim | None:
        """Lease one deadline that is due and has no lease; None when there is none.

        Those that were tried longest ago come first: one that keeps failing delays no other.
        """
        return self._claim("next_at", now)

    def claim_to_ask_again(self, now: datetime) -> Claim | None:
        """Lease one deadline whose event policy is to be asked about again, as `claim` does."""
        return self._claim("again_at", now)

    def _claim(self, when: str, now: datetime) -> Claim | None:
        token, system_now = uuid.uuid4().hex, datetime.now(UTC)
        with guarded():
            found = self._deadlines.find_one_and_update(
                {when: {"$lte": now}, "leased_until": {"$lt": system_now}},
                {"$set": {"leased_until": system_now + LEASE, "token": token}},
                sort=[("leased_until", 1), (when, 1)],
                return_document=ReturnDocument.AFTER,
            )
            if found is None:
                return None
            # A deadline and the facts of its case are stored in the same transaction.
            case = self._cases.find({"_id": found["case"]}).next()
        facts = self._open(found["case"], _facts_context(found["case"]), case["sealed"])
        deadline = self._read(found)
        data = {**facts, **deadline.members}
        return Claim(found["_id"], token, found["kind"], deadline, data, case["heard"])

    def mark_done(
        self, claim: Claim, now: datetime, session: ClientSession, repeat_on: date | None = None
    ) -> bool:
        """Store that the reminder or escalation was delivered; see `_release`.

        `repeat_on` is the day on which an escalation is repeated.
        """
        deadline = mark_delivered(claim.deadline, now, repeat_on)
        fields = {
            "reminded_of": _text(deadline.reminded_of),
            "reminded_on": _text(deadline.reminded_on),
            "escalated_of": _text(deadline.escalated_of),
            "repeat_on": _text(deadline.repeat_on),
            # A deadline that does not stand any more has no `next_at`, and is not claimed.
            "next_at": next_at(deadline, KindState(), self._escalation_days),
        }
        return self._release(claim, fields, session)

    def postpone(self, claim: Claim, until: datetime, session: ClientSession) -> bool:
        """Store that the deadline is due again at `until`; see `_release`."""
        return self._release(claim, {"next_at": until}, session)

    def asked_again(self, claim: Claim, now: datetime, session: ClientSession) -> bool:
        """Store that policy was asked again, for now; see `_release`."""
        return self._release(claim, {"again_at": now + ASK_AGAIN}, session)

    def _release(self, claim: Claim, fields: Document, session: ClientSession) -> bool:
        """False when the deadline or its case were changed, or claimed by another, meanwhile."""
        unchanged = {"_id": self._hashed("case", claim.data["case"]), "heard": claim.events_seen}
        if self._cases.find_one(unchanged, {"_id": 1}, session=session) is None:
            return False
        updated = self._deadlines.update_one(
            {"_id": claim.id, "token": claim.token},
            {"$set": {**fields, **_UNLEASED}},
            session=session,
        )
        return updated.matched_count == 1

    def _apply(
        self,
        case: str,
        change: Change,
        anchor: str,
        occurred_at: str,
        kind: KindState,
        session: ClientSession,
    ) -> None:
        name = self._hashed(change.kind, anchor)
        found = self._deadlines.find_one({"_id": name}, session=session)
        before = Deadline() if found is None else self._read(found, session)
        deadline = apply_change(before, change, occurred_at)
        if deadline == before:
            return
        context = _members_context(name)
        document = {
            "case": case,
            "kind": change.kind,
            "due": _text(deadline.due),
            "sealed": self._runtime.vault.seal(case, context, dict(deadline.members), session),
            "set_at": deadline.set_at,
            "open": deadline.open,
            "told_at": deadline.changed_at,
            **self._moments(deadline, kind),
        }
        self._deadlines.update_one({"_id": name}, {"$set": document}, upsert=True, session=session)

    def _refresh(self, case: str, name: str, kind: KindState, session: ClientSession) -> None:
        """Stores anew when the deadlines of a kind remind, after a change to all of them."""
        for found in self._deadlines.find({"case": case, "kind": name}, session=session):
            moments = self._moments(self._read(found, session), kind)
            self._deadlines.update_one({"_id": found["_id"]}, {"$set": moments}, session=session)

    def _newest(self, case: str, kind: str, session: ClientSession) -> str:
        """When the last deadline of a kind was set; empty without one."""
        found = self._deadlines.find({"case": case, "kind": kind}, {"set_at": 1}, session=session)
        return max((one["set_at"] for one in found), default="")

    def _moments(self, deadline: Deadline, kind: KindState) -> Document:
        """When a deadline is looked at next; nobody holds it."""
        again = stands(deadline, kind) and "event" in deadline.members
        return {
            "next_at": next_at(deadline, kind, self._escalation_days),
            "again_at": self._runtime.clock.now() + ASK_AGAIN if again else None,
            **_UNLEASED,
        }

    def _read(self, found: Document, session: ClientSession | None = None) -> Deadline:
        return Deadline(
            due=_day(found["due"]),
            members=self._open(
                found["case"], _members_context(found["_id"]), found["sealed"], session
            ),
            set_at=found["set_at"],
            open=found["open"],
            changed_at=found["told_at"],
            reminded_of=_day(found.get("reminded_of")),
            reminded_on=_day(found.get("reminded_on")),
            escalated_of=_day(found.get("escalated_of")),
            repeat_on=_day(found.get("repeat_on")),
        )

    def _hashed(self, *parts: str) -> str:
        return keyed_hash(self._runtime.config.hash_key, *parts)

    def _open(
        self, case: str, context: str, sealed: bytes, session: ClientSession | None = None
    ) -> dict[str, Any]:
        opened: dict[str, Any] = self._runtime.vault.open(case, context, sealed, session)
        return opened


class _Kinds(dict[str, KindState]):
    """Kind → what became of all deadlines of it, as stored with a case."""

    def __init__(self, stored: Document) -> None:
        ended, suspended = stored.get("ended", {}), stored.get("suspended", {})
        super().__init__(
            {
                kind: KindState(ended_at=ended.get(kind, ""), **suspended.get(kind, {}))
                for kind in {*ended, *suspended}
            }
        )

    def __missing__(self, kind: str) -> KindState:
        return KindState()

    def apply(self, change: Change, occurred_at: str) -> None:
        """A change to all of a kind."""
        self[change.kind] = apply_to_kind(self[change.kind], change, occurred_at)

    def document(self) -> Document:
        """As it is stored."""
        suspension = ("suspended_at", "suspended", "changed_at")
        return {
            "ended": {kind: state.ended_at for kind, state in self.items() if state.ended_at},
            "suspended": {
                kind: {name: getattr(state, name) for name in suspension}
                for kind, state in self.items()
                if state.changed_at
            },
        }


def _facts_context(case: str) -> str:
    return f"facts:{case}"


def _members_context(deadline: str) -> str:
    return f"deadline:{deadline}"


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
