"""One plain AMQP connection whose every operation ends in bounded time."""

from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp

CONNECT_SECONDS = 2.0
OPERATION_SECONDS = 5.0

BROKEN: tuple[type[BaseException], ...] = (OSError, amqp.exceptions.AMQPError)
"""What any operation may raise once the broker is gone, frozen or refuses us."""


def user_of(url: str) -> str:
    """The broker user that a URL logs in as; it is also the `user_id` of what is published."""
    return unquote(urlsplit(url).username or "guest")


def connect(
    url: str, name: str, *, seconds: float = CONNECT_SECONDS, heartbeat: float = 0
) -> amqp.Connection:
    """Open a connection, in at most `seconds` for each step of the handshake.

    Afterwards any read or write that does not say otherwise ends after
    `OPERATION_SECONDS` with `TimeoutError`: a frozen broker holds nobody.
    Raises one of `BROKEN`.
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
        ssl=_verified(host) if secure else False,
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


def _verified(host: str) -> dict[str, Any]:
    """TLS that checks certificate and host name, which the library does not do when asked plainly.

    The authorities are the system's, or those that `SSL_CERT_FILE` names.
    """
    return {"context": {"check_hostname": True}, "server_hostname": host}


def drop(connection: amqp.Connection) -> None:
    """Say goodbye when the broker listens, and let go of the socket either way."""
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
    """Write one message and return: without the look at the socket that the library takes first.

    That look would read frames in a greenthread that is not the connection's reader.
    Raises one of `BROKEN`; the connection must then be dropped, for half a frame may be out.
    """
    if channel.connection is None:
        raise amqp.exceptions.RecoverableConnectionError("the channel is closed")
    channel.send_method(
        amqp.spec.Basic.Publish, "Bssbb", (0, exchange, key, mandatory, False), message
    )


def pump(connection: amqp.Connection, seconds: float) -> bool:
    """Handle what the broker sends within `seconds`; False when it sent nothing.

    Returns after the first frame that completed something. `seconds` of 0
    looks without waiting. Raises one of `BROKEN` when the connection is gone.
    """
    try:
        connection.drain_events(timeout=seconds)
    except TimeoutError:
        return False
    return True
