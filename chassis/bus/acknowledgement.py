"""Acknowledging, rejecting and answering a message on the connection that delivered it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import amqp

from chassis.bus.connection import BROKEN, publish
from chassis.logs import logger

_log = logger(__name__)


def acknowledge(message: amqp.Message) -> None:
    """Tell the broker to remove the message: it has had its effect."""
    with _ignoring_lost_connection(message.channel):
        message.channel.basic_ack(message.delivery_tag)


def reject(message: amqp.Message) -> None:
    """Have the broker dead-letter the message."""
    with _ignoring_lost_connection(message.channel):
        message.channel.basic_reject(message.delivery_tag, requeue=False)


def answer(request: amqp.Message, exchange: str, key: str, reply: amqp.Message) -> None:
    """Publish a reply on the channel on which the request arrived."""
    with _ignoring_lost_connection(request.channel):
        publish(request.channel, exchange, key, reply)


@contextmanager
def _ignoring_lost_connection(channel: amqp.Channel) -> Iterator[None]:
    """Log the loss of the connection and go on: the broker delivers the message again.

    A write that failed halfway leaves half a frame on the connection, so the socket is shut
    down; the thread that reads it notices and connects again.
    """
    connection = channel.connection
    try:
        yield
    except BROKEN as error:
        _log.info("not_settled", exc_info=error)
        if connection is not None and connection.connected:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
