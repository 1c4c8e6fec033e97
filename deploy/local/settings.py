"""The environment of every process of the local run, in one place."""

from __future__ import annotations

import os
from pathlib import Path

from deploy.local import identity
from deploy.local.parts import Parts
from deploy.local.ports import HOST

SERVICES = ("intake", "risk", "plans", "notifications", "audit")
PREFIX = "KETENAANPAK_"


class Settings:
    """Gives each process its variables, and nothing of another process.

    A secret is handed over as `X_FILE`, the path of a file that only its owner can read, so
    that it shows neither in the process list nor in a crash report.
    """

    def __init__(self, state: Path, parts: Parts, gateway_port: int) -> None:
        self.state = state
        self.parts = parts
        self.secrets = parts.secrets
        self.gateway_port = gateway_port
        self.clock_file = state / "clock"
        self.checkpoints = state / "checkpoints"
        self.staff_matches = state / "staff-matches.json"

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
        hidden = {
            "BROKER_URL": self.parts.broker_url(service),
            "MONGO_URL": self.parts.mongo_url(service),
            "BUS_KEYS": self.secrets.key_ring("bus-keys"),
            "MASTER_KEYS": self.secrets.key_ring(f"master-keys-{service}"),
            "HASH_KEY": self.secrets.key(f"hash-key-{service}"),
        }
        if service == "notifications":
            plain["OPA_URL"] = self.parts.opa_url
        if service == "intake":
            plain["STAFF_MATCHES"] = str(self.staff_matches)
            hidden["MATCHING_KEY"] = self.secrets.key("matching-key")
        if service == "audit":
            plain["CHECKPOINT_DIR"] = str(self.checkpoints)
            hidden["SIGNING_KEY"] = identity.audit_key(self.secrets).read_text()
        return self._environment(service, plain, hidden)

    def of_gateway(self) -> dict[str, str]:
        """Give the environment of the gateway."""
        plain = {
            "PORT": str(self.gateway_port),
            "OPA_URL": self.parts.opa_url,
            "JWKS": str(identity.Identity(self.secrets).jwks),
            "ISSUER": identity.ISSUER,
            "AUDIENCE": identity.AUDIENCE,
        }
        hidden = {
            "BROKER_URL": self.parts.broker_url("gateway"),
            "BUS_KEYS": self.secrets.key_ring("bus-keys"),
        }
        return self._environment("gateway", plain, hidden)

    def of_operator(self) -> dict[str, str]:
        """Give the environment of the operators' command."""
        hidden = {
            "BROKER_URL": self.parts.broker_url("operator"),
            "BUS_KEYS": self.secrets.key_ring("bus-keys"),
        }
        return self._environment("operator", {"OPA_URL": self.parts.opa_url}, hidden)

    def _environment(
        self, process: str, plain: dict[str, str], hidden: dict[str, str]
    ) -> dict[str, str]:
        shared = {
            "CLOCK_FILE": str(self.clock_file),
            "LOG_LEVEL": os.environ.get("KETENAANPAK_LOG_LEVEL", "INFO"),
        }
        named = {PREFIX + name: value for name, value in (shared | plain).items()}
        for name, value in hidden.items():
            named[f"{PREFIX}{name}_FILE"] = str(self.secrets.given(process, name, value))
        machine = {
            name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ
        }
        return machine | named | {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
