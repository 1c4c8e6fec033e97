"""The sample persons of the local run, and tokens that prove to be one of them."""

from typing import Annotated

import typer

from deploy.local.errors import ActionableError
from deploy.local.sample_persons import SamplePerson, sample_persons
from ops.tables import print_table
from ops.targets import find_local_platform


def people() -> None:
    """List the sample persons: whom to be, for which partner, in which role."""
    columns = ("key", "id", "name", "partner", "organisation", "roles", "agreement")
    rows = [
        (
            *(person.key, person.id, person.name, person.partner or "–", person.organisation),
            *(", ".join(person.roles), person.agreement),
        )
        for person in sample_persons().values()
    ]
    print_table("sample persons (all of them invented)", columns, rows, ("key", "id"))


def token(
    person: Annotated[str, typer.Argument(help="key or id of a sample person")],
    mandate: Annotated[
        str | None, typer.Option(help="the mandate to act under, where there are several")
    ] = None,
) -> None:
    """Print a token that proves a sample person for one hour, and nothing else."""
    claims = {} if mandate is None else {"mandate": mandate}
    print(find_local_platform().token(_sample_person(person).id, **claims))


def _sample_person(wanted: str) -> SamplePerson:
    persons = sample_persons()
    found = persons.get(wanted) or next((p for p in persons.values() if p.id == wanted), None)
    if found is None:
        raise ActionableError(
            f"there is no sample person {wanted}", "`ketenaanpak people` lists them"
        )
    return found
