"""Which platform a command is about: the one that the environment names, else the local run."""

import os
from dataclasses import dataclass

from chassis.config import secret, setting
from deploy.local.platform import Platform
from deploy.local.run import state_folder
from deploy.local.trouble import Trouble

_BROKER = "KETENAANPAK_BROKER_URL"
_MONGO = "KETENAANPAK_MONGO_URL"


@dataclass(frozen=True)
class Place:
    """Where an operator's command finds the parts; `local` only for the run on this machine."""

    broker_url: str
    mongo_url: str | None
    opa_url: str | None
    local: Platform | None


def find_place() -> Place:
    """The platform to operate on. Raises Trouble when neither is there, ConfigError when half is.

    The environment wins: where it names a broker, everything is read from it.
    """
    if runs_locally(_BROKER):
        return _local_place()
    return Place(
        broker_url=secret(_BROKER),
        mongo_url=None if runs_locally(_MONGO) else secret(_MONGO),
        opa_url=setting("KETENAANPAK_OPA_URL", "") or None,
        local=None,
    )


def find_local() -> Platform:
    """The local run; Trouble when none has been started here."""
    folder = state_folder()
    if not (folder / "secrets").is_dir():
        raise Trouble(
            f"no platform has been started in {folder}",
            "start one with `make up`, or name another state folder in KETENAANPAK_STATE",
        )
    return Platform(folder)  # on the ports that it was started on


def _local_place() -> Place:
    local = find_local()
    parts = local.parts
    return Place(
        broker_url=parts.broker_url("operator"),
        mongo_url=parts.mongo_url("auditor"),
        opa_url=parts.opa_url,
        local=local,
    )


def runs_locally(name: str) -> bool:
    """Whether the environment leaves a variable to the local run: it is not given in any way."""
    return name not in os.environ and f"{name}_FILE" not in os.environ
