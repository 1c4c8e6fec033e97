"""nameko's service container, with the id of the call in every log line of a worker."""

import sys
from collections.abc import Callable
from typing import Any

from nameko.containers import ServiceContainer, WorkerContext

from chassis.logs import bind_call

HandleResult = Callable[[WorkerContext, Any, Any], tuple[Any, Any]]

CALL = "call_id"
"""The key of the call id in the context data of a worker."""


class Container(ServiceContainer):  # type: ignore[misc]
    """Runs workers as nameko does, but never logs the message of an exception.

    nameko's own `_run_worker` logs it, and it may quote content; here each entrypoint logs its
    failures itself.
    """

    def _run_worker(self, worker_ctx: WorkerContext, handle_result: HandleResult | None) -> None:
        with bind_call(worker_ctx.data.get(CALL) or worker_ctx.call_id):
            self._inject_dependencies(worker_ctx)
            self._worker_setup(worker_ctx)
            result = exc_info = None
            try:
                method = getattr(worker_ctx.service, worker_ctx.entrypoint.method_name)
                result = method(*worker_ctx.args, **worker_ctx.kwargs)
            except Exception:
                exc_info = sys.exc_info()
            if handle_result is not None:
                result, exc_info = handle_result(worker_ctx, result, exc_info)
            self._worker_result(worker_ctx, result, exc_info)
            del exc_info  # a traceback holds this frame: without the cycle it is freed at once
            self._worker_teardown(worker_ctx)
