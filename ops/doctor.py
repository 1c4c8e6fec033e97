"""`ketenaanpak doctor`: checks every part of the platform and gives remedies."""

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
from deploy.local.errors import ActionableError
from deploy.local.external import ExternalRabbitMQ
from deploy.local.platform import Platform
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.settings import SERVICES
from deploy.rabbitmq.definitions import VHOST
from ops.broker import declared_definitions, differences
from ops.check_result import CheckResult
from ops.master_keys import check_master_keys
from ops.migrate import check_migrations
from ops.parked import count_parked
from ops.registered_staff import check_staff
from ops.targets import Targets, find_targets

_SECONDS = 3.0
_MIN_FREE = 500 * 1024 * 1024
_OK = (True, "ok")
_MAX_OFFSET = 1.0
_DELETE_QUEUE = f"`rabbitmqctl delete_queue --vhost {VHOST} QUEUE`"

Pages = Annotated[
    list[str] | None, typer.Option("--page", help="URL of a further readiness page to ask")
]


def doctor(page: Pages = None) -> None:
    """Look at environment, broker, database, policy, topology, services and clock.

    The exit code is 1 when something is wrong.
    """
    results = list(check_platform(find_targets(), page or []))
    Console().print(_grid(results))
    if any(result.state == "wrong" for result in results):
        raise typer.Exit(1)


def check_platform(targets: Targets, pages: Iterable[str] = ()) -> Iterator[CheckResult]:
    """Check every part; one that cannot be checked gives a result, too."""
    yield _environment(targets)
    yield from _broker(targets)
    store = list(_store(targets))
    yield from store
    if not any(result.state == "wrong" for result in store):
        yield from check_master_keys(targets)
        yield from check_migrations(targets)
        yield check_staff(targets)
    yield from _policy(targets)
    if targets.local is None:
        yield _topology(None)
    else:
        yield from _local(targets.local)
    for page in pages:
        yield _ready(page, page, "look at the log of the process behind this page")


def _environment(targets: Targets) -> CheckResult:
    if targets.local is None:
        return CheckResult("environment", "well", "the platform that KETENAANPAK_BROKER_URL names")
    return CheckResult("environment", "well", f"the local run in {targets.local.state}")


def _broker(targets: Targets) -> Iterator[CheckResult]:
    start = "start the broker (`make up`), or correct KETENAANPAK_BROKER_URL"
    try:
        drop(connect(targets.broker_url, "operator looks"))
        parked = count_parked(targets.broker_url)
    except amqp.exceptions.AccessRefused:
        remedy = "give the operator's own password in KETENAANPAK_BROKER_URL"
        yield CheckResult("broker", "wrong", "refuses the operator", remedy)
        return
    except amqp.exceptions.NotFound:
        remedy = "load the rendered definitions into the broker"
        yield CheckResult("broker", "wrong", "lacks queues of the platform", remedy)
        return
    except BROKEN as error:
        yield CheckResult("broker", "wrong", f"does not answer ({type(error).__name__})", start)
        return
    yield CheckResult("broker", "well", "answers")
    if parked:
        counts = ", ".join(f"{count} of {service}" for service, count in parked.items())
        remedy = "`ketenaanpak parked list`; mend the cause; `ketenaanpak parked replay`"
        yield CheckResult("parked events", "look", counts, remedy)
    else:
        yield CheckResult("parked events", "well", "none")


def _store(targets: Targets) -> Iterator[CheckResult]:
    if targets.mongo_url is None:
        remedy = "to look at it too, give a user's URL in KETENAANPAK_MONGO_URL"
        yield CheckResult("database", "look", "not looked at", remedy)
        return
    try:
        with _open(targets.mongo_url) as client:
            hello = client.admin.command("hello")
    except PyMongoError as error:
        remedy = "start it (`make up`), or correct KETENAANPAK_MONGO_URL"
        yield CheckResult("database", "wrong", f"does not answer ({type(error).__name__})", remedy)
        return
    if hello.get("isWritablePrimary"):
        yield CheckResult("database", "well", f"answers, replica set {hello.get('setName')}")
    else:
        remedy = "wait for an election, or look at its log; nothing is kept without a primary"
        yield CheckResult("database", "wrong", "has no primary", remedy)


def _open(url: str) -> MongoClient[dict[str, Any]]:
    limit = int(_SECONDS * 1000)
    return MongoClient(
        url, serverSelectionTimeoutMS=limit, connectTimeoutMS=limit, socketTimeoutMS=limit
    )


