"""Events that a service gave up on: list them, and send them back when the cause is mended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import amqp
import typer
from rich.console import Console
from rich.table import Table

from chassis.bus import parking
from chassis.bus.connection import BROKEN, connect, drop
from chassis.bus.parking import ParkedEvent
from contracts.topology import SUBSCRIPTIONS
from deploy.local.trouble import Trouble
from ops.place import find_place

_SECONDS = 5.0

app = typer.Typer(no_args_is_help=True, help="Events that could not be handled.")

OfService = Annotated[str | None, typer.Option("--service", help="only of this service")]
OneEvent = Annotated[str | None, typer.Option("--event", help="only the event with this id")]


@app.command("list")
def list_events(service: OfService = None) -> None:
    """List what is parked: ids and reasons, never what an event says."""
    with _broker() as connection:
        parked = {name: parking.list_parked(connection, name) for name in _services_asked(service)}
    if not any(parked.values()):
        print("nothing is parked")
        return
    Console().print(_table(parked))


@app.command("replay")
def replay_events(service: OfService = None, event: OneEvent = None) -> None:
    """Send parked events back to the service that parked them; it handles each one once."""
    sent = 0
    with _broker() as connection:
        for name in _services_asked(service):
            count = _replay(connection, name, event)
            sent += count
            if count:
                print(f"{name}: {count} sent back")
    if event is not None and not sent:
        raise Trouble(
            f"no parked event has the id {event}", "`ketenaanpak parked list` shows the ids"
        )
    if not sent:
        print("nothing is parked")


def count_parked(broker_url: str) -> dict[str, int]:
    """Service → number of parked events, where there are any. Raises one of `BROKEN`."""
    connection = connect(broker_url, "operator counts", seconds=_SECONDS)
    try:
        counts = {
            service: len(parking.list_parked(connection, service)) for service in SUBSCRIPTIONS
        }
    finally:
        drop(connection)
    return {service: count for service, count in counts.items() if count}


def _replay(connection: amqp.Connection, service: str, event: str | None) -> int:
    """Send back; one event is looked for again, since a service that parks holds all for a moment.

    Looks at most four times, within a second.
    """
    sent = parking.replay(connection, service, event)
    for _ in range(3):
        if sent or event is None:
            break
        time.sleep(0.3)
        sent = parking.replay(connection, service, event)
    return sent


def _services_asked(service: str | None) -> tuple[str, ...]:
    if service is None:
        return tuple(SUBSCRIPTIONS)
    if service not in SUBSCRIPTIONS:
        raise Trouble(
            f"no service {service} hears events", f"services are: {', '.join(SUBSCRIPTIONS)}"
        )
    return (service,)


@contextmanager
def _broker() -> Iterator[amqp.Connection]:
    """A connection as the operator; Trouble when the broker is away or refuses."""
    url = find_place().broker_url
    try:
        connection = connect(url, "operator", seconds=_SECONDS)
        try:
            yield connection
        finally:
            drop(connection)
    except BROKEN as error:
        raise Trouble(
            f"the broker does not answer as it should ({type(error).__name__})",
            "`ketenaanpak doctor` looks at every part",
        ) from error


def _table(parked: dict[str, list[ParkedEvent]]) -> Table:
    table = Table(title="parked events")
    for column in ("service", "event", "type", "about", "reason", "tries", "parked at"):
        table.add_column(column, overflow="fold")
    for service, events in parked.items():
        for event in events:
            moment = event.parked_at.strftime("%Y-%m-%d %H:%M:%S") if event.parked_at else "?"
            kind = event.type or "unreadable"
            table.add_row(
                *(service, event.id, kind, event.subject or "–", event.reason),
                *(str(event.attempts), moment),
            )
    return table
