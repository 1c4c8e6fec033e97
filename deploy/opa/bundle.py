"""Builds the policy bundle: rules and data with a revision that is a hash of what they say."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
from collections.abc import Iterable, Sequence
from pathlib import Path


class PolicyFailed(Exception):
    """The rules or their data do not compile; the message is OPA's own."""


def build(opa: Path, policy_dir: Path, data_dirs: Sequence[Path], out: Path) -> str:
    """Write the bundle to `out` and give its revision (SHA-256, hexadecimal).

    From `policy_dir` every `*.rego` that is not a test is taken; from each of `data_dirs` every
    `*.json` and `*.yaml`, placed in the document tree by its folder below that directory (the
    file's own name counts for nothing). The same content gives the same revision, wherever it
    lies. Raises PolicyFailed with OPA's message.
    """
    rules, data = _rules(policy_dir), [path for root in data_dirs for path in _data(root)]
    revision = _revision(
        [(path, policy_dir) for path in rules]
        + [(path, root) for root in data_dirs for path in _data(root)]
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}")
    argv = [str(opa), "build", "--revision", revision, "--output", str(draft)]
    argv += map(str, rules)
    argv += [str(root) for root in data_dirs] if data else []
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PolicyFailed(done.stderr.strip() or done.stdout.strip())
    draft.rename(out)
    return revision


def revision_of(bundle: Path) -> str:
    """Read the revision out of a bundle."""
    with tarfile.open(bundle) as packed:
        for name in packed.getnames():
            if name.lstrip("/") == ".manifest":
                manifest = packed.extractfile(name)
                if manifest is not None:
                    return str(json.load(manifest)["revision"])
    raise PolicyFailed(f"{bundle} has no manifest")


def _rules(policy_dir: Path) -> list[Path]:
    return sorted(
        path for path in policy_dir.rglob("*.rego") if not path.name.endswith("_test.rego")
    )


def _data(root: Path) -> list[Path]:
    kinds = {".json", ".yaml", ".yml"}
    return sorted(path for path in root.rglob("*") if path.suffix in kinds)


def _revision(files: Iterable[tuple[Path, Path]]) -> str:
    digest = hashlib.sha256()
    for path, root in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
