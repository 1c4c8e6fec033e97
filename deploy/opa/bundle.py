"""Builds the policy bundle: rules and data with a revision that is a hash of what they say."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from contracts.reasons import Reason
from deploy.opa.data import DataRefused, compose
from deploy.opa.rules import NO_WORDS, PolicyFailed, defined_words


def build(opa: Path, policy_dir: Path, data_dirs: Sequence[Path], out: Path) -> str:
    """Write the bundle to `out` and give its revision (SHA-256, hexadecimal).

    From `policy_dir` come the rules (`rules/`, without their tests), the tables that they read
    (`tables/`) and the schemas that all data must fit (`schemas/`). Agreements, partners and
    mandates come from `data_dirs`, a later one overruling by id (deploy.opa.data). The same
    content gives the same revision, wherever it lies. `out` is replaced at once or not at all.
    Raises PolicyFailed with OPA's message, DataRefused with the file and the fault.
    """
    if not any((policy_dir / "rules").rglob("*.rego")):
        raise PolicyFailed(f"there are no rules in {policy_dir / 'rules'}")
    with tempfile.TemporaryDirectory() as room:
        staged = Path(room)
        stage(opa, policy_dir, data_dirs, staged)
        revision = _revision(staged)
        _pack(opa, staged, revision, out)
    return revision


def stage(
    opa: Path, policy_dir: Path, data_dirs: Sequence[Path], room: Path, *, tests: bool = False
) -> None:
    """Lay out in `room` what goes into a bundle; with `tests`, also those and the known reasons.

    Raises as `build` does, but for rules that parse and do not compile.
    """
    rules, tables = policy_dir / "rules", policy_dir / "tables"
    defined = defined_words(opa, rules) if tables.exists() else NO_WORDS
    document = compose(policy_dir / "schemas", [tables, *data_dirs], defined)
    if tests:
        document["reasons"] = dict.fromkeys(Reason, True)
    data = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (room / "data.json").write_text(data, encoding="utf-8")
    for rule in rules.rglob("*.rego"):
        if tests or not rule.name.endswith("_test.rego"):
            place = room / rule.relative_to(rules)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(rule, place)


def revision_of(bundle: Path) -> str:
    """Read the revision out of a bundle."""
    with tarfile.open(bundle) as packed:
        for name in packed.getnames():
            if name.lstrip("/") == ".manifest":
                manifest = packed.extractfile(name)
                if manifest is not None:
                    return str(json.load(manifest)["revision"])
    raise PolicyFailed(f"{bundle} has no manifest")


def _revision(staged: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in staged.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(staged).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _pack(opa: Path, staged: Path, revision: str, out: Path) -> None:
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    argv = [str(opa), "build", "--bundle", ".", "--revision", revision]
    argv += ["--output", str(draft.resolve())]
    done = subprocess.run(argv, cwd=staged, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PolicyFailed(done.stderr.strip() or done.stdout.strip())
    draft.replace(out)


def main(arguments: Sequence[str]) -> int:
    """Build from the command line: `OPA POLICY OUT [DATA …]`; prints the revision.

    Without DATA the policy's own `data/` is used: samples, for trying out.
    """
    if len(arguments) < 3:
        print("usage: python -m deploy.opa.bundle OPA POLICY OUT [DATA ...]", file=sys.stderr)
        return 2
    opa, policy_dir, out, *data_dirs = map(Path, arguments)
    try:
        print(build(opa, policy_dir, data_dirs or [policy_dir / "data"], out))
    except (PolicyFailed, DataRefused) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
