"""The committed samples of contracts/examples/: one file per RPC method, `<service>/<method>.json`.

Each holds a `request`, its `reply`, and the `events` that such a command causes, of every version
that was ever published.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from services.intake.domain.transitions import TABLE

EXAMPLES: Final = Path(__file__).parents[1] / "contracts" / "examples"


def files() -> list[Path]:
    """The files that hold samples."""
    return sorted(EXAMPLES.rglob("*.json"))


def request(service: str, method: str) -> Any:
    """What is sent to a method."""
    return _read(service, method)["request"]


def reply(service: str, method: str) -> Any:
    """What a method answers."""
    return _read(service, method)["reply"]


def event(name: str, version: int = 1) -> Any:
    """The event `<source>.<type>` as it is published."""
    return json.loads(_events()[name, version])


def event_names() -> list[tuple[str, int]]:
    """Name and version of every event of which there is a sample."""
    return list(_events())


def commands_of_events() -> dict[str, set[str]]:
    """Event → the commands that cause it; of a change of stage the step (`TRANSITIONS`)."""
    found: dict[str, set[str]] = {}
    steps: dict[str, set[str]] = {}
    for row in TABLE:
        steps.setdefault(row.event, set()).add(row.command)
    for path in files():
        for each in json.loads(path.read_text(encoding="utf-8")).get("events", ()):
            name = f"{each['source']}.{each['type']}"
            found.setdefault(name, set()).update(steps.get(name, {path.stem}))
    return found


def _read(service: str, method: str) -> dict[str, Any]:
    text = (EXAMPLES / service / f"{method}.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@cache
def _events() -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for path in files():
        for each in json.loads(path.read_text(encoding="utf-8")).get("events", ()):
            version = int(each["dataschema"].rpartition(":")[2])
            name = f"{each['source']}.{each['type']}", version
            assert name not in found, f"two samples of {name}"
            found[name] = json.dumps(each)
    return found
