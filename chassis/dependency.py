"""The service's application object: created once per process, injected into every worker."""

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from nameko.extensions import DependencyProvider

from chassis.errors import may_succeed_later
from chassis.logs import logger
from chassis.runtime import Runtime

T = TypeVar("T")

RUNTIME = "runtime"
"""The key of the runtime in the container's configuration."""

_AGAIN_SECONDS = 0.5

_log = logger(__name__)


class Provided(DependencyProvider, Generic[T]):  # type: ignore[misc]
    """`app = Provided(Application)`: one `Application(runtime)` for the life of the process.

    All workers share the object, so it keeps no state of a single call.
    """

    def __init__(self, factory: Callable[[Runtime], T]) -> None:
        self._factory = factory
        self.value: T | None = None

    def setup(self) -> None:
        """Create the object; retries for as long as that raises an error that may pass.

        Any other error ends the process.
        """
        while True:
            try:
                self.value = self._factory(self.container.config[RUNTIME])
                return
            except Exception as error:
                if not may_succeed_later(error):
                    raise
                _log.warning("waiting_for_parts", provided=self.attr_name, exc_info=error)
                time.sleep(_AGAIN_SECONDS)

    def get_dependency(self, worker_ctx: Any) -> T | None:
        """The same object each time."""
        return self.value
