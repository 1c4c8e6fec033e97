"""The whole platform, started once for all end-to-end tests."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.api_client import ApiClient
from deploy.local.platform import POLICY
from deploy.local.run import Platform, running_platform
from tests.e2e.table_client import TableClient

CAP = 500
"""Places of Brugge: its tests take cases one after the other, and give few places back."""


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Five services, OPA, broker, database and gateway, shared: leave it running."""
    data = tmp_path_factory.mktemp("agreements") / "data"
    shutil.copytree(POLICY / "data", data)
    brugge = data / "agreements" / "sample-brugge.json"
    agreement = json.loads(brugge.read_text(encoding="utf-8"))
    agreement["case_cap"]["number"] = CAP
    brugge.write_text(json.dumps(agreement), encoding="utf-8")
    with running_platform(tmp_path_factory.mktemp("platform"), policy_data=[data]) as started:
        yield started


@pytest.fixture
def table(platform: Platform) -> TableClient:
    """The sample table, speaking to the shared platform."""
    return TableClient(ApiClient(platform.gateway_url, platform.token))


@pytest.fixture(scope="session")
def state(platform: Platform) -> Path:
    """The folder that holds everything the platform writes."""
    return platform.parts.state
