"""A gateway on fakes, new for each test."""

import pytest

from tests.unit.gateway.fakes import Platform


@pytest.fixture
def platform() -> Platform:
    """The platform behind the gateway, by hand."""
    return Platform()
