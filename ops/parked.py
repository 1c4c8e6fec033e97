"""`ketenaanpak parked`: lists, replays and discards the events that services gave up on."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any

import amqp
import typer

from chassis import logs
from chassis.bus import parking
from chassis.bus.connection import BROKEN, connect, drop
from chassis.bus.parking import ParkedEvent
from contracts.topology import SUBSCRIPTIONS
from deploy.local.errors import ActionableError
from ops.tables import print_table
from ops.targets import Targets, find_targets

_SECONDS = 5.0
_OPERATOR = "operator"
_COLUMNS = ("service", "event", "type", "about", "reason", "tries", "parked at")

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
    print_table("parked events", _COLUMNS, list(_rows(parked)), ("event", "about"))


@app.command("replay")
def replay_events(service: OfService = None, event: OneEvent = None) -> None:
    """Send parked events back to the service that parked them; it handles each one once."""
    sent = 0
    with _broker() as connection:
        for name in _services_asked(service):
            replay = partial(parking.replay, connection, name, event)
            count = replay() if event is None else _retried(replay)
            sent += count
            if count:
                print(f"{name}: {count} sent back")
    if event is not None and not sent:
        raise ActionableError(
            f"no parked event has the id {event}", "`ketenaanpak parked list` shows the ids"
        )
    if not sent:
        print("nothing is parked")


@app.command("discard")
def discard_event(
    service: Annotated[str, typer.Option("--service", help="the service that parked it")],
    event: OneEvent = None,
    digest: Annotated[
        str | None, typer.Option("--digest", help="only the event whose body has this SHA-256")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Remove for good what can never be read; the log keeps its ids, its reason and its hash.

    An event that its source still keeps is published and parked again: mend the cause instead.
    """
    (name,) = _services_asked(service)
    if (event is None) == (digest is None):
        raise ActionableError(
            "it is not said which event", "give --event ID or --digest HASH, one of them"
        )
    wanted = event or digest

    def is_chosen(parked: ParkedEvent) -> bool:
        return wanted in ((parked.id,) if event else (parked.digest,))

    if not yes:
        typer.confirm(f"remove {wanted} from what {name} has parked, for good?", abort=True)
    targets = find_targets()
    with _broker() as connection, _operators_log(targets) as log:
        count = _retried(
            lambda: parking.discard(connection, name, is_chosen, lambda one: _log(log, name, one))
        )
    if not count:
        raise ActionableError(
            f"{name} has parked nothing that is {wanted}", "`ketenaanpak parked list` shows the ids"
        )
    print(f"{name}: {count} discarded")


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


def _retried(attempt: Callable[[], int]) -> int:
    """Retry until something is found: a service that parks holds all events for a moment.

    At most four attempts, within a second.
    """
    found = attempt()
    for _ in range(3):
        if found:
            break
        time.sleep(0.3)
        found = attempt()
    return found


def _services_asked(service: str | None) -> tuple[str, ...]:
    if service is None:
        return tuple(SUBSCRIPTIONS)
    if service not in SUBSCRIPTIONS:
        raise ActionableError(
            f"no service {service} handles events", f"services are: {', '.join(SUBSCRIPTIONS)}"
        )
    return (service,)


@contextmanager
def _operators_log(targets: Targets) -> Iterator[Any]:
    """The log of what an operator removed: on standard error, in the local run in a file."""
    if targets.local is None:
        logs.configure(_OPERATOR, stream=sys.stderr)
        yield logs.logger(__name__)
        return
    file = targets.local.state / "log" / f"{_OPERATOR}.jsonl"
    file.parent.mkdir(exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        logs.configure(_OPERATOR, stream=stream)
        yield logs.logger(__name__)


def _log(log: Any, service: str, parked: ParkedEvent) -> None:
    log.warning(
        "parked_event_discarded",
        parked_by=service,
        event_id=parked.id,
        type=parked.type,
        subject=parked.subject,
        reason=parked.reason,
        attempts=parked.attempts,
        sha256=parked.digest,
    )


@contextmanager
def _broker() -> Iterator[amqp.Connection]:
    """A connection as the operator; ActionableError when the broker is away or refuses."""
    url = find_targets().broker_url
    try:
        connection = connect(url, _OPERATOR, seconds=_SECONDS)
        try:
            yield connection
        finally:
            drop(connection)
    except BROKEN as error:
        raise ActionableError(
            f"the broker does not answer as it should ({type(error).__name__})",
            "`ketenaanpak doctor` looks at every part",
        ) from error


def _rows(parked: Mapping[str, Sequence[ParkedEvent]]) -> Iterator[Sequence[str]]:
    for service, events in parked.items():
        for event in events:
            moment = event.parked_at.strftime("%Y-%m-%d %H:%M:%S") if event.parked_at else "?"
            kind = event.type or "unreadable"
            yield (
                *(service, event.id, kind, event.subject or "–", event.reason),
                *(str(event.attempts), moment),
            )
