"""The environment of every process of the local run, in one place."""

from __future__ import annotations

import os
from pathlib import Path

from deploy.local import identity
from deploy.local.parts import Parts
from deploy.local.ports import HOST
from deploy.local.secrets import Secrets

SERVICES = ("intake", "risk", "plans", "notifications", "audit")
PREFIX = "KETENAANPAK_"
LOST_AT = "KETENAANPAK_CHECKPOINT_FILE_LOST_AT"
"""Set by an operator to confirm that audit's checkpoint file is lost for good; docs/runbook.md."""


def secrets_of(process: str, secrets: Secrets, broker_url: str, mongo_url: str) -> dict[str, str]:
    """Give the secret variables (without prefix) of a process.

    `process` is a service, `gateway` or `operator`; `mongo_url` is used for services only.
    """
    own = {"BROKER_URL": broker_url, "BUS_KEYS": secrets.key_ring("bus-keys")}
    if process in SERVICES:
        own["MONGO_URL"] = mongo_url
        own["MASTER_KEYS"] = secrets.key_ring(f"master-keys-{process}")
        own["HASH_KEY"] = secrets.key(f"hash-key-{process}")
    if process == "intake":
        own["MATCHING_KEY"] = secrets.key("matching-key")
    if process == "audit":
        own["SIGNING_KEY"] = identity.audit_key(secrets).read_text()
    return own


class Settings:
    """Gives each process its environment variables, and none of another process.

    A secret is given as `X_FILE`, the path of a file that only its owner can read, so that it is
    neither in the process list nor in a crash report.
    """

    def __init__(self, state: Path, parts: Parts, gateway_port: int) -> None:
        self.state = state
        self.parts = parts
        self.secrets = parts.secrets
        self.gateway_port = gateway_port
        self.clock_file = state / "clock"
        self.checkpoints = state / "checkpoints"
        self.staff_matches = state / "staff-matches.json"
        """What an earlier version read beside its database; a migration takes it over."""

    def health_port(self, service: str) -> int:
        """Give the port of a service's health and metrics."""
        return self.parts.ports.of(f"health-{service}")

    def of_service(self, service: str) -> dict[str, str]:
        """Give the environment of a service."""
        plain = {
            "HEALTH_PORT": str(self.health_port(service)),
            "HEALTH_HOST": HOST,
            "DATABASE": service,
        }
        if service == "notifications":
            plain["OPA_URL"] = self.parts.opa_url
        if service == "intake" and self.staff_matches.exists():
            plain["STAFF_MATCHES"] = str(self.staff_matches)
        if service == "audit":
            plain["CHECKPOINT_DIR"] = str(self.checkpoints)
            plain["CHECKPOINT_FILE_LOST_AT"] = os.environ.get(LOST_AT, "")
        return self._environment(service, plain)

    def of_gateway(self) -> dict[str, str]:
        """Give the environment of the gateway."""
        plain = {
            "PORT": str(self.gateway_port),
            "OPA_URL": self.parts.opa_url,
            "JWKS": str(identity.Identity(self.secrets).jwks),
            "ISSUER": identity.ISSUER,
            "AUDIENCE": identity.AUDIENCE,
        }
        return self._environment("gateway", plain)

    def _environment(self, process: str, plain: dict[str, str]) -> dict[str, str]:
        shared = {
            "CLOCK_FILE": str(self.clock_file),
            "LOG_LEVEL": os.environ.get("KETENAANPAK_LOG_LEVEL", "INFO"),
        }
        named = {PREFIX + name: value for name, value in (shared | plain).items()}
        for name, value in self._secrets_of(process).items():
            named[f"{PREFIX}{name}_FILE"] = str(self.secrets.write_for(process, name, value))
        machine = {
            name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ
        }
        return machine | named | {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}

    def _secrets_of(self, process: str) -> dict[str, str]:
        mongo_url = self.parts.mongo_url(process) if process in SERVICES else ""
        return secrets_of(process, self.secrets, self.parts.broker_url(process), mongo_url)
