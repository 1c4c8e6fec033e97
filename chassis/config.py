"""Settings: from the environment only, read once, typed.

Every variable ``X`` may be given as ``X_FILE`` instead, the path of a file that holds the value.
No secret has a default, and a value never appears in an error.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from environs import EnvError, FileAwareEnv

from chassis.sealing import KeyRing, decode_key

T = TypeVar("T")

_PREFIX = "KETENAANPAK_"


class ConfigError(Exception):
    """The environment lacks settings. The message names every variable that is missing or wrong."""

    def __init__(self, problems: dict[str, str]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in problems.items()))


@dataclass(frozen=True)
class ProcessConfig:
    """The settings of every process of the platform."""

    service: str
    broker_url: str = field(repr=False)
    bus_keys: KeyRing
    opa_url: str | None
    clock_file: Path | None
    log_level: str


@dataclass(frozen=True)
class Config(ProcessConfig):
    """The settings of a service with a database of its own."""

    mongo_url: str = field(repr=False)
    database: str
    master_keys: KeyRing
    hash_key: bytes = field(repr=False)
    health_host: str
    health_port: int


def load_process(name: str) -> ProcessConfig:
    """The settings of a process without a database, such as the gateway. Raises ConfigError."""
    reader = _Reader()
    config = ProcessConfig(**_shared(reader, name))
    reader.finish()
    return config


def load(service: str) -> Config:
    """The settings of a service. Raises ConfigError, which names everything that is wrong."""
    reader = _Reader()
    config = Config(
        **_shared(reader, service),
        mongo_url=reader.text("MONGO_URL"),
        database=reader.text("DATABASE", service),
        master_keys=reader.keys("MASTER_KEYS"),
        hash_key=reader.key("HASH_KEY"),
        health_host=reader.text("HEALTH_HOST", "127.0.0.1"),
        health_port=reader.number("HEALTH_PORT"),
    )
    reader.finish()
    return config


def _shared(reader: "_Reader", service: str) -> dict[str, Any]:
    return {
        "service": service,
        "broker_url": reader.text("BROKER_URL"),
        "bus_keys": reader.keys("BUS_KEYS"),
        "opa_url": reader.text("OPA_URL", "") or None,
        "clock_file": reader.path("CLOCK_FILE"),
        "log_level": reader.text("LOG_LEVEL", "INFO"),
    }


def setting(name: str, default: str | None = None) -> str:
    """A further setting, by its full name; ConfigError when missing without a default."""
    return _one(name, lambda reader, short: reader.text(short, default))


def secret(name: str) -> str:
    """A further secret as text, by its full name; it never has a default."""
    return _one(name, lambda reader, short: reader.text(short))


def secret_key(name: str) -> bytes:
    """A further secret of at least 32 bytes, written in base64, by its full name."""
    return _one(name, lambda reader, short: reader.key(short))


def whole_number(name: str, default: int | None = None) -> int:
    """A further setting that is a whole number, by its full name."""
    return _one(name, lambda reader, short: reader.number(short, default))


def _one(name: str, read: Callable[["_Reader", str], T]) -> T:
    reader = _Reader()
    value = read(reader, name.removeprefix(_PREFIX))
    reader.finish()
    return value


class _Reader:
    """Reads variables and collects what is wrong with them, for `finish` to raise at once."""

    def __init__(self) -> None:
        self._env = FileAwareEnv(prefix=_PREFIX, strip_whitespace=True)
        self._problems: dict[str, str] = {}

    def text(self, name: str, default: str | None = None) -> str:
        try:
            found = self._env.str(name) if default is None else self._env.str(name, default)
            value = str(found).strip()
        except EnvError:
            self._problems[_PREFIX + name] = "not set"
            return ""
        except (ValueError, OSError):
            self._problems[f"{_PREFIX}{name}_FILE"] = "names no readable file of text"
            return ""
        if not value and default is None:
            self._problems[_PREFIX + name] = "empty"
        return value

    def parsed(self, name: str, parse: Callable[[str], T], default: str | None = None) -> T:
        value = self.text(name, default)
        nothing = cast(T, None)  # never leaves this module: `finish` raises first
        if not value:
            return nothing
        try:
            return parse(value)
        except ValueError as error:
            self._problems[_PREFIX + name] = str(error)
            return nothing

    def keys(self, name: str) -> KeyRing:
        return self.parsed(name, KeyRing.parse)

    def key(self, name: str) -> bytes:
        return self.parsed(name, _long_key)

    def number(self, name: str, default: int | None = None) -> int:
        return self.parsed(name, _number, None if default is None else str(default))

    def path(self, name: str) -> Path | None:
        value = self.text(name, "")
        return Path(value) if value else None

    def finish(self) -> None:
        if self._problems:
            raise ConfigError(self._problems)


def _number(value: str) -> int:
    if not value.isdecimal():
        raise ValueError("not a whole number")
    return int(value)


def _long_key(value: str) -> bytes:
    key = decode_key(value)
    if len(key) < 32:
        raise ValueError("a key is at least 32 bytes")
    return key
