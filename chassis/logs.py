"""Structured logs: one JSON object per line, with the call id, and never a body.

Of an exception the type and the stack are logged, not the message, which may quote content.
Records of libraries keep their template and lose their arguments for the same reason: kombu, for
one, logs whole bodies.
"""

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import orjson
import structlog
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from structlog.typing import EventDict, WrappedLogger

_MAX_FRAMES = 12


def configure(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log line of this process to ``stream`` (standard output) as JSON."""
    out = stream or sys.stdout
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    _configure_structlog(service, number, lambda: out)
    root = logging.getLogger()
    root.handlers = [_Handler(service, out)]
    root.setLevel(max(number, logging.WARNING))


def _configure_structlog(service: str, level: int, stream: Callable[[], TextIO]) -> None:
    structlog.configure(
        processors=[
            merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _AddService(service),
            _format_exception,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: structlog.PrintLogger(stream()),
        cache_logger_on_first_use=False,
    )


def logger(name: str) -> Any:
    """A logger: ``log.info("event_name", key=value)``; values are ids, codes and counts only."""
    return structlog.get_logger(part=name)


@contextmanager
def bind_call(call_id: str) -> Iterator[None]:
    """Every line logged inside carries this call id."""
    with bound_contextvars(call_id=call_id):
        yield


def current_call() -> str | None:
    """The id of the call being served, to pass it on to other services."""
    call_id = get_contextvars().get("call_id")
    return call_id if isinstance(call_id, str) else None


def describe_failure(error: BaseException) -> dict[str, Any]:
    """The type of an error, the types of its causes and its innermost frames; not its message."""
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < _MAX_FRAMES:
        causes.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "causes": causes,
        "places": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-3:])


def _dumps(value: Any, **_: Any) -> str:
    return orjson.dumps(value, default=lambda other: type(other).__qualname__).decode()


class _AddService:
    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = self._service
        return event


def _format_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    failure = event.pop("exc_info", None)
    if failure is True:
        failure = sys.exc_info()[1]
    if isinstance(failure, tuple):
        failure = failure[1]
    if isinstance(failure, BaseException):
        event.update(describe_failure(failure))
    return event


class _Handler(logging.Handler):
    """Writes the log records of libraries in our format."""

    def __init__(self, service: str, stream: TextIO) -> None:
        super().__init__()
        self._service = service
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        line: dict[str, Any] = {
            "event": record.msg if isinstance(record.msg, str) else type(record.msg).__qualname__,
            "level": record.levelname.lower(),
            "part": record.name,
            "place": f"{_short(record.pathname)}:{record.lineno}",
            "service": self._service,
            **get_contextvars(),
        }
        if record.exc_info and record.exc_info[1]:
            line.update(describe_failure(record.exc_info[1]))
        self._stream.write(_dumps(line) + "\n")
        self._stream.flush()


# A process that was never configured must not fall back on structlog's defaults, which print
# tracebacks with the values of local variables.
_configure_structlog(Path(sys.argv[0]).stem, logging.INFO, lambda: sys.stderr)
