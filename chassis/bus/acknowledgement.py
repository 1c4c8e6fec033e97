"""What a worker writes about a message on the connection that brought it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import amqp

from chassis.bus.connection import BROKEN, publish
from chassis.logs import logger

_log = logger(__name__)


def acknowledge(message: amqp.Message) -> None:
    """The message has had its effect: the broker may forget it."""
    with _written(message.channel):
        message.channel.basic_ack(message.delivery_tag)


def reject(message: amqp.Message) -> None:
    """The message goes where its queue dead-letters to."""
    with _written(message.channel):
        message.channel.basic_reject(message.delivery_tag, requeue=False)


def answer(request: amqp.Message, exchange: str, key: str, reply: amqp.Message) -> None:
    """Publish an answer on the channel that the request came on."""
    with _written(request.channel):
        publish(request.channel, exchange, key, reply)


@contextmanager
def _written(channel: amqp.Channel) -> Iterator[None]:
    """Nothing to do when the connection is gone: the broker gives the message to somebody again.

    After a write that failed halfway the connection says nonsense, so it is
    ended; its reader notices and connects anew.
    """
    connection = channel.connection
    try:
        yield
    except BROKEN as error:
        _log.info("not_settled", exc_info=error)
        if connection is not None and connection.connected:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
