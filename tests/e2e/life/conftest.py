"""A platform of its own, whose clock may run ahead: the tests of this folder share its time.

The one in which an agreement ends comes first by its name: the others go far beyond that day.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.api_client import ApiClient
from deploy.local.platform import POLICY, Platform
from deploy.local.run import running_platform
from tests.e2e.table_client import TableClient

CAP = 2
ENDS_AFTER = timedelta(days=100)
SUCCESSOR = "sample-next"
BY_INVITATION = "sample-invited"


@pytest.fixture(scope="session")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform, under agreements of its own.

    Kortrijk's takes two cases at a time; Westhoek's ends after a while, and has a successor with
    the same parties and persons. A second one of Brugge's works by invitation, and a guest reads.
    """
    data = tmp_path_factory.mktemp("data")
    ends = datetime.now(UTC) + ENDS_AFTER
    cap = {"number": CAP, "counts": "concurrent"}
    westhoek = agreement("sample-westhoek", valid_until=ends.isoformat())
    successor = {"id": SUCCESSOR, "succeeds": "sample-westhoek"}
    write(data / "agreements" / "sample-kortrijk.json", agreement("sample-kortrijk", case_cap=cap))
    write(data / "agreements" / "sample-westhoek.json", westhoek)
    write(data / "agreements" / f"{SUCCESSOR}.json", agreement("sample-westhoek", **successor))
    write(data / "mandates" / "next.json", mandates("sample-westhoek", SUCCESSOR))
    invited = agreement("sample-brugge", id=BY_INVITATION, succeeds=None)
    invited["modalities"] |= {"participation": "invited", "guest_reads": True}
    write(data / "agreements" / f"{BY_INVITATION}.json", invited)
    write(data / "mandates" / "invited.json", mandates("sample-brugge", BY_INVITATION))
    folders = (POLICY / "data", data)
    with running_platform(tmp_path_factory.mktemp("living"), policy_data=folders) as platform:
        yield platform


def agreement(name: str, **changes: Any) -> Any:
    """A sample agreement with changes."""
    file = POLICY / "data" / "agreements" / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) | changes


def mandates(held_under: str, another: str) -> list[dict[str, Any]]:
    """Whoever has a mandate under one agreement has the same under another one."""
    held = json.loads((POLICY / "data" / "mandates" / "sample.json").read_text(encoding="utf-8"))
    return [
        {**mandate, "id": f"{mandate['id']}-{another}", "agreement": another}
        for mandate in held
        if mandate["agreement"] == held_under
    ]


def write(file: Path, content: Any) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture(scope="session")
def lives(living: Platform) -> TableClient:
    """The people of that agreement's table."""
    return TableClient(ApiClient(living.gateway_url, living.token), living.clock.now)
