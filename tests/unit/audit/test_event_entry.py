"""Domain events as entries of the log: each of them can be recorded."""

import pytest

from contracts.events import EVENTS
from services.audit.domain.entry import read_entry
from services.audit.domain.event_entry import event_entry
from tests import samples


@pytest.mark.parametrize(
    ("name", "version"),
    [(name, version) for name, event in EVENTS.items() for version in event.versions],
)
def test_every_event_of_the_contract_can_be_recorded(name: str, version: int) -> None:
    """An event that the log does not take is missing from the story that an auditor reads."""
    event = samples.event(name, version)

    entry = read_entry(event_entry(event))

    assert entry.leaf_members["action"] == event["type"]
    assert entry.leaf_members["case"] == event["data"].get("case")
    assert [each["id"] for each in entry.detail_members["fragments"]] == [
        event["data"][name] for name in ("fragment",) if name in event["data"]
    ]
