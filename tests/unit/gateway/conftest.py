"""A gateway on fakes, new for each test."""

import pytest

from tests.unit.gateway.stage import Platform


@pytest.fixture
def platform() -> Platform:
    """The platform behind the gateway, by hand."""
    return Platform()
