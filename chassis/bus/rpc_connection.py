"""One connection on which requests go out and their answers come back, in one thread."""

import os
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from typing import Any

import amqp

from chassis.bus import topology
from chassis.bus.connection import BROKEN, connect, drain_events, drop, publish
from chassis.errors import TimedOut, Unreachable


class RpcConnection:
    """A connection with an exclusive reply queue; for one thread at a time.

    `suspect`: a reply did not come, so the broker is probed before the next use. `broken`: the
    connection failed and is to be closed. `blocked`: the broker accepts no messages now.
    """

    def __init__(self, url: str, user: str, seconds: float) -> None:
        """Connect in about `seconds`; raises one of `BROKEN`."""
        self.user = user
        self.suspect = False
        self.broken = False
        self.blocked = False
        self.reply_to = topology.reply_queue(user, uuid.uuid4().hex)
        self._numbers = count(1)
        self._arrived: dict[str, amqp.Message | None] = {}
        self._expected: dict[str, str] = {}
        self._connection = connect(url, f"{user} calls", seconds=seconds)
        self._connection.on_blocked = self._on_blocked
        self._connection.on_unblocked = self._on_unblocked
        self._open()

    def _open(self) -> None:
        try:
            self._channel = self._connection.channel()
            self._channel.queue_declare(
                self.reply_to, durable=False, exclusive=True, auto_delete=True
            )
            self._channel.queue_bind(self.reply_to, topology.RPC_EXCHANGE, self.reply_to)
            self._channel.basic_consume(self.reply_to, no_ack=True, callback=self._on_reply)
            self._channel.events["basic_return"].add(self._on_return)
        except BaseException:
            self.close()
            raise

    def usable(self, seconds: float) -> bool:
        """Whether the broker is there; only a suspect connection is probed, for `seconds` at most.

        A blocked broker reads nothing, so it is not probed; it notifies us when it is unblocked.
        """
        try:
            while drain_events(self._connection, 0):
                pass
            if self.suspect and not self.blocked:
                with self._connection.transport.having_timeout(seconds):
                    self._channel.basic_qos(0, 0, False)
                self.suspect = False
        except BROKEN:
            return False
        return True

    def send(self, service: str, method: str, body: bytes, properties: Mapping[str, Any]) -> str:
        """Publish one request and return its correlation id. Raises one of `BROKEN`.

        When it raises, the request was not written whole, so no service receives it.
        """
        correlation_id = f"{next(self._numbers)}"
        message = amqp.Message(
            body,
            correlation_id=correlation_id,
            reply_to=self.reply_to,
            user_id=self.user,
            **properties,
        )
        self._expected[correlation_id] = service
        key = f"{service}.{method}"
        try:
            publish(self._channel, topology.RPC_EXCHANGE, key, message, mandatory=True)
        except BROKEN:
            self.broken = True
            raise
        return correlation_id

    def collect(self, wanted: set[str], deadline: float) -> dict[str, amqp.Message | Exception]:
        """The replies to `wanted` by `deadline` (monotonic seconds), an error for each missing one.

        `Unreachable`: the broker has no queue for the request and returned it. `TimedOut`: no
        reply, for whatever reason. Replies that come later are dropped.
        """
        failure: Exception | None = None
        try:
            while not wanted <= self._arrived.keys():
                left = deadline - time.monotonic()
                if left <= 0 or not drain_events(self._connection, left):
                    self.suspect = True
                    break
        except BROKEN as error:
            self.broken = True
            failure = _explain(error, is_only_request=len(wanted) == 1)
        found = {each: self._reply(each, failure) for each in wanted}
        self._arrived.clear()
        self._expected.clear()
        return found

    def _reply(self, correlation_id: str, failure: Exception | None) -> amqp.Message | Exception:
        if correlation_id not in self._arrived:
            return failure or TimedOut("no answer came in time")
        return self._arrived[correlation_id] or Unreachable("nobody answers to that name")

    def close(self) -> None:
        """Close the connection."""
        drop(self._connection)

    def abandon(self) -> None:
        """Close our copy of the socket, which belongs to the process we were forked from."""
        sock = getattr(self._connection.transport, "sock", None)
        if sock is not None:
            with suppress(OSError):
                os.close(sock.detach())

    def _on_reply(self, message: amqp.Message) -> None:
        """Accept a reply of the service that was called; the broker has verified its `user_id`."""
        correlation_id = message.properties.get("correlation_id")
        service = self._expected.get(correlation_id)
        if service is not None and message.properties.get("user_id") == service:
            self._arrived[correlation_id] = message

    def _on_return(self, _error: Exception, _exchange: str, _key: str, message: Any) -> None:
        correlation_id = message.properties.get("correlation_id")
        if correlation_id in self._expected:
            self._arrived[correlation_id] = None

    def _on_blocked(self, _reason: str) -> None:
        self.blocked = True

    def _on_unblocked(self) -> None:
        self.blocked = False


def _explain(error: BaseException, *, is_only_request: bool) -> Exception:
    """The error for callers; a refusal by the broker can be assigned to a single request only."""
    if is_only_request and isinstance(error, amqp.exceptions.AccessRefused):
        return Unreachable("the broker refuses this call to this user")
    return TimedOut("the connection was lost before the answer came")
