"""The real policy service with the bundle of this checkout; intake and audit by hand."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import find
from deploy.local.parts import Parts, running
from deploy.local.progress import Progress
from deploy.opa import bundle

POLICY = Path(__file__).parents[3] / "services" / "policy"


@pytest.fixture(scope="module")
def opa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """OPA as it runs everywhere: a server with a bundle that has a revision."""
    state = tmp_path_factory.mktemp("opa")
    built = state / "bundle.tar.gz"
    bundle.build(find.opa(Progress(None)), POLICY, [POLICY / "data"], built)
    with running(state, ("opa",), built) as parts:
        yield parts
