"""Looks at every part of the platform, says what is wrong and what to do about it."""

import json
import shutil
import stat
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import amqp
import typer
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chassis.bus.connection import BROKEN, connect, drop
from chassis.clock import offset_of
from chassis.opa import Opa
from deploy.local.external import ExternalRabbitMQ
from deploy.local.platform import Platform
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.settings import SERVICES
from deploy.local.trouble import Trouble
from deploy.rabbitmq.definitions import VHOST
from ops.broker import declared_definitions, differences
from ops.finding import Finding
from ops.master_keys import look_at_master_keys
from ops.parked import count_parked
from ops.place import Place, find_place

_SECONDS = 3.0
_LITTLE_ROOM = 500 * 1024 * 1024
_OFF = 1.0
_DELETE_QUEUE = f"`rabbitmqctl delete_queue --vhost {VHOST} QUEUE`"

Pages = Annotated[
    list[str] | None, typer.Option("--page", help="URL of a further readiness page to ask")
]


def doctor(page: Pages = None) -> None:
    """Look at environment, broker, database, policy, topology, services and clock.

    The exit code is 1 when something is wrong.
    """
    findings = list(examine(find_place(), page or []))
    Console().print(_grid(findings))
    if any(finding.state == "wrong" for finding in findings):
        raise typer.Exit(1)


def examine(place: Place, pages: Iterable[str] = ()) -> Iterator[Finding]:
    """Every finding about a platform; a part that cannot be asked is one too."""
    yield _environment(place)
    yield from _broker(place)
    store = list(_store(place))
    yield from store
    if not any(finding.state == "wrong" for finding in store):
        yield from look_at_master_keys(place)
    yield from _policy(place)
    if place.local is None:
        yield _topology(None)
    else:
        yield from _local(place.local)
    for page in pages:
        yield _ready(page, page, "look at the log of the process behind this page")


def _environment(place: Place) -> Finding:
    if place.local is None:
        return Finding("environment", "well", "the platform that KETENAANPAK_BROKER_URL names")
    return Finding("environment", "well", f"the local run in {place.local.state}")


def _broker(place: Place) -> Iterator[Finding]:
    start = "start the broker (`make up`), or correct KETENAANPAK_BROKER_URL"
    try:
        drop(connect(place.broker_url, "operator looks"))
        parked = count_parked(place.broker_url)
    except amqp.exceptions.AccessRefused:
        remedy = "give the operator's own password in KETENAANPAK_BROKER_URL"
        yield Finding("broker", "wrong", "refuses the operator", remedy)
        return
    except amqp.exceptions.NotFound:
        remedy = "load the rendered definitions into the broker"
        yield Finding("broker", "wrong", "lacks queues of the platform", remedy)
        return
    except BROKEN as error:
        yield Finding("broker", "wrong", f"does not answer ({type(error).__name__})", start)
        return
    yield Finding("broker", "well", "answers")
    if parked:
        counts = ", ".join(f"{count} of {service}" for service, count in parked.items())
        remedy = "`ketenaanpak parked list`; mend the cause; `ketenaanpak parked replay`"
        yield Finding("parked events", "look", counts, remedy)
    else:
        yield Finding("parked events", "well", "none")


def _store(place: Place) -> Iterator[Finding]:
    if place.mongo_url is None:
        remedy = "to look at it too, give a user's URL in KETENAANPAK_MONGO_URL"
        yield Finding("database", "look", "not looked at", remedy)
        return
    try:
        with _open(place.mongo_url) as client:
            hello = client.admin.command("hello")
    except PyMongoError as error:
        remedy = "start it (`make up`), or correct KETENAANPAK_MONGO_URL"
        yield Finding("database", "wrong", f"does not answer ({type(error).__name__})", remedy)
        return
    if hello.get("isWritablePrimary"):
        yield Finding("database", "well", f"answers, replica set {hello.get('setName')}")
    else:
        remedy = "wait for an election, or look at its log; nothing is kept without a primary"
        yield Finding("database", "wrong", "has no primary", remedy)


def _open(url: str) -> MongoClient[dict[str, Any]]:
    limit = int(_SECONDS * 1000)
    return MongoClient(
        url, serverSelectionTimeoutMS=limit, connectTimeoutMS=limit, socketTimeoutMS=limit
    )


def _policy(place: Place) -> Iterator[Finding]:
    if place.opa_url is None:
        remedy = "to look at it too, give KETENAANPAK_OPA_URL"
        yield Finding("policy", "look", "not looked at", remedy)
        return
    opa = Opa(place.opa_url, timeout=_SECONDS)
    try:
        well = opa.ready()
    finally:
        opa.close()
    if well:
        yield Finding("policy", "well", "answers, its bundle is active")
    else:
        remedy = "look at its log and its bundle; nothing is released until it is back"
        yield Finding("policy", "wrong", "does not answer, or has no bundle", remedy)


