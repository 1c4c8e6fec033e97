"""A platform of this folder's own, to break and to mend."""

from collections.abc import Iterator

import pytest

from deploy.local.api_client import ApiClient
from deploy.local.run import Platform, running_platform
from tests.e2e.table_client import TableClient


@pytest.fixture(scope="session")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The whole platform; a test that breaks a part of it mends it before it ends."""
    with running_platform(tmp_path_factory.mktemp("fragile")) as started:
        yield started


@pytest.fixture
def table(fragile: Platform) -> TableClient:
    """The sample table, speaking to the fragile platform."""
    return TableClient(ApiClient(fragile.gateway_url, fragile.token))
