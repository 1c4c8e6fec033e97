"""The sample persons of the local run: who they are, for which partner, under which agreement."""

import json
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("sample_persons.json")


@dataclass(frozen=True)
class SamplePerson:
    """A professional with a mandate; `id` is the opaque subject of the token."""

    key: str
    id: str
    name: str
    partner: str | None
    organisation: str
    roles: tuple[str, ...]
    agreement: str


def sample_persons() -> dict[str, SamplePerson]:
    """All sample persons by key, in the order of the file."""
    rows = json.loads(_FILE.read_text(encoding="utf-8"))
    return {row["key"]: SamplePerson(**{**row, "roles": tuple(row["roles"])}) for row in rows}
