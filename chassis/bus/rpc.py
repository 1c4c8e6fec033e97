"""The RPC server: who may call a method, encrypted requests, coded errors."""

import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import amqp
from kombu import serialization
from kombu.exceptions import DecodeError
from nameko.extensions import Entrypoint, SharedExtension

from chassis.bus import topology
from chassis.bus.acknowledgement import acknowledge, answer
from chassis.bus.container import CALL
from chassis.bus.listener import Consumer, Listener
from chassis.errors import CodedError, Mangled, Park, Refuse, coded
from chassis.logs import logger
from chassis.metrics import RPC_SECONDS
from chassis.sealing import CONTENT_TYPE, SERIALIZER
from chassis.validation import dump, load

PREFETCH = 32
"""Requests that one process handles at a time."""

_CLOCKS_MAY_DIFFER_MS = 500
_ANSWER_MS = "10000"

_loads: Callable[..., Any] = serialization.loads
_serialize: Callable[..., Any] = serialization.dumps

_log = logger(__name__)


class RpcConsumer(SharedExtension):  # type: ignore[misc]
    """Consumes the request queue of a service, for all its methods."""

    listener = Listener()

    def __init__(self) -> None:
        self._methods: dict[str, Rpc] = {}

    def setup(self) -> None:
        """Register the request queue with the listener."""
        queue = topology.rpc_queue(self.container.service_name)
        self.listener.add_consumer(Consumer(queue, PREFETCH, self.handle))

    def register(self, method: "Rpc") -> None:
        """Dispatch requests for this method to it."""
        self._methods[method.method_name] = method

    def handle(self, message: amqp.Message) -> None:
        """Start the method that a request names; drop a request that has expired.

        The broker has verified `user_id`. A reply goes to that user's own reply queues only,
        whatever `reply_to` says.
        """
        user = message.properties.get("user_id", "")
        reply_to = message.properties.get("reply_to", "")
        if not user or not reply_to.startswith(topology.reply_queue(user, "")):
            _log.warning("request_dropped", caller=user, ground="no address of its own")
            acknowledge(message)
        elif _expired(message):
            _log.info("request_dropped", caller=user, ground="expired")
            acknowledge(message)
        else:
            self._dispatch(message, user)

    def _dispatch(self, message: amqp.Message, user: str) -> None:
        name = message.delivery_info["routing_key"].rpartition(".")[2]
        finish = partial(_finish, message, time.monotonic(), name if name in self._methods else "")
        try:
            method = self._methods.get(name)
            if method is None:
                raise Park("unknown_method", f"no method {name}")
            if user not in method.allowed():
                raise Refuse("caller_refused", f"{user} may not call {name}")
            payload = _open(message)
        except CodedError as error:
            _log.warning("request_refused", caller=user, method=name, code=error.code)
            finish(None, None, (type(error), error, None))
            return
        self.container.spawn_worker(
            method, (payload,), {}, context_data={CALL: trace_of(message)}, handle_result=finish
        )


class Rpc(Entrypoint):  # type: ignore[misc]
    """A method that other services call with one payload, a JSON value.

    `callers` are the broker users that may call it, by default those in the class attribute
    `allowed_callers`.
    """

    consumer = RpcConsumer()

    def __init__(self, callers: tuple[str, ...] | None = None, **options: Any) -> None:
        self._callers = callers
        super().__init__(**options)

    def setup(self) -> None:
        """Register with the consumer."""
        self.consumer.register(self)

    def stop(self) -> None:
        """Take no further requests."""
        self.consumer.listener.cancel()

    def allowed(self) -> tuple[str, ...]:
        """The broker users that may call this method."""
        if self._callers is not None:
            return self._callers
        return tuple(getattr(self.container.service_cls, "allowed_callers", ()))


