"""Settings of the gateway: from the environment only, read once, typed."""

from dataclasses import dataclass

from chassis import config as settings
from chassis.config import ConfigError, ProcessConfig


@dataclass(frozen=True)
class GatewayConfig:
    """The gateway's settings, beside those that every process has."""

    process: ProcessConfig
    opa_url: str
    jwks: str
    issuer: str
    audience: str


def load() -> GatewayConfig:
    """The gateway's settings. Raises ConfigError, naming what is missing.

    `KETENAANPAK_JWKS` is the path of a JWKS file or an https URL.
    """
    process = settings.load_process("gateway")
    if process.opa_url is None:
        raise ConfigError({"KETENAANPAK_OPA_URL": "not set"})
    return GatewayConfig(
        process=process,
        opa_url=process.opa_url,
        jwks=settings.setting("KETENAANPAK_JWKS"),
        issuer=settings.setting("KETENAANPAK_ISSUER"),
        audience=settings.setting("KETENAANPAK_AUDIENCE"),
    )
