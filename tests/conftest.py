"""The real parts, started once for all tests that ask for them."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from deploy.local.parts import Parts, running
from tests import ordinary

STORES = ("rabbitmq", "mongodb")

ordinary.keep()


@pytest.fixture(autouse=True)
def _logs_of_this_process() -> Iterator[None]:
    """Whoever sends the logs elsewhere, to a stream that ends with a test, gives them back."""
    root, lines = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**lines)
    root.handlers, root.level = handlers, level


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """RabbitMQ and MongoDB, shared by the whole session: leave them running and as you found them.

    ``KETENAANPAK_TEST_STATE`` names the state folder of parts that run already, to save the start.
    """
    kept = os.environ.get("KETENAANPAK_TEST_STATE")
    if kept:
        yield Parts(Path(kept))
        return
    with running(tmp_path_factory.mktemp("parts"), STORES) as started:
        yield started


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """RabbitMQ and MongoDB of this module's own, to stop, freeze and wipe.

    A test that breaks a part mends it before it ends.
    """
    with running(tmp_path_factory.mktemp("breakable"), STORES) as started:
        yield started