def _local(platform: Platform) -> Iterator[Finding]:
    yield _topology(platform.parts.rabbitmq)
    for service in SERVICES:
        page = platform.service(service).ready_url
        yield _ready(service, page, f"read {platform.service(service).log}, then `make up`")
    yield _ready("gateway", platform.gateway.ready_url, f"read {platform.gateway.log}")
    yield _clock(platform)
    yield _secrets(platform)
    yield _room(platform)


def _topology(broker: RabbitMQ | None) -> Finding:
    """Compare with the definitions of a broker that can be asked for them."""
    if broker is None:
        remedy = (
            "export its definitions and `ketenaanpak topology compare FILE`; what is not declared"
            f" any more fills for ever: {_DELETE_QUEUE}"
        )
        return Finding("topology", "look", "not compared, the broker is not ours", remedy)
    try:
        found = differences(declared_definitions(), broker.export_definitions())
    except Trouble as trouble:
        return Finding("topology", "wrong", trouble.happened, trouble.remedy)
    if not found:
        return Finding("topology", "well", "the broker holds what is declared")
    remedy = "`ketenaanpak topology compare` names all; "
    if isinstance(broker, ExternalRabbitMQ):
        remedy += f"`make up` declares again; what is not declared you remove: {_DELETE_QUEUE}"
    else:
        remedy += "`make down`, then `make up` declares again and removes other queues"
    return Finding("topology", "wrong", f"{len(found)} differences: {found[0]}", remedy)


def _ready(part: str, page: str, remedy: str) -> Finding:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(page, timeout=_SECONDS) as answer:
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, body = error.code, error.read()
    except (OSError, ValueError) as error:
        return Finding(part, "wrong", f"does not answer ({type(error).__name__})", remedy)
    if status == 200:
        return Finding(part, "well", "ready")
    return Finding(part, "wrong", f"not ready: {_unwell(body)}", remedy)


def _unwell(body: bytes) -> str:
    """The parts that a readiness page calls unwell; a service gives a word, the gateway a flag."""
    try:
        told = json.loads(body)
        parts = {**told.get("parts", {}), **told.get("services", {})}
    except (ValueError, AttributeError, TypeError):
        return "it does not say why"
    wrong = [f"{name} {word or ''}".strip() for name, word in parts.items() if _is_wrong(word)]
    return ", ".join(wrong) or "it does not say why"


def _is_wrong(word: object) -> bool:
    return word not in (True, "ok")


def _clock(platform: Platform) -> Finding:
    file = platform.clock.file
    remedy = "remove it and `make demo`, which starts afresh"
    if not file.exists():
        return Finding("clock", "wrong", f"{file} is missing", remedy)
    if file.stat().st_size != 8:
        return Finding("clock", "wrong", f"{file} is damaged", remedy)
    offset = offset_of(file)
    if abs(offset) < _OFF:
        return Finding("clock", "well", "true time")
    days = offset / 86_400
    remedy = "tokens and due days follow it; a demonstration that ended left it at true time"
    return Finding("clock", "look", f"{days:+.2f} days from true time", remedy)


def _secrets(platform: Platform) -> Finding:
    folder = platform.parts.secrets.folder
    open_to_others = [
        path.name
        for path in (folder, *folder.rglob("*"))
        if path == folder or path.is_file()
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    if not open_to_others:
        return Finding("secrets", "well", "readable by their owner only")
    remedy = f"chmod -R go= {folder}, and replace what others may have read"
    return Finding("secrets", "wrong", f"others may read {', '.join(open_to_others)}", remedy)


def _room(platform: Platform) -> Finding:
    free = shutil.disk_usage(platform.state).free
    told = f"{free // (1024 * 1024)} MiB free"
    if free >= _LITTLE_ROOM:
        return Finding("disk", "well", told)
    remedy = "make room: a full disk stops the broker, then the record, then everything"
    return Finding("disk", "wrong", told, remedy)


def _grid(findings: Iterable[Finding]) -> Table:
    colours = {"well": "green", "look": "yellow", "wrong": "bold red"}
    grid = Table.grid(padding=(0, 2))
    for finding in findings:
        state = f"[{colours[finding.state]}]{finding.state}[/]"
        told = escape(finding.told)
        if finding.remedy:
            told += f"\n[dim]→ {escape(finding.remedy)}[/]"
        grid.add_row(state, finding.part, told)
    return grid
