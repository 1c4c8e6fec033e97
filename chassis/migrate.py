"""Run the steps that a service needs before it serves: `python -m chassis.migrate services.intake`.

For the containers, once before the service starts; `ketenaanpak migrate` does the same, and more.
"""

import importlib
import sys
from collections.abc import Sequence

from chassis import logs
from chassis.config import ConfigError, load
from chassis.migrations import Migrations
from chassis.runtime import open_runtime

_USAGE_ERROR = 2
_PATIENCE_SECONDS = 60.0

_log = logs.logger(__name__)


def migrate(arguments: Sequence[str]) -> int:
    """Run what expands of the service in the named package; returns the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("name one package, such as services.intake\n")
        return _USAGE_ERROR
    steps = importlib.import_module(f"{arguments[0]}.migrations").STEPS
    service = arguments[0].rpartition(".")[2]
    try:
        config = load(service)
    except ConfigError as error:
        sys.stderr.write(f"{service} cannot be migrated: {error}\n")
        return _USAGE_ERROR
    logs.configure(config.service, config.log_level)
    runtime = open_runtime(config)
    try:
        for progress in Migrations(runtime, steps).run(patience=_PATIENCE_SECONDS):
            if progress.is_done:
                _log.info(
                    "migrated",
                    step=progress.step.name,
                    changed=progress.changed,
                    left=progress.left,
                )
    finally:
        runtime.close()
    return 0


if __name__ == "__main__":
    sys.exit(migrate(sys.argv[1:]))