def _policy(targets: Targets) -> Iterator[CheckResult]:
    if targets.opa_url is None:
        remedy = "to look at it too, give KETENAANPAK_OPA_URL"
        yield CheckResult("policy", "look", "not looked at", remedy)
        return
    opa = Opa(targets.opa_url, timeout=_SECONDS)
    try:
        well = opa.ready()
    finally:
        opa.close()
    if well:
        yield CheckResult("policy", "well", "answers, its bundle is active")
    else:
        remedy = "look at its log and its bundle; nothing is released until it is back"
        yield CheckResult("policy", "wrong", "does not answer, or has no bundle", remedy)


def _local(platform: Platform) -> Iterator[CheckResult]:
    yield _topology(platform.parts.rabbitmq)
    for service in SERVICES:
        page = platform.service(service).ready_url
        yield _ready(service, page, f"read {platform.service(service).log}, then `make up`")
    yield _ready("gateway", platform.gateway.ready_url, f"read {platform.gateway.log}")
    yield _clock(platform)
    yield _secrets(platform)
    yield _disk(platform)


def _topology(broker: RabbitMQ | None) -> CheckResult:
    """Compare with the definitions of a broker that can be asked for them."""
    if broker is None:
        remedy = (
            "export its definitions and `ketenaanpak topology compare FILE`; what is not declared"
            f" any more fills for ever: {_DELETE_QUEUE}"
        )
        return CheckResult("topology", "look", "not compared, the broker is not ours", remedy)
    try:
        found = differences(declared_definitions(), broker.export_definitions())
    except ActionableError as error:
        return CheckResult("topology", "wrong", error.problem, error.remedy)
    if not found:
        return CheckResult("topology", "well", "the broker holds what is declared")
    remedy = "`ketenaanpak topology compare` names all; "
    if isinstance(broker, ExternalRabbitMQ):
        remedy += f"`make up` declares again; what is not declared you remove: {_DELETE_QUEUE}"
    else:
        remedy += (
            "`make down`, then `make up` declares again and removes other queues that are empty;"
            f" one with messages you remove: {_DELETE_QUEUE}"
        )
    return CheckResult("topology", "wrong", f"{len(found)} differences: {found[0]}", remedy)


def _ready(part: str, page: str, remedy: str) -> CheckResult:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(page, timeout=_SECONDS) as answer:
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            status, body = error.code, error.read()
    except (OSError, ValueError) as error:
        return CheckResult(part, "wrong", f"does not answer ({type(error).__name__})", remedy)
    if status == 200:
        return CheckResult(part, "well", "ready")
    return CheckResult(part, "wrong", f"not ready: {_unwell(body)}", remedy)


def _unwell(body: bytes) -> str:
    """The parts that are not ready; the pages of services give a word, the gateway's a flag."""
    try:
        page = json.loads(body)
        parts = {**page.get("parts", {}), **page.get("services", {})}
    except (ValueError, AttributeError, TypeError):
        return "it does not say why"
    wrong = [f"{name} {word or ''}".strip() for name, word in parts.items() if word not in _OK]
    return ", ".join(wrong) or "it does not say why"


def _clock(platform: Platform) -> CheckResult:
    file = platform.clock.file
    remedy = "remove it and `make demo`, which starts afresh"
    if not file.exists():
        return CheckResult("clock", "wrong", f"{file} is missing", remedy)
    if file.stat().st_size != 8:
        return CheckResult("clock", "wrong", f"{file} is damaged", remedy)
    offset = offset_of(file)
    if abs(offset) < _MAX_OFFSET:
        return CheckResult("clock", "well", "true time")
    days = offset / 86_400
    remedy = "tokens and due days follow it; a demonstration that ended left it at true time"
    return CheckResult("clock", "look", f"{days:+.2f} days from true time", remedy)


def _secrets(platform: Platform) -> CheckResult:
    folder = platform.parts.secrets.folder
    open_to_others = [
        path.name
        for path in (folder, *folder.rglob("*"))
        if path == folder or path.is_file()
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    if not open_to_others:
        return CheckResult("secrets", "well", "readable by their owner only")
    remedy = f"chmod -R go= {folder}, and replace what others may have read"
    return CheckResult("secrets", "wrong", f"others may read {', '.join(open_to_others)}", remedy)


def _disk(platform: Platform) -> CheckResult:
    free = shutil.disk_usage(platform.state).free
    detail = f"{free // (1024 * 1024)} MiB free"
    if free >= _MIN_FREE:
        return CheckResult("disk", "well", detail)
    remedy = "make room: a full disk stops the broker, then the record, then everything"
    return CheckResult("disk", "wrong", detail, remedy)


def _grid(results: Iterable[CheckResult]) -> Table:
    colours = {"well": "green", "look": "yellow", "wrong": "bold red"}
    grid = Table.grid(padding=(0, 2))
    for result in results:
        state = f"[{colours[result.state]}]{result.state}[/]"
        text = escape(result.detail)
        if result.remedy:
            text += f"\n[dim]→ {escape(result.remedy)}[/]"
        grid.add_row(state, result.part, text)
    return grid
