"""The whole platform of one state folder: the backing services, five services, the gateway."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chassis import clock as clocks
from deploy.local import find, ports
from deploy.local.errors import ActionableError
from deploy.local.identity import Identity, audit_public_key
from deploy.local.migrations import PATIENCE as MIGRATION_PATIENCE
from deploy.local.migrations import migrations_of
from deploy.local.parts import Parts
from deploy.local.ports import HOST
from deploy.local.program import Program, answers_ok
from deploy.local.progress import Progress
from deploy.local.settings import SERVICES, Settings
from deploy.opa import bundle
from deploy.opa.data import DataRefused
from deploy.opa.rules import PolicyFailed

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "services" / "policy"
SAMPLE_STAFF = Path(__file__).with_name("sample_staff.json")
OF_A_RUN = (
    *("rabbitmq", "mongodb", "policy", "secrets", "checkpoints", "log", "run"),
    *("clock", "ports.json"),
)
"""What a fresh start deletes in the state folder; other files are left alone."""

PATIENCE = 120.0
"""Seconds that a process may take to become ready on a busy machine."""


def build_bundle(opa: Path, folders: Sequence[Path], out: Path) -> None:
    """Build the bundle of our rules and the data in `folders`.

    Raises ActionableError with each contradiction in the data.
    """
    try:
        bundle.build(opa, POLICY, folders, out)
    except (DataRefused, PolicyFailed) as error:
        raise ActionableError(
            f"no policy bundle can be built:\n{error}",
            f"correct the data in {', '.join(map(str, folders))} (docs/runbook.md, Upgrading)",
        ) from error


def staff_import_command(file: Path) -> list[str]:
    """The command that takes in a file of staff, in the environment of intake."""
    return [sys.executable, "-m", "services.intake.staff_import", str(file)]


class Process(Program):
    """A service or the gateway: a Python process with readiness over HTTP."""

    def __init__(
        self,
        name: str,
        state: Path,
        argv: Sequence[str],
        env: Callable[[], Mapping[str, str]],
        ready_url: str,
        *,
        die_with_parent: bool,
    ) -> None:
        super().__init__(
            name, state / "run", state / "log" / f"{name}.jsonl", die_with_parent=die_with_parent
        )
        self.argv = argv
        self.env = env
        self.ready_url = ready_url

    def begin(self) -> None:
        """Start it and return at once."""
        self.launch(self.argv, self.env(), cwd=ROOT)

    def start(self, seconds: float = PATIENCE) -> None:
        """Start it and return when it is ready."""
        self.begin()
        self.wait_until(self.ready, seconds)

    def ready(self) -> bool:
        """Say whether its readiness endpoint answers 200."""
        return answers_ok(self.ready_url, 3)


class PlatformClock:
    """The offset that all processes of a run add to system time; it only grows."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self) -> datetime:
        """Give the platform's present moment, in UTC."""
        offset = clocks.offset_of(self.file) if self.file.exists() else 0.0
        return datetime.now(UTC) + timedelta(seconds=offset)

    def advance(self, seconds: float) -> None:
        """Advance the time; a negative number raises ValueError."""
        clocks.advance(self.file, timedelta(seconds=seconds))

    def set_offset(self, seconds: float) -> None:
        """Set the offset to system time; going back raises ValueError."""
        clocks.set_offset(self.file, seconds)

    def move_to(self, moment: datetime) -> None:
        """Advance the time to `moment`, unless that is past already."""
        ahead = (moment - self.now()).total_seconds()
        if ahead > 0:
            self.advance(ahead)


