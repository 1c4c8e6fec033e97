"""What is on the machine already is used; what is not is named in words."""

import hashlib
import io
import json
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from deploy.local import find
from deploy.local.errors import ActionableError
from deploy.local.identity import Identity, audit_key, audit_public_key
from deploy.local.progress import Progress
from deploy.local.secrets import Secrets

ROOT = Path(__file__).parents[3]
QUIET = Progress(None)


def script(path: Path, lines: str) -> Path:
    """A program that does what the shell lines say."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty cache and nothing but its own folder on PATH."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(find, "RABBITMQ_FOLDERS", ())
    return tmp_path


def test_programs_on_the_path_are_used(elsewhere: Path) -> None:
    """A machine that has everything would compile and download it again."""
    folder = elsewhere / "bin"
    opa = script(folder / "opa", "echo Version: 1.17.0")
    mongod = script(folder / "mongod", "echo db version v7.0")
    script(folder / "rabbitmq-server", "")
    script(folder / "rabbitmqctl", "")
    assert find.opa(QUIET) == opa
    assert find.mongod(QUIET) == mongod
    assert find.rabbitmq(QUIET) == folder
    assert not find.cache().exists()


def test_an_opa_of_before_version_1_is_not_used(elsewhere: Path) -> None:
    """Rules of Rego v1 would be read by a program that does not know it."""
    script(elsewhere / "bin" / "opa", "echo Version: 0.70.0")
    kept = script(find.cache() / "opa-v1.17.0" / "opa", "echo Version: 1.17.0")
    assert find.opa(QUIET) == kept


def test_without_a_network_it_says_what_failed(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person on a train would read a traceback of the compiler."""
    script(
        elsewhere / "bin" / "go",
        'test "$1" = version && echo go version go1.26.1 && exit; echo no route >&2; exit 1',
    )
    with pytest.raises(ActionableError) as reply:
        find.opa(QUIET)
    assert reply.value.problem == "OPA could not be compiled:\n    no route"
    assert reply.value.remedy.startswith("check the network")


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("go version go1.26.1 linux/amd64", (1, 26)),
        ("go version go1.19.8 linux/amd64", (1, 19)),
        ("gccgo", (0, 0)),
    ],
)
def test_the_version_of_go_is_read(tmp_path: Path, printed: str, version: tuple[int, int]) -> None:
    """Debian's own Go is too old for OPA and would fail after a minute."""
    assert find._go_version(str(script(tmp_path / "go", f"echo {printed}"))) == version


def test_a_made_environment_is_left_alone(tmp_path: Path) -> None:
    """Every `make` would install eighty packages again."""
    venv = tmp_path / "venv"
    script(venv / "bin" / "python", "echo python was run >&2; exit 9")
    lock = (ROOT / "requirements-dev.lock").read_bytes()
    (venv / ".installed").write_text(hashlib.sha256(lock).hexdigest())
    argv = ["/bin/bash", str(ROOT / "deploy" / "local" / "bootstrap.sh"), str(venv)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_progress_prints_one_line_for_each_thing() -> None:
    """A person would stare at a silent terminal, or drown in words."""
    out = io.StringIO()
    progress = Progress(out)
    with progress.step("opa", "starting"):
        pass
    with pytest.raises(ActionableError), progress.step("mongodb", "starting"):
        raise ActionableError("no room", "make room")
    first, second = out.getvalue().splitlines()
    assert first.split() == ["opa", "starting", "ok", "0.0", "s"]
    assert second.split() == ["mongodb", "starting", "failed", "0.0", "s"]


def test_the_key_of_the_record_is_made_once_and_its_public_half_fits(tmp_path: Path) -> None:
    """An auditor would hold a key that proves nothing."""
    secrets = Secrets(tmp_path)
    private = load_pem_private_key(audit_key(secrets).read_bytes(), password=None)
    public = load_pem_public_key(audit_public_key(secrets).read_bytes())
    assert isinstance(private, Ed25519PrivateKey)
    assert isinstance(public, Ed25519PublicKey)
    public.verify(private.sign(b"root"), b"root")
    assert audit_key(Secrets(tmp_path)).read_bytes() == audit_key(secrets).read_bytes()


def test_the_public_key_set_holds_no_private_part(tmp_path: Path) -> None:
    """Whoever reads the key set could make tokens for everybody."""
    reply = json.loads(Identity(Secrets(tmp_path)).jwks.read_text())
    assert [set(key) for key in reply["keys"]] == [{"kty", "n", "e", "kid", "use", "alg"}]
