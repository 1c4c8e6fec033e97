"""An OPA server with the platform's own rules and samples."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.local import find
from deploy.local.parts import running
from deploy.local.progress import Progress
from deploy.opa.bundle import build

POLICY = Path(__file__).parents[3] / "services" / "policy"
Ask = Callable[..., Any]


@pytest.fixture(scope="session")
def opa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of the server."""
    room = tmp_path_factory.mktemp("policy")
    bundle = room / "bundle.tar.gz"
    build(find.opa(Progress(None)), POLICY, [POLICY / "data"], bundle)
    with running(room, ("opa",), bundle) as parts:
        yield parts.opa.url


@pytest.fixture(scope="session")
def ask(opa: str) -> Iterator[Ask]:
    """Asks a package for its decision, or another rule; fails when the answer has no result."""
    session = requests.Session()
    session.trust_env = False

    def answer_to(package: str, question: Any, rule: str = "decision") -> Any:
        answer = session.post(
            f"{opa}/v1/data/ketenaanpak/{package}/{rule}", json={"input": question}, timeout=10
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["result"]

    yield answer_to
    session.close()
