"""Periodic background work of a service."""

import threading
from collections.abc import Callable

from chassis.errors import may_succeed_later
from chassis.logs import logger

_log = logger(__name__)


class PeriodicTask:
    """Runs a task `seconds` after its last run ended, until `stop`.

    A failure is logged and the task is run again. Every replica runs it: what must happen once
    needs a lease or a claim of its own.
    """

    def __init__(self, name: str, task: Callable[[], object], seconds: float) -> None:
        self._name = name
        self._task = task
        self._seconds = seconds
        self._stopping = threading.Event()

    def run(self) -> None:
        """Run until `stop`; a run that has begun is finished."""
        while not self._stopping.wait(self._seconds):
            try:
                self._task()
            except Exception as error:
                log = _log.warning if may_succeed_later(error) else _log.error
                log("task_failed", task=self._name, exc_info=error)

    def stop(self) -> None:
        """Begin no further run."""
        self._stopping.set()
