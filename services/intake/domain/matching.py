"""Telling that two persons are one, without keeping who they are.

What identifies a person is put in a normal form here and hashed with a key elsewhere: only the
hash, a *match*, is kept.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from casework.change import Event
from services.intake.domain.case import Case

Identity = tuple[str, ...]


def identities(person: Mapping[str, Any]) -> list[Identity]:
    """What a person can be recognised by: the national number, and the name with the birth date.

    A name alone recognises nobody.
    """
    found: list[Identity] = []
    if "national_number" in person:
        found.append(by_national_number(person["national_number"]))
    if "birth_date" in person:
        name = normal_name(f"{person['given_name']} {person['family_name']}")
        found.append(("name_and_birth_date", name, person["birth_date"].isoformat()))
    return found


def by_national_number(number: str) -> Identity:
    """The identity of a national register number (rijksregisternummer), as eleven digits."""
    return ("national_number", re.sub(r"\D", "", number))


def normal_name(name: str) -> str:
    """A name without accents, case, marks between its parts, or their order."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(sorted(re.findall(r"[^\W_]+", letters)))


def notice(case: Case, others: Iterable[Case]) -> tuple[Event, ...]:
    """The event that a new case may match another, with no content of either (step 1).

    Once, however many persons or cases are alike, and within one agreement only
    (docs/decisions/0010): another agreement has other partners, and gives no purpose for notifying
    them. Who is walled off from all of the other cases is named, because to that person there is
    none.
    """
    alike = [
        other
        for other in others
        if other.agreement == case.agreement and other.stage != "withdrawn"
    ]
    if not alike:
        return ()
    apart = set.intersection(*({*other.walled} for other in alike))
    data = {"walled_from_matches": sorted(apart)}
    return (Event("intake.possible_match_noticed", data),)
