"""The file of an operator that says who the staff are (contracts/staff.py), as JSON or CSV.

A CSV file has the members as columns; several partners or spellings stand in one cell, between
semicolons.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from marshmallow import ValidationError

from contracts.staff import StaffRow

_LISTS: Final = ("partners", "given_names", "family_names")


class FileRefused(Exception):
    """The file is no list of staff; says in which rows and members, and repeats no value."""


def read_staff_file(path: Path) -> list[dict[str, Any]]:
    """The rows of a file; raises FileRefused when there is anything wrong with any of them."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = list(_csv_rows(text)) if path.suffix == ".csv" else json.loads(text)
    except (OSError, ValueError, csv.Error) as error:
        raise FileRefused(f"it cannot be read ({type(error).__name__})") from None
    if not isinstance(found, list):
        raise FileRefused("it holds no list")
    rows: list[dict[str, Any]] = []
    problems: list[str] = []
    for number, row in enumerate(found, 1):
        try:
            rows.append(StaffRow().load(row))
        except ValidationError as error:
            members = ", ".join(sorted(map(str, error.messages_dict)))
            problems.append(f"row {number}: {members}")
    persons = [row["person"] for row in rows]
    if len(set(persons)) != len(persons):
        problems.append("a person has several rows")
    if problems:
        raise FileRefused("; ".join(problems))
    return rows


def _csv_rows(text: str) -> Iterator[dict[str, Any]]:
    for row in csv.DictReader(text.splitlines(), strict=True):
        given = {name: (value or "").strip() for name, value in row.items() if name is not None}
        row = {name: _cell(name, value) for name, value in given.items() if value}
        # An empty cell says that there are none.
        yield ({"partners": []} if "partners" in given and "remove" not in row else {}) | row


def _cell(name: str, value: str) -> Any:
    if name in _LISTS:
        return [one.strip() for one in value.split(";")]
    return {"true": True, "false": False}.get(value, value) if name == "remove" else value
