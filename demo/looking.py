"""Everybody looks at a case: all that the API would show a person of it at this moment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from demo.calls import Caller, succeeded
from demo.people import Person

PARTS: Final = (
    "assessments",
    "weighings",
    "plans",
    "decisions",
    "contact-log",
    "trajectories",
    "reports",
    "conclusions",
    "follow-ups",
    "evaluations",
)
"""What a case holds beside its own page, by the last part of the address."""


@dataclass(frozen=True)
class View:
    """What one person was shown: the answer's status, the fragments, what was held back.

    `decision` is the id of the decision about the case's own page, as the record knows it.
    """

    person: Person
    status: int
    fragments: tuple[Mapping[str, Any], ...]
    withheld: frozenset[str]
    decision: str


def look(caller: Caller, people: Sequence[Person], case: str) -> list[View]:
    """What each of these people is shown of the case now."""
    return [_view(caller, person, f"/v1/cases/{case}") for person in people]


def _view(caller: Caller, person: Person, path: str) -> View:
    page = caller.get(person.id, path, "case_consultation")
    bodies = [page.json(), *_parts(caller, person, path)] if page.ok else []
    fragments = {each["id"]: each for body in bodies for each in _fragments(body)}
    withheld = {category for body in bodies for category in body["withheld"]}
    return View(
        person,
        page.status_code,
        tuple(fragments.values()),
        frozenset(withheld),
        page.headers["Decision-Id"],
    )


def _parts(caller: Caller, person: Person, path: str) -> Iterator[dict[str, Any]]:
    for part in PARTS:
        yield succeeded(caller.get(person.id, f"{path}/{part}", "case_consultation"), part)


def _fragments(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The fragments of an answer, whatever its list is called."""
    lists = [value for value in body.values() if isinstance(value, list)]
    return [each for found in lists for each in found if "level" in each]
