"""Taking in who the staff are, while the service runs: each person in a transaction of its own.

The walls that a person's matches raise on cases come with it, and the events of both: nobody meets
the own case at work from that moment on.
"""

import argparse
import json
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from casework.command import Command
from casework.envelope import Cause
from casework.transaction import publish
from chassis.config import load, secret_key
from chassis.mongo import Conflict, Session, transaction
from chassis.runtime import Runtime, open_runtime
from chassis.sealing import keyed_hash
from chassis.vault import KeyDestroyed
from contracts.events import make_event
from services.intake import commands, store
from services.intake.domain.case import Case, Change, event_facts
from services.intake.domain.identity import Identity
from services.intake.domain.staff import StaffMember, staff_member
from services.intake.staff_file import FileRefused, read_staff_file
from services.intake.store.staff import StaffStore
from services.intake.store.writes import IntakeTransaction

Outcome = Literal["registered", "changed", "unchanged", "removed", "unknown"]

TAKEN_OVER: Final = "staff_taken_over"
"""Collection of the persons of whom an earlier version's keyed match was registered."""

_ATTEMPTS: Final = 20
_SECONDS: Final = 20.0
"""How long one person may take: somebody with a common name is looked for in many cases."""

R = TypeVar("R")


class DryRun(Exception):
    """Ends a transaction that is only tried out."""


class StaffImport:
    """Registers staff in the database of intake. Making it needs the database."""

    def __init__(self, runtime: Runtime, matching_key: bytes) -> None:
        self._runtime = runtime
        self._matching_key = matching_key
        self._id = str(uuid.uuid4())
        store.prepare(runtime)
        runtime.prepare()

    def run(self, rows: Iterable[Mapping[str, Any]], *, dry: bool = False) -> Counter[str]:
        """Take in the rows of a file, as often as you like; gives what was done, in counts.

        `walls` are those that were raised. With `dry` it is what would be done.
        """
        counts: Counter[str] = Counter()
        for row in rows:
            outcome, walls = self._take_in(row, dry)
            counts.update({outcome: 1, "walls": walls})
        return counts

    def take_over(self, person: str, match: str) -> bool:
        """Register a person whom an earlier version knew by one keyed match; once, whatever later.

        False when that was done before: whoever is registered otherwise or removed since stays so.
        """
        member = StaffMember(person, (), {match: "strong"})
        return self._attempted(lambda session: self._take_over(member, session), False)

    def _take_over(self, member: StaffMember, session: Session) -> bool:
        taken = self._runtime.database[TAKEN_OVER].update_one(
            {"_id": member.person}, {"$setOnInsert": {}}, upsert=True, session=session
        )
        if taken.upserted_id is None:
            return False
        if StaffStore(self._runtime, session).find(member.person) is None:
            self._register(member, session)
        return True

    def _take_in(self, row: Mapping[str, Any], dry: bool) -> tuple[Outcome, int]:
        return self._attempted(
            (lambda session: self._remove(row["person"], session))
            if row["remove"]
            else (lambda session: self._register(staff_member(row, self._keyed), session)),
            dry,
        )

    def _attempted(self, act: Callable[[Session], R], dry: bool) -> R:
        """What the act gives, in a transaction that is tried again where others were first."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with transaction(self._runtime.database, _SECONDS) as session:
                    result = act(session)
                    if dry:
                        raise DryRun
            except DryRun:
                pass
            except Conflict:
                if attempt == _ATTEMPTS:
                    raise
                continue
            return result
        raise Conflict

    def _register(self, member: StaffMember, session: Session) -> tuple[Outcome, int]:
        staff = StaffStore(self._runtime, session)
        before = staff.find(member.person)
        if before == member:
            return "unchanged", 0
        cases = staff.register(member)
        self._record("staff_registered", member.person, session)
        walls = sum(self.wall_off(case, session) for case in cases)
        return "registered" if before is None else "changed", walls

    def _remove(self, person: str, session: Session) -> tuple[Outcome, int]:
        if not StaffStore(self._runtime, session).remove(person):
            return "unknown", 0
        self._record("staff_removed", person, session)
        return "removed", 0

    def wall_off(self, case_id: str, session: Session) -> int:
        """Raises the walls on a case that are not there yet; gives how many."""
        step = IntakeTransaction(self._runtime, session)
        case = step.lock_case(case_id)
        try:
            change = self._raise_walls(case, step, asking=True)
        except KeyDestroyed:
            # Nothing can be said of this case any more: a doubt about it stays for good.
            change = self._raise_walls(case, step, asking=False)
        if change.case is None:
            return 0
        facts, now = event_facts(change.case), self._runtime.clock.now()
        for event in change.events:
            publish(self._runtime, session, event, facts, self._cause(), now)
        return len(change.case.walls) - len(case.walls)

    def _raise_walls(self, case: Case, step: IntakeTransaction, *, asking: bool) -> Change:
        command = Command(
            name="import_staff",
            person="operator",
            partner=None,
            terms={},
            body={},
            now=self._runtime.clock.now(),
            new_id=lambda: str(uuid.uuid4()),
        )
        change = commands.wall_off_matched(Change({}, case), command, step, asking=asking)
        step.write(change)
        return change

    def _record(self, happened: str, person: str, session: Session) -> None:
        made = make_event(
            f"intake.{happened}",
            {"registration": self._id, "person": person},
            at=self._runtime.clock.now(),
            subject=self._id,
            command_id=self._id,
            decision_id=self._id,
        )
        self._runtime.outbox.add(made, session)

    def _cause(self) -> Cause:
        """An operator's import as the cause of events: nobody decided it, and it has one id."""
        return {"command_id": self._id, "decision_id": self._id, "traceparent": ""}

    def _keyed(self, identity: Identity) -> str:
        return keyed_hash(self._matching_key, *identity)


def main(arguments: Sequence[str]) -> int:
    """Take in a file, in the environment of intake; prints what was done, as counts in JSON.

    Exit code 1 when the file is refused: nothing was taken in then.
    """
    parser = argparse.ArgumentParser(prog="services.intake.staff_import")
    parser.add_argument("file", type=Path)
    parser.add_argument("--dry-run", action="store_true")
    asked = parser.parse_args(arguments)
    try:
        rows = read_staff_file(asked.file)
    except FileRefused as error:
        print(f"the file is refused: {error}", file=sys.stderr)
        return 1
    runtime = open_runtime(load("intake"))
    try:
        done = StaffImport(runtime, secret_key("KETENAANPAK_MATCHING_KEY"))
        print(json.dumps({"rows": len(rows), **done.run(rows, dry=asked.dry_run)}))
    finally:
        runtime.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
