"""Finds the platform that a command operates on: of the environment, else the local run."""

import os
from dataclasses import dataclass

from chassis.config import secret, setting
from deploy.local.errors import ActionableError
from deploy.local.platform import Platform
from deploy.local.run import state_folder

_BROKER = "KETENAANPAK_BROKER_URL"
_MONGO = "KETENAANPAK_MONGO_URL"


@dataclass(frozen=True)
class Targets:
    """The URLs of broker, database and OPA; `local` only for the run on this machine."""

    broker_url: str
    mongo_url: str | None
    opa_url: str | None
    local: Platform | None


def find_targets() -> Targets:
    """The platform to operate on: when the environment names a broker, all of it is read there.

    Raises ActionableError without broker and local run, ConfigError for a wrong environment.
    """
    if not is_unset(_BROKER):
        return Targets(
            broker_url=secret(_BROKER),
            mongo_url=None if is_unset(_MONGO) else secret(_MONGO),
            opa_url=setting("KETENAANPAK_OPA_URL", "") or None,
            local=None,
        )
    local = find_local_platform()
    return Targets(
        broker_url=local.parts.broker_url("operator"),
        mongo_url=local.parts.mongo_url("auditor"),
        opa_url=local.parts.opa_url,
        local=local,
    )


def find_local_platform() -> Platform:
    """The local run; raises ActionableError when none has been started here."""
    folder = state_folder()
    if not (folder / "secrets").is_dir():
        raise ActionableError(
            f"no platform has been started in {folder}",
            "start one with `make up`, or name another state folder in KETENAANPAK_STATE",
        )
    return Platform(folder)  # on the ports that it was started on


def is_unset(name: str) -> bool:
    """Whether the environment gives a variable neither as such nor as a file."""
    return name not in os.environ and f"{name}_FILE" not in os.environ
