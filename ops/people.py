"""The sample persons of the local run, and tokens that prove to be one of them."""

import getpass
import sys
from typing import Annotated

import typer

from chassis.config import secret_key
from chassis.sealing import decode_key, keyed_hash
from contracts.national_number import read_national_number
from deploy.local.errors import ActionableError
from deploy.local.sample_persons import SamplePerson, sample_persons
from ops.tables import print_table
from ops.targets import find_local_platform, is_unset
from services.intake.domain.identity import by_national_number


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


def match_key() -> None:
    """Read a staff member's national number and print its match for the list of staff matches.

    The number is read from standard input, so that it stands in no list of processes and in no
    history. The match goes into the file that KETENAANPAK_STAFF_MATCHES names, under the id of
    the person: {"p-…": "<match>"}.
    """
    typed = getpass.getpass("national number: ") if sys.stdin.isatty() else sys.stdin.readline()
    try:
        number = read_national_number(typed.strip())
    except ValueError as error:
        raise ActionableError(
            "that is no national number", "give its eleven digits on standard input"
        ) from error
    print(keyed_hash(_matching_key(), *by_national_number(number)))


def _sample_person(wanted: str) -> SamplePerson:
    persons = sample_persons()
    found = persons.get(wanted) or next((p for p in persons.values() if p.id == wanted), None)
    if found is None:
        raise ActionableError(
            f"there is no sample person {wanted}", "`ketenaanpak people` lists them"
        )
    return found


def _matching_key() -> bytes:
    if is_unset("KETENAANPAK_MATCHING_KEY"):
        return decode_key(find_local_platform().parts.secrets.key("matching-key"))
    return secret_key("KETENAANPAK_MATCHING_KEY")
