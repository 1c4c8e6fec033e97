"""An OPA server of the project's own, on a loopback port, with one bundle."""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path

from deploy.local import find
from deploy.local.ports import HOST, Ports, is_free
from deploy.local.program import Program
from deploy.local.progress import Progress
from deploy.local.trouble import Trouble


class Opa:
    """The policy service of one state folder; `bundle` is what it decides by.

    Another bundle comes into force by `use(bundle)` and a new start: decisions name the
    revision, and a revision never changes under a running server.
    """

    def __init__(
        self, state: Path, ports: Ports, bundle: Path | None, *, tied: bool = False
    ) -> None:
        self.port = ports.of("opa")
        self.bundle = bundle
        self.program = Program("opa", state / "run", state / "log" / "opa.jsonl", tied=tied)

    @property
    def url(self) -> str:
        """Give the URL of its REST API."""
        return f"http://{HOST}:{self.port}"

    @property
    def binary(self) -> Path:
        """Give the `opa` program, also for `opa test`, `fmt` and `check`."""
        return find.opa(Progress(None))

    def use(self, bundle: Path) -> None:
        """Decide by another bundle from the next start on."""
        self.bundle = bundle

    def start(self, progress: Progress) -> None:
        """Start the server and return when it decides by its bundle."""
        binary = find.opa(progress)
        if self.program.running:
            return
        if not is_free(self.port):
            raise Trouble(
                f"port {self.port}, kept for OPA, is taken by another program",
                "stop that program, or run `make demo`, which starts afresh",
            )
        with progress.step("opa", f"starting on {HOST}:{self.port}"):
            argv = [str(binary), "run", "--server", "--addr", f"{HOST}:{self.port}"]
            # OPA would ask the internet for newer versions of itself.
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
