"""A population that is made up: names as frequent as among us, and who is registered twice.

Names are drawn by rank (Zipf): some are common, most are rare. The rare ones are put together from
parts, so that two people share one about as often as in life. Nobody in it exists.
"""

import itertools
import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

PEOPLE: Final = 80_000
AGAIN: Final = 20_000
"""People, and how many registrations of them there are beside the first."""

TWINS: Final = 0.01
SEVERAL_GIVEN_NAMES: Final = 0.3
KNOWN_BY_MONTH, KNOWN_BY_YEAR, NAME_MISSING = 0.005, 0.01, 0.005
"""How many of the people are known in part from the first registration on."""

_BORN_FROM: Final = date(1935, 1, 1)
_DAYS: Final = 90 * 365
_NAMES: Final[Mapping[str, Any]] = json.loads(
    Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Person:
    """Who somebody is, as a register has it."""

    group: str
    given: str
    surnames: tuple[str, ...]
    born: date

    @property
    def family(self) -> str:
        """The family name: all surnames."""
        return " ".join(self.surnames)


@dataclass(frozen=True)
class Registration:
    """A person as a service wrote her down; `kind` says how that differs from the register."""

    person: int
    group: str
    kind: str
    body: Mapping[str, str]


def registrations(seed: int) -> list[Registration]:
    """All of them: everybody once, and some again, each time in one of the ways of `VARIATIONS`."""
    draw = random.Random(seed)  # noqa: S311 (a population that comes out the same each time)
    people = list(itertools.islice(_people(draw), PEOPLE))
    first = [
        Registration(number, one.group, "first", _in_part(draw, _body(one)))
        for number, one in enumerate(people)
    ]
    again: list[Registration] = []
    kinds = itertools.cycle(VARIATIONS)
    while len(again) < AGAIN:
        kind, written = next(kinds), None
        while not written:
            number = draw.randrange(PEOPLE)
            written = VARIATIONS[kind](people[number], draw)
        again.append(Registration(number, people[number].group, kind, written))
    return first + again


def _people(draw: random.Random) -> Iterator[Person]:
    groups = {name: _Names(names) for name, names in _NAMES.items()}
    shares = [names["share"] for names in _NAMES.values()]
    while True:
        (group,) = draw.choices(list(groups), shares)
        names = groups[group]
        one = Person(group, names.given(draw), names.surnames(draw), names.born(draw))
        yield one
        if draw.random() < TWINS:
            twin = names.given(draw)
            if twin.split()[0] != one.given.split()[0]:
                yield replace(one, given=twin)


class _Names:
    """The names of one group, the common ones first."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        parts = (names["before"], names["roots"], names["after"])
        rare = ["".join(three).strip() for three in itertools.product(*parts)]
        random.Random(0).shuffle(rare)  # noqa: S311 (no secret)
        self._first_of_january = names["first_of_january"]
        self._two_surnames = names["two_surnames"]
        self._given = names["given"]
        self._family = list(dict.fromkeys([*names["family"], *map(_capital, rare)]))
        self._given_weights = _by_rank(len(self._given), 3)
        self._family_weights = _by_rank(len(self._family), 12)

    def given(self, draw: random.Random) -> str:
        count = 2 if draw.random() < SEVERAL_GIVEN_NAMES else 1
        drawn = draw.choices(self._given, cum_weights=self._given_weights, k=count)
        return " ".join(dict.fromkeys(drawn))

    def surnames(self, draw: random.Random) -> tuple[str, ...]:
        count = 2 if draw.random() < self._two_surnames else 1
        return tuple(draw.choices(self._family, cum_weights=self._family_weights, k=count))

    def born(self, draw: random.Random) -> date:
        day = _BORN_FROM + timedelta(days=draw.randrange(_DAYS))
        return day.replace(month=1, day=1) if draw.random() < self._first_of_january else day


def _by_rank(count: int, flatter: int) -> list[float]:
    return list(itertools.accumulate(1 / (rank + flatter) for rank in range(count)))


def _capital(name: str) -> str:
    return name if re.match(r"(da|de|do|'t) ", name) else name[0].upper() + name[1:]


# --- how else a person is written ----------------------------------------------------------------


def _body(person: Person, **changes: str) -> dict[str, str]:
    """The person as a body names her; a member that is changed to nothing is left out."""
    body = {
        "given_name": person.given,
        "family_name": person.family,
        "birth_date": person.born.isoformat(),
        **changes,
    }
    return {member: value for member, value in body.items() if value}


def _in_part(draw: random.Random, body: dict[str, str]) -> dict[str, str]:
    chance = draw.random()
    if chance < KNOWN_BY_YEAR:
        body["birth_date"] = body["birth_date"][:4]
    elif chance < KNOWN_BY_YEAR + KNOWN_BY_MONTH:
        body["birth_date"] = body["birth_date"][:7]
    elif chance < KNOWN_BY_YEAR + KNOWN_BY_MONTH + NAME_MISSING:
        body[draw.choice(("given_name", "family_name"))] = draw.choice("?-")
    return body


_WITHOUT_STROKES: Final = str.maketrans("łŁđĐøØıæœß", "lLdDoOiaos")


def _plain(name: str) -> str:
    """A name as somebody types it who has no accents on the keyboard."""
    ligatures = name.replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    marks = unicodedata.normalize("NFKD", ligatures.translate(_WITHOUT_STROKES))
    return "".join(sign for sign in marks if not unicodedata.combining(sign))


def _other(person: Person, given: str | None = None, family: str | None = None) -> Any:
    """The body with another name, or None where the name is as it was."""
    given, family = given or person.given, family or person.family
    if (given, family) == (person.given, person.family):
        return None
    return _body(person, given_name=given, family_name=family)


def _joined(person: Person, draw: random.Random) -> Any:
    """Spaces, hyphens and apostrophes come and go."""
    sign = draw.choice(("", " ", "-", "\N{RIGHT SINGLE QUOTATION MARK}"))
    if sign == "\N{RIGHT SINGLE QUOTATION MARK}":
        return _other(person, family=person.family.replace("'", sign))
    return _other(person, family=re.sub(r"[ '-]", sign, person.family))


def _one_surname(person: Person, draw: random.Random) -> Any:
    return _other(person, family=draw.choice(person.surnames))


def _first_given(person: Person) -> str:
    """The first given name, with the word that some have before it."""
    return re.sub(r"(?<!^El)(?<!^Abdel) .*", "", person.given)


def _swapped(person: Person, _draw: random.Random) -> Any:
    born = person.born
    if born.day > 12 or born.day == born.month:
        return None
    return _body(person, birth_date=born.replace(month=born.day, day=born.month).isoformat())


def _missing(person: Person, draw: random.Random) -> Any:
    member = draw.choice(("given_name", "family_name"))
    return _body(person, **{member: draw.choice(("", "?", "-", "onbekend", "inconnu"))})


def _typing_error(person: Person, draw: random.Random) -> Any:
    place = draw.randrange(1, len(person.family))
    letter = draw.choice("abdegiklmnoprstu")
    return _other(person, family=person.family[:place] + letter + person.family[place + 1 :])


VARIATIONS: Final[Mapping[str, Callable[[Person, random.Random], Any]]] = {
    "same": lambda one, _: _body(one),
    "no accents": lambda one, _: _other(one, _plain(one.given), _plain(one.family)),
    "capitals": lambda one, _: _other(one, one.given.upper(), one.family.upper()),
    "no accents, capitals": lambda one, _: _other(
        one, _plain(one.given).upper(), _plain(one.family).upper()
    ),
    "spaces and marks": _joined,
    "first given name": lambda one, _: _other(one, given=_first_given(one)),
    "hyphen in given name": lambda one, _: _other(one, given=one.given.replace("-", " ")),
    "exchanged": lambda one, _: _other(one, one.family, one.given),
    "one of two surnames": _one_surname,
    "no particle": lambda one, _: _other(
        one, family=re.sub(r"(?i)^((van|den|der|de|da|do|dos|el|ben|ait|aït)[ -])+", "", one.family)
    ),
    "day and month swapped": _swapped,
    "month only": lambda one, _: _body(one, birth_date=one.born.isoformat()[:7]),
    "year only": lambda one, _: _body(one, birth_date=one.born.isoformat()[:4]),
    "one name missing": _missing,
    "first given name, year only": lambda one, _: (
        _body(one, given_name=_first_given(one), birth_date=one.born.isoformat()[:4])
        if " " in one.given
        else None
    ),
    "one surname, month only": lambda one, draw: (
        {**written, "birth_date": one.born.isoformat()[:7]}
        if (written := _one_surname(one, draw))
        else None
    ),
    "typing error": _typing_error,
    "day wrong": lambda one, draw: _body(
        one, birth_date=(one.born + timedelta(days=draw.randrange(1, 9))).isoformat()
    ),
}
"""Ways in which somebody is registered again; None where a way makes no difference for a person."""

NOT_PROMISED: Final = ("typing error", "day wrong")
"""Ways that are not looked for: what they would find is mostly other people."""
