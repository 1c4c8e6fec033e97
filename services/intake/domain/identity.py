"""By what a person is recognised: the marks under which others find one, and those one looks for.

Persons are called differently by every service: with and without accents, spaces and hyphens, by
one of two surnames, born on the fourth of May or the fifth of April, or in 1985. Each way in which
a name and a birth date can be written is a form; a mark joins one form of the name with one of the
birth date. How far the forms of two persons are apart says whether they may be one, and how surely.

A name alone recognises nobody. What is made here is hashed with a key elsewhere: only that is kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from contracts.national_number import born
from services.intake.domain.names import Name, read_name

Identity = tuple[str, ...]
"""What is hashed with the matching key."""

Strength = Literal["strong", "weak"]

Form = tuple[str, str]
"""A form of a name or of a date: its sort and its text."""

Forms = frozenset[Form]

Distances = Mapping[frozenset[str], int]
"""Two sorts of form that can be of one person when their texts are equal → how far apart."""

NAMES: Final[Distances] = {
    frozenset({"whole"}): 0,
    frozenset({"whole", "one surname"}): 1,
    frozenset({"one surname"}): 2,
    frozenset({"side", "only name"}): 2,
    frozenset({"only name"}): 2,
}
"""Given name with the whole family name or one of two surnames; one side of it; an only name."""

DATES: Final[Distances] = {
    frozenset({"day"}): 0,
    frozenset({"day", "swapped day"}): 1,
    frozenset({"day's month", "month"}): 1,
    frozenset({"month"}): 1,
    frozenset({"day's year", "year"}): 2,
    frozenset({"month's year", "year"}): 2,
    frozenset({"year"}): 2,
}
"""A full date meets one that is known by month or year; two full dates are equal, or swapped."""

RULES: Final = 3
"""The version of all these rules. Whoever changes what is marked raises it: then the marks of the
cases that there are, which are kept with it, are made anew, by a step of the migration that has it
in its name (`services/intake/migrations.py`)."""

FARTHEST: Final = 3
"""Persons that are farther apart are not taken for one; at no distance, the signal is strong."""


@dataclass(frozen=True)
class Signals:
    """What makes two persons recognisable as perhaps one.

    A and B may be one when a mark of A is among those that B looks for. That is the same as a mark
    of B among those that A looks for, and the best strength among them is the same too.
    """

    marks: frozenset[Identity]
    looks_for: Mapping[Identity, Strength]


def signals(person: Mapping[str, Any]) -> Signals:
    """The marks of a person of a body, and those of others that may be the same person.

    Looked at are `given_name`, `family_name`, `birth_date` (`1985`, `1985-06` or `1985-06-14`) and
    `national_number` (eleven digits); each may be absent. A number tells the birth date better than
    a `birth_date` that is known in part.
    """
    number = person.get("national_number", "")
    day = max(person.get("birth_date", ""), born(number), key=len)
    names = _name_forms(read_name(person.get("given_name", ""), person.get("family_name", "")))
    dates = _date_forms(day)
    marks: set[Identity] = set()
    looks_for: dict[Identity, Strength] = {}
    for far, name, other_name in _within_reach(names, NAMES):
        for farther, date, other_date in _within_reach(dates, DATES):
            if far + farther <= FARTHEST:
                marks.add((*name, *date))
                wanted = (*other_name, *other_date)
                strength: Strength = "weak" if far + farther else "strong"
                looks_for[wanted] = stronger(strength, looks_for.get(wanted))
    if number:
        marks.add(by_national_number(number))
        looks_for[by_national_number(number)] = "strong"
    return Signals(frozenset(marks), looks_for)


def stronger(one: Strength, other: Strength | None) -> Strength:
    """The strength of two signals together."""
    return "strong" if "strong" in (one, other) else "weak"


def by_national_number(number: str) -> Identity:
    """The identity of a national number (rijksregisternummer) or bis number of eleven digits."""
    return ("national_number", number)


def _within_reach(forms: Forms, distances: Distances) -> Iterator[tuple[int, Form, Form]]:
    """Each form with one that another person can have who is the same, and how far apart it is."""
    for sort, text in forms:
        for pair, distance in distances.items():
            if sort in pair:
                (other,) = pair - {sort} or pair
                yield distance, (sort, text), (other, text)


def _name_forms(name: Name) -> Forms:
    """The forms of a name; given and family name count in either order."""
    if not (name.given and name.family):
        return frozenset(("only name", each) for each in (*name.given, *name.family))
    given, family = name.given[0], name.family[0]
    whole = {_unordered(each, family) for each in name.given} | {given + family}
    parts = {_unordered(each, part) for each in name.given for part in name.family[1:]}
    sides = {*name.given, *name.family, given + family, family + given}
    forms = {"whole": whole, "one surname": parts - whole, "side": sides}
    return frozenset((sort, text) for sort, texts in forms.items() for text in texts)


def _unordered(one: str, other: str) -> str:
    return " ".join(sorted((one, other)))


def _date_forms(day: str) -> Forms:
    """The forms of a birth date, by how much of it is known."""
    year, _, rest = day.partition("-")
    month, _, date = rest.partition("-")
    if date:
        forms = [("day", day), ("day's month", f"{year}-{month}"), ("day's year", year)]
        if date <= "12" and date != month:
            forms.append(("swapped day", f"{year}-{date}-{month}"))
        return frozenset(forms)
    if month:
        return frozenset({("month", day), ("month's year", year)})
    return frozenset({("year", year)} if year else ())