def rpc(
    method: Callable[..., Any] | None = None,
    *,
    callers: tuple[str, ...] | None = None,
    checked: bool = True,
    dumped: bool = False,
) -> Callable[..., Any]:
    """Decorator: makes a method callable by `callers`, else by the class's `allowed_callers`.

    The class attribute `contract` maps a method's name to the schemas of its request and reply.
    `checked`: the method receives the request as the schema loads it, and one that does not
    validate is refused with `validation_failed`. `dumped`: the reply is what the schema dumps of
    the returned value (an allow-list); otherwise the method returns the JSON value itself.
    Without a contract it receives the payload as it is.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def entrypoint(service: Any, payload: Any) -> Any:
            request, reply = getattr(service, "contract", {}).get(function.__name__, (None, None))
            loaded = load(request, payload) if checked and request else payload
            result = function(service, loaded)
            return dump(reply, result) if dumped else result

        registered: Callable[..., Any] = Rpc.decorator(callers=callers)(entrypoint)
        return registered

    return decorate if method is None else decorate(method)


def trace_of(message: amqp.Message) -> str | None:
    """The trace id that a request or event carries in its `traceparent`."""
    headers = message.properties.get("application_headers") or {}
    return trace_id(headers.get("traceparent"))


def trace_id(traceparent: object) -> str | None:
    """The trace id in a W3C `traceparent`, None when it is not one."""
    parts = traceparent.split("-") if isinstance(traceparent, str) else []
    return parts[1] if len(parts) == 4 and len(parts[1]) == 32 and parts[1].isalnum() else None


def _expired(message: amqp.Message) -> bool:
    """Whether the caller's deadline has passed; never for a request without one.

    The broker's own expiration does not reach messages that a frozen process has prefetched.
    """
    headers = message.properties.get("application_headers") or {}
    deadline = headers.get("deadline")
    if not isinstance(deadline, int):
        return False
    return time.time() * 1000 > deadline + _CLOCKS_MAY_DIFFER_MS


def _open(message: amqp.Message) -> Any:
    """The payload of a request; raises `Mangled` unless it is encrypted and well-formed."""
    if message.properties.get("content_type") != CONTENT_TYPE:
        raise Mangled("not sealed")
    try:
        body = _loads(message.body, CONTENT_TYPE, "binary", accept={CONTENT_TYPE})
        (payload,) = body["args"]
        if body["kwargs"]:
            raise Mangled("a method takes one payload")
    except (DecodeError, KeyError, TypeError, ValueError) as error:
        raise Mangled("not a request") from error
    return payload


def _finish(
    message: amqp.Message, began: float, method: str, _worker: Any, result: Any, exc_info: Any
) -> tuple[Any, Any]:
    """Reply, then acknowledge: in the other order a crash would lose the reply."""
    error = exc_info[1] if exc_info else None
    outcome, body = _reply_body(method, result, error)
    answer(message, topology.RPC_EXCHANGE, message.properties["reply_to"], _reply(message, body))
    acknowledge(message)
    RPC_SECONDS.labels(method, outcome).observe(time.monotonic() - began)
    return result, exc_info


def _reply_body(method: str, result: Any, error: BaseException | None) -> tuple[str, bytes]:
    """The outcome as the metric labels it, and the encrypted body of the reply."""
    if error is None:
        try:
            return "ok", _dumps({"result": result, "error": None})
        except Exception as failure:
            error = failure
    cause = coded(error)
    if cause is None:
        _log.error("request_failed", method=method, exc_info=error)
        return "internal_error", _dumps({"result": None, "error": _error("internal_error")})
    try:
        return cause.code, _dumps(
            {"result": None, "error": _error(cause.code, cause.detail, cause.members)}
        )
    except Exception as failure:
        _log.error("refusal_unreadable", method=method, code=cause.code, exc_info=failure)
        return cause.code, _dumps({"result": None, "error": _error(cause.code)})


def _error(code: str, detail: str | None = None, members: Any = None) -> dict[str, Any]:
    """An error on the wire; `exc_type` and `value` are what nameko's own client reads."""
    return {
        "code": code,
        "detail": detail,
        "members": members or {},
        "exc_type": code,
        "value": detail,
    }


def _dumps(value: dict[str, Any]) -> bytes:
    body: bytes = _serialize(value, serializer=SERIALIZER)[2]
    return body


def _reply(request: amqp.Message, body: bytes) -> amqp.Message:
    """A transient message that expires: no caller waits long for a reply."""
    service = request.delivery_info["routing_key"].partition(".")[0]
    return amqp.Message(
        body,
        content_type=CONTENT_TYPE,
        content_encoding="binary",
        delivery_mode=1,
        expiration=_ANSWER_MS,
        correlation_id=request.properties.get("correlation_id", ""),
        user_id=service,
    )
