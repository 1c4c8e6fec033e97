"""Asking other services: sealed requests that expire, answers matched by id."""

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

    Each call borrows one of at most `size` connections, and publishes and
    listens in the caller's own thread: nothing is handed over between threads.
    A connection is made when none is idle, and again when one has died.
    """

    def __init__(
        self, broker_url: str, ring: KeyRing, user: str | None = None, size: int = 32
    ) -> None:
        self._url = broker_url
        self._ring = ring
        self._user = user or user_of(broker_url)
        self._size = size
        self._start_afresh()

    def call(self, service: str, method: str, payload: Any, timeout: float = 2.0) -> Any:
        """The result of one method, in at most `timeout` seconds.

        Raises `Unreachable` (nothing was sent), `TimedOut` (it was sent, and
        whether it happened is unknown) or `RemoteError` (the service refused;
        its code, detail and members).
        """
        return self.call_many([(service, method, payload)], timeout)[0]

    def call_many(
        self, requests: Sequence[Request], timeout: float = 2.0, *, return_errors: bool = False
    ) -> list[Any]:
        """The results of several methods asked at the same time, in order.

        The first error in that order is raised, or with `return_errors` each
        error stands in its result's place.
        """
        outcomes = self._exchange(requests, time.monotonic() + timeout, timeout)
        if not return_errors:
            for outcome in outcomes:
                if isinstance(outcome, Exception):
                    raise outcome
        return outcomes

    def reachable(self) -> bool:
        """Whether the broker answers us now, within about a second."""
        try:
            connection = self._take(time.monotonic() + _PROBE_SECONDS)
        except Unreachable:
            return False
        connection.suspect = True
        connection.broken = not connection.usable(_PROBE_SECONDS)
        self._give_back(connection)
        return not connection.broken

    def close(self) -> None:
        """Close the connections that nobody is using."""
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
            connection = self._take(deadline)
        except Unreachable as error:
            return [error for _ in requests]
        try:
            return self._ask(connection, requests, bodies, deadline, timeout)
        except BaseException:
            connection.broken = True  # interrupted midway: what is in its buffers is unknown
            raise
        finally:
            self._give_back(connection)

    def _ask(
        self,
        connection: RpcConnection,
        requests: Sequence[Request],
        bodies: Sequence[bytes],
        deadline: float,
        timeout: float,
    ) -> list[Any]:
        """Publish everything, then listen until all is answered or the time is over."""
        properties = _properties(timeout)
        sent: list[str] = []
        with suppress(*BROKEN):
            for (service, method, _payload), body in zip(requests, bodies, strict=True):
                sent.append(connection.send(service, method, body, properties))
        answers = connection.collect(set(sent), deadline) if sent else {}
        outcomes = [self._read(answers[each]) for each in sent]
        missing = len(requests) - len(sent)
        return outcomes + [Unreachable("the connection broke before sending")] * missing

    def _read(self, answer: Any) -> Any:
        """The result in an answer, or the error that it stands for."""
        if isinstance(answer, Exception):
            return answer
        try:
            told = sealing.loads(self._ring, answer.body)
            error = told["error"]
            if error is None:
                return told["result"]
            return RemoteError(error["code"], error.get("detail"), error.get("members"))
        except (Mangled, KeyError, TypeError):
            return TimedOut("the answer cannot be read")

    def _take(self, deadline: float) -> RpcConnection:
        if self._pid != os.getpid():
            self._forget_parent()
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
            if connection.usable(min(_PROBE_SECONDS, _left(deadline))):
                if connection.blocked:
                    self._keep(connection)
                    raise Unreachable("the broker takes no messages now")
                return connection
            connection.close()

    def _new_connection(self, deadline: float) -> RpcConnection:
        try:
            return RpcConnection(self._url, self._user, min(CONNECT_SECONDS, _left(deadline)))
        except BROKEN as error:
            raise Unreachable("the broker cannot be reached") from error

    def _give_back(self, connection: RpcConnection) -> None:
        if connection.broken:
            connection.close()
        else:
            self._keep(connection)
        self._free.release()

    def _keep(self, connection: RpcConnection) -> None:
        with self._lock:
            self._idle.append(connection)

    def _start_afresh(self) -> None:
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._idle: list[RpcConnection] = []
        self._free = threading.BoundedSemaphore(self._size)

    def _forget_parent(self) -> None:
        """After a fork the sockets are the parent's: using or closing them would disturb it."""
        inherited = self._idle
        self._start_afresh()
        for connection in inherited:
            connection.abandon()


def _left(deadline: float) -> float:
    return max(0.05, deadline - time.monotonic())


def _properties(timeout: float) -> dict[str, Any]:
    """Transient, gone when the caller has stopped waiting, and traceable."""
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
