"""The migrations of intake, in the order in which they are run."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from pymongo import ReturnDocument, UpdateOne

from casework.fragment_documents import content_context
from chassis.config import secret_key, setting
from chassis.errors import Mangled
from chassis.migrations import Batch, Step, count, pages
from chassis.mongo import Document, Session, guarded, transaction
from chassis.runtime import Runtime
from chassis.sealing import keyed_hash
from chassis.vault import KeyDestroyed
from services.intake.domain.identity import RULES, signals
from services.intake.staff_import import TAKEN_OVER, StaffImport
from services.intake.store.wall_documents import conflict_documents, read_walls, wall_document

_EARLIER_RULES: Final[Document] = {"match_rules": {"$ne": RULES}}
_WITHOUT_WALLS: Final[Document] = {"walls": {"$exists": False}}
_SECONDS: Final = 5.0


def _unmatched(runtime: Runtime) -> int:
    readable = {"_id": {"$nin": runtime.vault.destroyed()}}
    return count(runtime.database, "cases", {"$and": [_EARLIER_RULES, readable]})


def _match(runtime: Runtime) -> Iterator[Batch]:
    key = secret_key("KETENAANPAK_MATCHING_KEY")
    staff = StaffImport(runtime, key)
    for page in pages(runtime.database, "cases", _EARLIER_RULES):
        for case in page:
            try:
                with transaction(runtime.database, _SECONDS) as session:
                    changed = _match_one(runtime, key, case["_id"], session)
                    if changed:
                        staff.wall_off(case["_id"], session)
            except (KeyDestroyed, Mangled):
                yield Batch(0, left=1)
            else:
                yield Batch(int(changed))


def _match_one(runtime: Runtime, key: bytes, case: str, session: Session) -> bool:
    """Adds the marks of each member of the client system; False when others have done so.

    Earlier matches stay: that of the national number, which is kept nowhere else. `serial` makes a
    command on the case conflict, as it does for two commands.
    """
    found = runtime.database["cases"].find_one_and_update(
        {"_id": case, **_EARLIER_RULES},
        {"$inc": {"serial": 1}},
        return_document=ReturnDocument.AFTER,
        session=session,
    )
    if found is None:
        return False
    marks = _marks(runtime, key, case, session)
    persons = [
        {**one, "matches": sorted({*one["matches"], *marks.get(one["id"], ())})}
        for one in found["persons"]
    ]
    runtime.database["cases"].update_one(
        {"_id": case}, {"$set": {"persons": persons, "match_rules": RULES}}, session=session
    )
    notes = [
        UpdateOne({"_id": match}, {"$addToSet": {"cases": case}}, upsert=True)
        for match in sorted({match for one in persons for match in one["matches"]})
    ]
    if notes:
        runtime.database["matches"].bulk_write(notes, session=session)
    return True


def _marks(runtime: Runtime, key: bytes, case: str, session: Session) -> dict[str, set[str]]:
    """The keyed marks of each person by random id, made from what is sealed of who it is."""
    marks: dict[str, set[str]] = {}
    wanted = {"case": case, "kind": "person"}
    for fragment in runtime.database["fragments"].find(wanted, session=session):
        context = content_context(fragment["_id"], fragment["content_version"])
        content = runtime.vault.open(case, context, fragment["sealed"], session)
        keyed = {keyed_hash(key, *mark) for mark in signals(content).marks}
        for person in fragment["subjects"]:
            marks.setdefault(person, set()).update(keyed)
    return marks


def _unwalled(runtime: Runtime) -> int:
    return count(runtime.database, "cases", _WITHOUT_WALLS)


def _wall(runtime: Runtime) -> Iterator[Batch]:
    for page in pages(runtime.database, "cases", _WITHOUT_WALLS):
        changed = 0
        for case in page:
            with transaction(runtime.database, _SECONDS) as session:
                changed += _wall_one(runtime, case["_id"], session)
        yield Batch(changed)


def _wall_one(runtime: Runtime, case: str, session: Session) -> bool:
    """The conflicts that were declared become walls that stand, and stay for the earlier version.

    `serial` as in `_match_one`.
    """
    found = runtime.database["cases"].find_one_and_update(
        {"_id": case, **_WITHOUT_WALLS}, {"$inc": {"serial": 1}}, session=session
    )
    if found is None:
        return False
    walls = read_walls(found)
    stored = {
        "walls": [wall_document(one) for one in walls],
        "conflicts": conflict_documents(walls),
    }
    runtime.database["cases"].update_one({"_id": case}, {"$set": stored}, session=session)
    return True


def _staff_not_taken_over(runtime: Runtime) -> Mapping[str, str]:
    """The persons of the file beside an earlier version, with the keyed match of each."""
    path = Path(setting("KETENAANPAK_STAFF_MATCHES", "") or "/dev/null")
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    staff: dict[str, str] = json.loads(text or "{}")
    with guarded():
        wanted = {"_id": {"$in": list(staff)}}
        taken = {one["_id"] for one in runtime.database[TAKEN_OVER].find(wanted)}
    return {person: match for person, match in staff.items() if person not in taken}


def _untaken(runtime: Runtime) -> int:
    return len(_staff_not_taken_over(runtime))


def _take_over(runtime: Runtime) -> Iterator[Batch]:
    staff = StaffImport(runtime, secret_key("KETENAANPAK_MATCHING_KEY"))
    for person, match in sorted(_staff_not_taken_over(runtime).items()):
        yield Batch(int(staff.take_over(person, match)))


STEPS: Final[tuple[Step, ...]] = (
    Step(
        name=f"make-matches-anew-{RULES}",
        phase="expand",
        summary="makes the keyed matches of the client system by the present rules, from what is"
        " sealed; needs the matching key",
        pending=_unmatched,
        run=_match,
    ),
    Step(
        name="store-walls",
        phase="expand",
        summary="stores the conflicts that persons declared as walls, beside what they were",
        pending=_unwalled,
        run=_wall,
    ),
    Step(
        name="take-over-staff-matches",
        phase="expand",
        summary="registers the staff of the file that KETENAANPAK_STAFF_MATCHES names, and walls"
        " them off from their own cases; needs the matching key",
        pending=_untaken,
        run=_take_over,
    ),
)
