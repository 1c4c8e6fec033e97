"""The whole platform, started once for all end-to-end tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.api_client import ApiClient
from deploy.local.run import Platform, running_platform
from tests.e2e.table_client import TableClient


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Five services, OPA, broker, database and gateway, shared: leave it running."""
    with running_platform(tmp_path_factory.mktemp("platform")) as started:
        yield started


@pytest.fixture
def table(platform: Platform) -> TableClient:
    """The sample table, speaking to the shared platform."""
    return TableClient(ApiClient(platform.gateway_url, platform.token))


@pytest.fixture(scope="session")
def state(platform: Platform) -> Path:
    """The folder that holds everything the platform writes."""
    return platform.parts.state
