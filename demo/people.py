"""The sample persons: who they are, for which partner, under which agreement."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("people.json")


@dataclass(frozen=True)
class Person:
    """A professional with a mandate; `id` is the opaque subject of the token."""

    key: str
    id: str
    name: str
    partner: str | None
    organisation: str
    roles: tuple[str, ...]
    agreement: str


def everybody() -> dict[str, Person]:
    """All sample persons by key, in the order of the file."""
    return {row["key"]: Person(**{**row, "roles": tuple(row["roles"])}) for row in _read()}


def _read() -> Iterator[dict[str, Any]]:
    yield from json.loads(_FILE.read_text(encoding="utf-8"))
