"""What the API shows each person of a case at a moment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deploy.local.api_client import ApiClient, expect_success
from deploy.local.sample_persons import SamplePerson

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
"""The resources below a case, by the last part of their paths."""


@dataclass(frozen=True)
class CaseView:
    """What one person is shown: the status, the fragments, the categories withheld.

    `decision` is the id of the decision about the case itself in the audit record.
    """

    person: SamplePerson
    status: int
    fragments: tuple[Mapping[str, Any], ...]
    withheld: frozenset[str]
    decision: str


def view_case(client: ApiClient, persons: Sequence[SamplePerson], case: str) -> list[CaseView]:
    """What each of these persons is shown of the case now."""
    return [_view(client, person, f"/v1/cases/{case}") for person in persons]


def _view(client: ApiClient, person: SamplePerson, path: str) -> CaseView:
    page = client.get(person.id, path, "case_consultation")
    bodies = [page.json(), *_parts(client, person, path)] if page.ok else []
    fragments = {each["id"]: each for body in bodies for each in _fragments(body)}
    withheld = {category for body in bodies for category in body["withheld"]}
    return CaseView(
        person,
        page.status_code,
        tuple(fragments.values()),
        frozenset(withheld),
        page.headers["Decision-Id"],
    )


def _parts(client: ApiClient, person: SamplePerson, path: str) -> Iterator[dict[str, Any]]:
    for part in PARTS:
        yield expect_success(client.get(person.id, f"{path}/{part}", "case_consultation"), part)


def _fragments(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The fragments in a response, whatever member lists them."""
    lists = [value for value in body.values() if isinstance(value, list)]
    return [each for found in lists for each in found if "level" in each]
