"""How a process of the platform runs: broker, database, policy, keys, clock, logs, errors."""

from typing import Final

VERSION: Final = "0.1.0"
"""The version of the platform, as pyproject.toml has it."""
