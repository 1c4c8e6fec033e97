"""Runs the platform on one machine: `python -m deploy.local.run up|down|status|logs`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType

from deploy.local.errors import ActionableError
from deploy.local.platform import ROOT, SAMPLE_STAFF, Platform
from deploy.local.progress import Progress

DEFAULT_PORT = 8458


@contextmanager
def running_platform(
    state: Path,
    *,
    policy_data: Sequence[Path] | None = None,
    offset: timedelta = timedelta(0),
    progress: Progress | None = None,
) -> Iterator[Platform]:
    """Run a fresh platform on free ports for the length of a block.

    For tests: every process ends with the calling thread, whatever happens to it.
    """
    platform = Platform(state, policy_data=policy_data, die_with_parent=True)
    try:
        platform.start(progress, fresh=True, offset=offset)
        yield platform
    finally:
        platform.kill()


@contextmanager
def started(
    platform: Platform, progress: Progress, *, fresh: bool, offset: timedelta = timedelta(0)
) -> Iterator[Platform]:
    """Start a platform that stays up after the block, and is killed when the block raises.

    Ctrl-C, a termination signal or a closed terminal in the block leave no process behind
    either. A start that fails before it changed anything leaves an earlier run as it is.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        # With nohup the platform is to outlive the terminal.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        platform.start(progress, fresh=fresh, offset=offset)
        yield platform
    except BaseException:
        if platform.untouched:
            raise
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        progress.say("stopping everything that was started")
        platform.kill()
        raise


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def state_folder() -> Path:
    """Give the state folder of this machine's run: `KETENAANPAK_STATE`, else `var/`."""
    return Path(os.environ.get("KETENAANPAK_STATE") or ROOT / "var")


def local_platform() -> Platform:
    """Give the platform of the state folder, on the port that the environment names."""
    port = os.environ.get("KETENAANPAK_PORT") or str(DEFAULT_PORT)
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise ActionableError(f"KETENAANPAK_PORT is {port!r}", "give a number from 1 to 65535")
    return Platform(state_folder(), port=int(port))


def up() -> None:
    """Start what does not run; print where it is."""
    platform = local_platform()
    with started(platform, Progress(), fresh=False):
        platform.import_staff(SAMPLE_STAFF)
        print(f"the platform is up: {platform.gateway_url}/v1/docs")


def down() -> None:
    """Stop everything, also after a crash."""
    local_platform().stop(Progress())
    print("everything is stopped")


def status() -> None:
    """Print what runs."""
    names = local_platform().running
    print("\n".join(names) if names else "nothing is running")


def logs() -> None:
    """Follow the logs of all processes."""
    found = sorted(str(path) for path in (state_folder() / "log").glob("*.jsonl"))
    if not found:
        raise ActionableError("there are no logs yet", "start the platform: make up")
    subprocess.run(["/usr/bin/tail", "-n", "5", "-F", *found], check=False)


COMMANDS = {"up": up, "down": down, "status": status, "logs": logs}


def main(arguments: Sequence[str]) -> int:
    """Run one command; expected failures are printed without traceback."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        print(f"usage: python -m deploy.local.run {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        COMMANDS[arguments[0]]()
    except ActionableError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
