"""The migrations of intake, in the order in which they are run."""

from collections.abc import Iterator
from typing import Final

from pymongo import ReturnDocument, UpdateOne

from casework.fragment_documents import content_context
from chassis.config import secret_key
from chassis.errors import Mangled
from chassis.migrations import Batch, Step, count, pages
from chassis.mongo import Document, Session, transaction
from chassis.runtime import Runtime
from chassis.sealing import keyed_hash
from chassis.vault import KeyDestroyed
from services.intake.domain.identity import RULES, signals

_EARLIER_RULES: Final[Document] = {"match_rules": {"$ne": RULES}}
_SECONDS: Final = 5.0


def _unmatched(runtime: Runtime) -> int:
    readable = {"_id": {"$nin": runtime.vault.destroyed()}}
    return count(runtime.database, "cases", {"$and": [_EARLIER_RULES, readable]})


def _match(runtime: Runtime) -> Iterator[Batch]:
    key = secret_key("KETENAANPAK_MATCHING_KEY")
    for page in pages(runtime.database, "cases", _EARLIER_RULES):
        for case in page:
            try:
                with transaction(runtime.database, _SECONDS) as session:
                    changed = _match_one(runtime, key, case["_id"], session)
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


STEPS: Final[tuple[Step, ...]] = (
    Step(
        name="make-matches-anew",
        phase="expand",
        summary="makes the keyed matches of the client system by the present rules, from what is"
        " sealed; needs the matching key",
        pending=_unmatched,
        run=_match,
    ),
)
