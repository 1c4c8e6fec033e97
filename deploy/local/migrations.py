"""The migrations of a service in the environment that its process is given."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chassis.config import load
from chassis.migrations import Migrations
from chassis.runtime import open_runtime

PATIENCE = 60.0
"""Seconds to wait for somebody else who runs the steps of a service."""


@contextmanager
def migrations_of(service: str, environment: Mapping[str, str]) -> Iterator[Migrations]:
    """The steps of a service on its own database; within the block this process has its settings.

    Raises ConfigError when the environment lacks some.
    """
    own = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        runtime = open_runtime(load(service))
        try:
            steps = importlib.import_module(f"services.{service}.migrations").STEPS
            yield Migrations(runtime, steps)
        finally:
            runtime.close()
    finally:
        os.environ.clear()
        os.environ.update(own)
