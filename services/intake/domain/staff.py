"""Staff: whom each person with a mandate may be, so that nobody meets the own case at work."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.intake.domain.case import Case
from services.intake.domain.identity import Identity, Strength, signals, stronger
from services.intake.domain.walling import StaffMatch

Keyed = Callable[[Identity], str]
"""Makes the keyed match of what somebody is recognised by."""


@dataclass(frozen=True)
class StaffMember:
    """A person with a mandate: the partners it acts for, and the keyed matches it looks for.

    Whoever has one of those matches may be the same person, as surely as its strength says.
    """

    person: str
    partners: tuple[str, ...]
    looks_for: Mapping[str, Strength]


def staff_member(row: Mapping[str, Any], keyed: Keyed) -> StaffMember:
    """The member of staff that a row of a file describes (`contracts/staff.py`).

    Every given name goes with every family name. Who the person is, is kept nowhere.
    """
    names = [
        {"given_name": given, "family_name": family}
        for given in row["given_names"] or [""]
        for family in row["family_names"] or [""]
    ]
    known = {name: row[name] for name in ("birth_date", "national_number") if name in row}
    looks_for: dict[str, Strength] = {}
    for name in names:
        for identity, strength in signals({**name, **known}).looks_for.items():
            match = keyed(identity)
            looks_for[match] = stronger(strength, looks_for.get(match))
    return StaffMember(row["person"], tuple(row["partners"]), looks_for)


def staff_matches(case: Case, staff: Iterable[StaffMember]) -> tuple[StaffMatch, ...]:
    """Who of the staff may be which members of the client system."""
    return tuple(
        StaffMatch(member.person, member.partners, person.id, _strongest(found))
        for member in staff
        for person in case.persons
        if (found := [member.looks_for[one] for one in person.matches if one in member.looks_for])
    )


def _strongest(found: Iterable[Strength]) -> Strength:
    return "strong" if "strong" in found else "weak"
