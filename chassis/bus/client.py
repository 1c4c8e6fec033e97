"""The RPC client: encrypted requests that expire, replies matched by correlation id."""

import os
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from chassis import sealing
from chassis.bus.connection import BROKEN, CONNECT_SECONDS, user_of
from chassis.bus.rpc_connection import RpcConnection
from chassis.errors import Mangled, RemoteError, TimedOut, Unreachable
from chassis.logs import current_call
from chassis.sealing import KeyRing

Request = tuple[str, str, Any]
"""Service, method, payload (a JSON value)."""

_PROBE_SECONDS = 1.0


class RpcClient:
    """Calls services over RabbitMQ; safe to share between threads, greenthreads and forks.

    Each call takes one connection from a pool of at most `size`, and publishes and consumes in
    the caller's own thread. A connection is opened when none is idle or when one has died.
    """

    def __init__(
        self, broker_url: str, ring: KeyRing, user: str | None = None, size: int = 32
    ) -> None:
        self._url = broker_url
        self._ring = ring
        self._user = user or user_of(broker_url)
        self._size = size
        self._reset()

    def call(self, service: str, method: str, payload: Any, timeout: float = 2.0) -> Any:
        """Return the result of one method, in at most `timeout` seconds.

        Raises `Unreachable` (nothing was sent), `TimedOut` (it was sent, and whether it was
        carried out is unknown) or `RemoteError` (the service answered with an error; its code,
        detail and members).
        """
        return self.call_many([(service, method, payload)], timeout)[0]

    def call_many(
        self, requests: Sequence[Request], timeout: float = 2.0, *, return_errors: bool = False
    ) -> list[Any]:
        """Return the results of several methods that are called at the same time, in order.

        Raises the first error in that order; with `return_errors` an error is returned in the
        place of its result instead.
        """
        outcomes = self._exchange(requests, time.monotonic() + timeout, timeout)
        if not return_errors:
            for outcome in outcomes:
                if isinstance(outcome, Exception):
                    raise outcome
        return outcomes

    def reachable(self) -> bool:
        """Whether the broker answers, within about a second."""
        try:
            connection = self._acquire(time.monotonic() + _PROBE_SECONDS)
        except Unreachable:
            return False
        connection.suspect = True
        connection.broken = not connection.usable(_PROBE_SECONDS)
        self._release(connection)
        return not connection.broken

    def close(self) -> None:
        """Close the idle connections."""
        with self._lock:
            idle = list(self._idle)
            self._idle.clear()
        for connection in idle:
            connection.close()

    def _exchange(self, requests: Sequence[Request], deadline: float, timeout: float) -> list[Any]:
        bodies = [
            sealing.dumps(self._ring, {"args": [payload], "kwargs": {}})
            for _service, _method, payload in requests
        ]
        try:
            connection = self._acquire(deadline)
        except Unreachable as error:
            return [error for _ in requests]
        try:
            return self._send_and_collect(connection, requests, bodies, deadline, timeout)
        except BaseException:
            connection.broken = True  # interrupted midway: what is in its buffers is unknown
            raise
        finally:
            self._release(connection)

    def _send_and_collect(
        self,
        connection: RpcConnection,
        requests: Sequence[Request],
        bodies: Sequence[bytes],
        deadline: float,
        timeout: float,
    ) -> list[Any]:
        """Publish every request, then consume replies until all have come or time is up."""
        properties = _properties(timeout)
        sent: list[str] = []
        with suppress(*BROKEN):
            for (service, method, _payload), body in zip(requests, bodies, strict=True):
                sent.append(connection.send(service, method, body, properties))
        replies = connection.collect(set(sent), deadline) if sent else {}
        outcomes = [self._read(replies[each]) for each in sent]
        missing = len(requests) - len(sent)
        return outcomes + [Unreachable("the connection broke before sending")] * missing

    def _read(self, message: Any) -> Any:
        """The result that a reply carries, or the error."""
        if isinstance(message, Exception):
            return message
        try:
            reply = sealing.loads(self._ring, message.body)
            error = reply["error"]
            if error is None:
                return reply["result"]
            return RemoteError(error["code"], error.get("detail"), error.get("members"))
        except (Mangled, KeyError, TypeError):
            return TimedOut("the answer cannot be read")

    def _acquire(self, deadline: float) -> RpcConnection:
        if self._pid != os.getpid():
            self._reset_after_fork()
        if not self._free.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise Unreachable("every connection is busy")
        try:
            return self._idle_connection(deadline) or self._new_connection(deadline)
        except BaseException:
            self._free.release()
            raise

    def _idle_connection(self, deadline: float) -> RpcConnection | None:
        while True:
            with self._lock:
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return None
            if connection.usable(min(_PROBE_SECONDS, _remaining(deadline))):
                if connection.blocked:
                    self._add_idle(connection)
                    raise Unreachable("the broker takes no messages now")
                return connection
            connection.close()

    def _new_connection(self, deadline: float) -> RpcConnection:
        try:
            return RpcConnection(self._url, self._user, min(CONNECT_SECONDS, _remaining(deadline)))
        except BROKEN as error:
            raise Unreachable("the broker cannot be reached") from error

    def _release(self, connection: RpcConnection) -> None:
        if connection.broken:
            connection.close()
        else:
            self._add_idle(connection)
        self._free.release()

    def _add_idle(self, connection: RpcConnection) -> None:
        with self._lock:
            self._idle.append(connection)

    def _reset(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._idle: list[RpcConnection] = []
        self._free = threading.BoundedSemaphore(self._size)

    def _reset_after_fork(self) -> None:
        """Drop the inherited sockets: using or closing them in order would disturb the parent."""
        inherited = self._idle
        self._reset()
        for connection in inherited:
            connection.abandon()


def _remaining(deadline: float) -> float:
    return max(0.05, deadline - time.monotonic())


def _properties(timeout: float) -> dict[str, Any]:
    """AMQP properties of a request: transient, expiring with the timeout, with a trace id."""
    milliseconds = max(1, int(timeout * 1000))
    trace = current_call() or ""
    if len(trace) != 32 or not trace.isalnum():
        trace = uuid.uuid4().hex
    return {
        "content_type": sealing.CONTENT_TYPE,
        "content_encoding": "binary",
        "delivery_mode": 1,
        "expiration": str(milliseconds),
        "application_headers": {
            "traceparent": f"00-{trace}-{os.urandom(8).hex()}-01",
            "deadline": int(time.time() * 1000) + milliseconds,
        },
    }
