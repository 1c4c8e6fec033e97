"""A platform of its own, whose clock may run ahead, with room for two cases only."""

import json
from collections.abc import Iterator

import pytest

from demo.calls import Caller
from deploy.local.platform import POLICY, Platform
from deploy.local.run import running_platform
from tests.e2e.table import Table

CAP = 2
AGREEMENT = "sample-kortrijk"


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform, under an agreement that takes two cases at a time."""
    data = tmp_path_factory.mktemp("data")
    (data / "agreements").mkdir()
    file = f"agreements/{AGREEMENT}.json"
    agreement = json.loads((POLICY / "data" / file).read_text(encoding="utf-8"))
    agreement["case_cap"] = {"number": CAP, "counts": "concurrent"}
    (data / file).write_text(json.dumps(agreement), encoding="utf-8")
    folders = (POLICY / "data", data)
    with running_platform(tmp_path_factory.mktemp("living"), policy_data=folders) as platform:
        yield platform


@pytest.fixture(scope="module")
def lives(living: Platform) -> Table:
    """The people of that agreement's table."""
    return Table(Caller(living.gateway_url, living.token))
