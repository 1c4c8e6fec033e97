"""Domain events as entries of the log: each of them can be recorded."""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.events import EVENTS
from services.audit.domain.entry import read_entry
from services.audit.domain.event_entry import event_entry

EXAMPLES = Path(__file__).parents[3] / "contracts" / "examples"


def sample(name: str, version: int) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EXAMPLES / f"{name}.v{version}.json").read_text("utf-8"))
    return event


@pytest.mark.parametrize(
    ("name", "version"), [(name, version) for name in EVENTS for version in EVENTS[name]]
)
def test_every_event_of_the_contract_can_be_recorded(name: str, version: int) -> None:
    """An event that the log does not take is missing from the story that an auditor reads."""
    event = sample(name, version)

    entry = read_entry(event_entry(event))

    assert entry.leaf_members["action"] == event["type"]
    assert entry.leaf_members["case"] == event["data"].get("case")
    assert [each["id"] for each in entry.detail_members["fragments"]] == [
        event["data"][name] for name in ("fragment",) if name in event["data"]
    ]