class Platform:
    """Starts, stops and gives access to everything that runs for one state folder.

    Creating this object starts nothing; a second one on the same folder controls the same
    processes. `policy_data` names the folders of agreements, partners and mandates for the
    bundle; without it those of the last start of the state folder are used, else the samples.
    """

    def __init__(
        self,
        state: Path,
        *,
        port: int | None = None,
        policy_data: Sequence[Path] | None = None,
        die_with_parent: bool = False,
    ) -> None:
        self.state = state.resolve()
        self.die_with_parent = die_with_parent
        self.policy_data = policy_data
        self.untouched = False
        """Whether the last start failed before it changed anything: an earlier run goes on."""
        self._asked_port = port
        self._configure()

    def _configure(self) -> None:
        self.bundle = self.state / "policy" / "bundle.tar.gz"
        self.parts = Parts(self.state, self.bundle, die_with_parent=self.die_with_parent)
        self.port = self._asked_port or self.parts.ports.of("gateway")
        self.settings = Settings(self.state, self.parts, self.port)
        self._identity = Identity(self.parts.secrets)
        self.clock = PlatformClock(self.settings.clock_file)
        self.gateway = self._gateway()
        self._services = {name: self._service(name) for name in SERVICES}

    @property
    def gateway_url(self) -> str:
        """Give the URL of the gateway."""
        return f"http://{HOST}:{self.port}"

    @property
    def audit_public_key(self) -> Path:
        """Give the public key (PEM) of the audit log's checkpoints."""
        return audit_public_key(self.parts.secrets)

    @property
    def checkpoints(self) -> Path:
        """Give the folder of checkpoint files, outside the database."""
        return self.settings.checkpoints

    def service(self, name: str) -> Process:
        """Give a service, to stop, kill, pause, resume or start it."""
        return self._services[name]

    def token(self, person: str, **claims: Any) -> str:
        """Give a token for a person's id, valid for an hour of the platform's time."""
        return self._identity.token(person, self.clock.now(), **claims)

    def import_staff(self, file: Path) -> None:
        """Register by what staff are recognised, from a file of an operator.

        Raises ActionableError when the file is refused.
        """
        environment = self.settings.of_service("intake")
        done = subprocess.run(
            staff_import_command(file), env=environment, cwd=ROOT, capture_output=True, check=False
        )
        if done.returncode != 0:
            raise ActionableError(
                f"{file} was not imported", f"look at {file}, and at intake's log"
            )

    def start(
        self,
        progress: Progress | None = None,
        *,
        fresh: bool = False,
        offset: timedelta = timedelta(0),
    ) -> None:
        """Start whatever does not run and return when all of it is ready.

        With `fresh` the state of an earlier run is deleted first, and time begins at `offset` from
        system time. Raises ActionableError; what was started stays up then. What can be checked
        beforehand is checked before anything is stopped or deleted.
        """
        progress = progress or Progress(None)
        self.untouched = True
        with self._locked():
            self._preflight(progress, fresh=fresh)
            self.untouched = False
            if fresh:
                self._stop(progress)
                self._delete_state()
            self._prepare(offset, progress)
            self.parts.start(progress=progress)
            self._migrate(progress)
            processes = [*self._services.values(), self.gateway]
            for process in processes:
                process.begin()
            for process in processes:
                with progress.step(process.name, f"ready at {process.ready_url}"):
                    process.wait_until(process.ready, PATIENCE)

    def stop(self, progress: Progress | None = None) -> None:
        """Stop everything in order: the gateway, the services, the backing services."""
        with self._locked():
            self._stop(progress or Progress(None))

    def kill(self) -> None:
        """Kill everything; for runs that will not be started again."""
        for program in (self.gateway, *self._services.values()):
            program.kill()
        self.parts.kill()

    @property
    def programs(self) -> tuple[Program, ...]:
        """Give all programs: the gateway, the services, the backing services."""
        return (self.gateway, *self._services.values(), *self.parts.programs)

    @property
    def running(self) -> list[str]:
        """Name what runs."""
        return [program.name for program in self.programs if program.running]

    def _stop(self, progress: Progress) -> None:
        if not self.running:
            self.kill()
            return
        with progress.step("gateway", "stopping"):
            self.gateway.stop()
        with progress.step("services", "stopping"):
            for service in self._services.values():
                service.ask_to_stop()
            for service in self._services.values():
                service.stop()
        with progress.step("parts", "stopping OPA, MongoDB, RabbitMQ"):
            self.parts.stop()

    def _delete_state(self) -> None:
        for name in OF_A_RUN:
            path = self.state / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        self._configure()

    def _prepare(self, offset: timedelta, progress: Progress) -> None:
        self.parts.ports.keep("gateway", self.port)
        self.settings.checkpoints.mkdir(exist_ok=True)
        if not self.settings.clock_file.exists():
            self.clock.set_offset(offset.total_seconds())
        if not self.parts.opa.program.running:
            opa = find.opa(progress)
            with progress.step("policy", "building the bundle"):
                build_bundle(opa, self._policy_folders(), self.bundle)

    def _migrate(self, progress: Progress) -> None:
        """Run the steps that the services need before they serve what is stored."""
        with progress.step("migrations", "putting what is stored in its present form"):
            for name in SERVICES:
                with migrations_of(name, self.settings.of_service(name)) as migrations:
                    for _ in migrations.run(patience=MIGRATION_PATIENCE):
                        pass

    def _policy_folders(self) -> list[Path]:
        """The folders given now, which are stored, else those stored by an earlier start."""
        kept = self.bundle.with_name("data.json")
        if self.policy_data is not None:
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(json.dumps([str(folder) for folder in self.policy_data]))
        if kept.exists():
            return [Path(folder) for folder in json.loads(kept.read_text())]
        return [POLICY / "data"]

    def _preflight(self, progress: Progress, *, fresh: bool) -> None:
        """Raise ActionableError for what would fail later; changes nothing of this run."""
        self._check_port(fresh=fresh)
        if not fresh:
            return
        self.parts.check_prerequisites(progress)
        with TemporaryDirectory() as draft:
            folders = self.policy_data or self._policy_folders()
            build_bundle(find.opa(progress), folders, Path(draft) / self.bundle.name)

    def _check_port(self, *, fresh: bool) -> None:
        kept = self.parts.ports.of("gateway")
        runs = self.gateway.running
        if runs and kept != self.port and not fresh:
            raise ActionableError(
                f"the platform runs already, on port {kept}",
                f"`make down` first, or say KETENAANPAK_PORT={kept}",
            )
        if not (runs and kept == self.port) and not ports.is_free(self.port):
            raise ActionableError(
                f"port {self.port}, on which the gateway would listen, is taken"
                f" by {ports.holder(self.port)}",
                f"stop it, or choose another port: KETENAANPAK_PORT={self.port + 1} make demo",
            )

    def _service(self, name: str) -> Process:
        argv = [sys.executable, "-m", "chassis.run", f"services.{name}.service"]
        ready = f"http://{HOST}:{self.settings.health_port(name)}/readyz"
        return Process(
            name,
            self.state,
            argv,
            lambda: self.settings.of_service(name),
            ready,
            die_with_parent=self.die_with_parent,
        )

    def _gateway(self) -> Process:
        argv = [sys.executable, "-m", "gunicorn", "--config", "gateway/gunicorn.conf.py"]
        argv += ["--bind", f"{HOST}:{self.port}", "gateway.app:create_app()"]
        ready = f"{self.gateway_url}/readyz"
        return Process(
            "gateway",
            self.state,
            argv,
            self.settings.of_gateway,
            ready,
            die_with_parent=self.die_with_parent,
        )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.state.mkdir(parents=True, exist_ok=True)
        with (self.state / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ActionableError(
                    f"another command is starting or stopping {self.state}",
                    "wait until it is done, or stop it",
                ) from None
            yield
