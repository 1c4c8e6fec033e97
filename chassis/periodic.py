"""Work that a service does beside its calls and events, again and again."""

import threading
from collections.abc import Callable

from chassis.errors import may_succeed_later
from chassis.logs import logger

_log = logger(__name__)


class Periodic:
    """Does a task again and again, `seconds` after it ended, until `stop`.

    A failure is logged and not the end. Every replica does it: what must happen once needs a
    claim of its own.
    """

    def __init__(self, name: str, task: Callable[[], object], seconds: float) -> None:
        self._name = name
        self._task = task
        self._seconds = seconds
        self._stopping = threading.Event()

    def run(self) -> None:
        """Run until `stop`; what is in hand then is finished."""
        while not self._stopping.wait(self._seconds):
            try:
                self._task()
            except Exception as error:
                log = _log.warning if may_succeed_later(error) else _log.error
                log("task_failed", task=self._name, exc_info=error)

    def stop(self) -> None:
        """Begin no further round."""
        self._stopping.set()
