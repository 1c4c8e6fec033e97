"""MongoDB: staff by what they look for, beside the cases that are found under the same matches.

A document of `matches` names the cases whose client system somebody with that match is in, and the
staff who look for it. Both a new case and a newly registered person write it: of two that come at
the same moment one conflicts, is tried again, and meets the other.
"""

from collections.abc import Iterable, Mapping

from pymongo import UpdateOne
from pymongo.client_session import ClientSession

from chassis.mongo import Document
from chassis.runtime import Runtime
from services.intake.domain.case import Case
from services.intake.domain.identity import Strength
from services.intake.domain.staff import StaffMember


class StaffStore:
    """The staff, in one transaction."""

    def __init__(self, runtime: Runtime, session: ClientSession) -> None:
        self._session = session
        self._staff = runtime.database["staff"]
        self._matches = runtime.database["matches"]

    def find(self, person: str) -> StaffMember | None:
        """What is registered of a person, or None."""
        found = self._staff.find_one({"_id": person}, session=self._session)
        return None if found is None else _read(found)

    def matching(self, case: Case) -> list[StaffMember]:
        """The staff who look for somebody in the client system; its matches have been noted."""
        matches = {match for person in case.persons for match in person.matches}
        wanted = {"_id": {"$in": sorted(matches)}, "staff": {"$exists": True}}
        noted = self._matches.find(wanted, session=self._session)
        persons = sorted({person for one in noted for person in one["staff"]})
        found = self._staff.find({"_id": {"$in": persons}}, session=self._session).sort("_id")
        return [_read(one) for one in found]

    def register(self, member: StaffMember) -> list[str]:
        """Register a person in place of what was registered; gives the cases that are looked for.

        In the order of their ids.
        """
        self.remove(member.person, kept=member.looks_for)
        self._note(member.looks_for, {"$addToSet": {"staff": member.person}})
        self._staff.replace_one(
            {"_id": member.person}, _document(member), upsert=True, session=self._session
        )
        wanted = {"_id": {"$in": list(member.looks_for)}}
        noted = self._matches.find(wanted, session=self._session)
        return sorted({case for one in noted for case in one.get("cases", ())})

    def remove(self, person: str, kept: Mapping[str, Strength] | None = None) -> bool:
        """Forget a person, or what it looks for no longer; whether there was anything to forget."""
        before = self.find(person)
        if before is None:
            return False
        gone = set(before.looks_for) - set(kept or ())
        self._note(gone, {"$pull": {"staff": person}})
        self._staff.delete_one({"_id": person}, session=self._session)
        return True

    def _note(self, matches: Iterable[str], change: Document) -> None:
        updates = [UpdateOne({"_id": one}, change, upsert=True) for one in sorted(matches)]
        if updates:
            self._matches.bulk_write(updates, session=self._session)


def _document(member: StaffMember) -> Document:
    looks_for = [{"match": one, "strength": how} for one, how in member.looks_for.items()]
    return {"partners": list(member.partners), "looks_for": looks_for}


def _read(found: Document) -> StaffMember:
    looks_for = {one["match"]: one["strength"] for one in found["looks_for"]}
    return StaffMember(found["_id"], tuple(found["partners"]), looks_for)
