"""The store under eventlet, which is how services run."""

import base64
import json
import subprocess
import sys
from pathlib import Path

from deploy.local.parts import Parts
from tests.integration.chassis.conftest import KEYS, Opener

ROOT = Path(__file__).parents[3]


def test_greenthreads_perform_commands_without_blocking_each_other(
    parts: Parts, open_on: Opener
) -> None:
    """A service would otherwise serve one person at a time, or mix up their transactions."""
    config = open_on(parts).config
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "KETENAANPAK_BROKER_URL": config.broker_url,
        "KETENAANPAK_BUS_KEYS": KEYS,
        "KETENAANPAK_MASTER_KEYS": KEYS,
        "KETENAANPAK_HASH_KEY": base64.b64encode(config.hash_key).decode(),
        "KETENAANPAK_MONGO_URL": config.mongo_url,
        "KETENAANPAK_DATABASE": config.database,
        "KETENAANPAK_HEALTH_PORT": "1",
    }
    ended = subprocess.run(
        [sys.executable, "-m", "tests.integration.chassis.greenthreads", "40"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    reply = json.loads(ended.stdout)
    assert reply["answers"] == [[{"n": n}, {"n": n}, f"call-{n}"] for n in range(40)]
    assert (reply["cases"], reply["events"], reply["woken"]) == (40, 40, 40)
    assert reply["longest_pause"] < 0.5
