"""An OPA server of the local run, on a loopback port, with one bundle."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

from deploy.local import find
from deploy.local.errors import ActionableError
from deploy.local.ports import HOST, Ports, is_free
from deploy.local.program import Program
from deploy.local.progress import Progress


class Opa:
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
        if not is_free(self.port):
            raise ActionableError(
                f"port {self.port}, kept for OPA, is taken by another program",
                "stop that program, or run `make demo`, which starts afresh",
            )
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
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"{self.url}/health?bundles=true", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def stop(self, seconds: float = 5.0) -> None:
        """Stop the server in order."""
        self.program.stop(seconds)

    def kill(self) -> None:
        """End the server at once."""
        self.program.kill()

    def pause(self) -> None:
        """Freeze the server: it accepts connections and answers nothing."""
        self.program.pause()

    def resume(self) -> None:
        """Let a frozen server go on."""
        self.program.resume()
