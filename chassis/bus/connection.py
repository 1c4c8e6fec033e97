"""An AMQP connection on which every operation ends in bounded time."""

from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp

CONNECT_SECONDS = 2.0
OPERATION_SECONDS = 5.0

BROKEN: tuple[type[BaseException], ...] = (OSError, amqp.exceptions.AMQPError)
"""What any operation may raise when the broker is gone, frozen or refuses us."""


def user_of(url: str) -> str:
    """The broker user that a URL logs in as; it is also the `user_id` of what is published."""
    return unquote(urlsplit(url).username or "guest")


def connect(
    url: str, name: str, *, seconds: float = CONNECT_SECONDS, heartbeat: float = 0
) -> amqp.Connection:
    """Open a connection, in at most `seconds` for each step of the handshake.

    `name` is what the broker lists it by. Afterwards a read or write without a timeout of its
    own raises `TimeoutError` after `OPERATION_SECONDS`. Raises one of `BROKEN`.
    """
    parts = urlsplit(url)
    host = parts.hostname or "127.0.0.1"
    secure = parts.scheme == "amqps"
    connection = amqp.Connection(
        host=f"{host}:{parts.port or (5671 if secure else 5672)}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        login_method="PLAIN",
        virtual_host=unquote(parts.path[1:]) or "/",
        ssl=_tls_options(host) if secure else False,
        connect_timeout=seconds,
        heartbeat=heartbeat,
        client_properties={"connection_name": name},
    )
    try:
        connection.connect()
    except BaseException:
        drop(connection)
        raise
    connection.sock.settimeout(OPERATION_SECONDS)
    return connection


def _tls_options(host: str) -> dict[str, Any]:
    """TLS that verifies certificate and host name, which `ssl=True` does not do in the library.

    Trusted authorities are the system's, or those in `SSL_CERT_FILE`.
    """
    return {"context": {"check_hostname": True}, "server_hostname": host}


def drop(connection: amqp.Connection) -> None:
    """Close the connection, in order when the broker responds, and its socket in any case."""
    transport = connection._transport  # the public name would connect anew
    if transport is None:
        return
    with suppress(*BROKEN):
        if transport.connected:
            with transport.having_timeout(0.5):
                connection.send_method(amqp.spec.Connection.Close, "BsBB", (200, "goodbye", 0, 0))
    with suppress(*BROKEN):
        connection.collect()


def publish(
    channel: amqp.Channel,
    exchange: str,
    key: str,
    message: amqp.Message,
    *,
    mandatory: bool = False,
) -> None:
    """Write one message and return, without reading from the socket as the library does first.

    That would read frames in a greenthread that is not the connection's reader. Raises one of
    `BROKEN`; the connection must then be dropped, since half a frame may have been written.
    """
    if channel.connection is None:
        raise amqp.exceptions.RecoverableConnectionError("the channel is closed")
    channel.send_method(
        amqp.spec.Basic.Publish, "Bssbb", (0, exchange, key, mandatory, False), message
    )


def drain_events(connection: amqp.Connection, seconds: float) -> bool:
    """Handle what the broker sends within `seconds`; False when it sent nothing.

    Returns after the first complete method or message; 0 polls without waiting. Raises one of
    `BROKEN` when the connection is gone.
    """
    try:
        connection.drain_events(timeout=seconds)
    except TimeoutError:
        return False
    return True
