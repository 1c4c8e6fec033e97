"""An OPA server of the local run, on a loopback port, with one bundle."""

from __future__ import annotations

from pathlib import Path

from deploy.local import find
from deploy.local.ports import HOST, Ports
from deploy.local.program import BackingService, Program, answers_ok
from deploy.local.progress import Progress


class Opa(BackingService):
    """The policy server of one state folder, with one bundle.

    Another bundle is activated by `use(bundle)` and a restart: decisions name the revision, which
    never changes under a running server.
    """

    def __init__(
        self, state: Path, ports: Ports, bundle: Path | None, *, die_with_parent: bool = False
    ) -> None:
        self.port = ports.of("opa")
        self.bundle = bundle
        self.program = Program(
            "opa", state / "run", state / "log" / "opa.jsonl", die_with_parent=die_with_parent
        )

    @property
    def url(self) -> str:
        """Give the URL of its REST API."""
        return f"http://{HOST}:{self.port}"

    @property
    def binary(self) -> Path:
        """Give the `opa` program, also for `opa test`, `fmt` and `check`."""
        return find.opa(Progress(None))

    def use(self, bundle: Path) -> None:
        """Use another bundle from the next start on."""
        self.bundle = bundle

    def start(self, progress: Progress) -> None:
        """Start the server and return when its bundle is active."""
        binary = find.opa(progress)
        if self.program.running:
            return
        self.expect_free_port("OPA")
        with progress.step("opa", f"starting on {HOST}:{self.port}"):
            argv = [str(binary), "run", "--server", "--addr", f"{HOST}:{self.port}"]
            # Without this flag OPA looks for newer versions of itself on the internet.
            argv += ["--skip-version-check", "--log-level", "error", "--log-format", "json"]
            argv += ["--shutdown-grace-period", "2"]
            argv += ["--bundle", str(self.bundle)] if self.bundle else []
            self.program.launch(argv, {"PATH": "/usr/bin:/bin"})
            self.program.wait_until(self.healthy, 30)

    def healthy(self) -> bool:
        """Say whether the server answers and has activated its bundle."""
        return answers_ok(f"{self.url}/health?bundles=true", 2)
