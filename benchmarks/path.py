"""The paths that are measured: reads of cases through the gateway, and one command."""

import concurrent.futures
import http.client
import json
import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

from deploy.local.api_client import ApiClient
from deploy.local.platform import Platform
from tests import builders
from tests.e2e.table_client import TableClient

ITEMS = 40
CLIENTS = 8


def case_with_items(platform: Platform) -> tuple[TableClient, str, str]:
    """A case in forming with 40 items of sensible length: the table, its path, a person."""
    table = TableClient(ApiClient(platform.gateway_url, platform.token))
    case = table.forming()
    for number in range(ITEMS):
        table.offer("politie", case, "incidents", text=f"Vaststelling {number}. " * 25)
    return table, case.path, case.ids["a"]


def case_with_plan(table: TableClient) -> str:
    """The path of a case whose plan is carried out."""
    return table.active().path


class Call:
    """One kind of call on one kept connection; `once` makes it and answers its seconds."""

    def __init__(
        self, platform: Platform, person: str, call: Callable[[], tuple[Any, ...]]
    ) -> None:
        self._platform = platform
        self._person = person
        self._call = call
        self._connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=10)

    def once(self) -> float:
        """One call; raises when it was not answered 2xx."""
        method, path, body, headers = self._call()
        headers |= {
            "Authorization": f"Bearer {self._platform.token(self._person)}",
            "Purpose-Of-Use": "case_consultation",
        }
        begin = time.perf_counter()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        took = time.perf_counter() - begin
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return took

    def fresh(self) -> "Call":
        """The same call on a connection of its own, for another thread."""
        return Call(self._platform, self._person, self._call)


def read(path: str) -> Callable[[], tuple[Any, ...]]:
    """Reads what is released there."""
    return lambda: ("GET", path, None, {})


def command(path: str, subject: str) -> Callable[[], tuple[Any, ...]]:
    """Offers an item, under a new key each time."""

    def call() -> tuple[Any, ...]:
        body = json.dumps(builders.item("housing", subject, text="Een vaststelling. " * 20))
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        return "POST", f"{path}/items", body, headers

    return call


def requests_per_second(path: Call, seconds: float) -> float:
    """Calls per second of eight clients at once, for that long."""
    end = time.perf_counter() + seconds

    def work(_: int) -> int:
        mine, count = path.fresh(), 0
        while time.perf_counter() < end:
            mine.once()
            count += 1
        return count

    begin = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        done = sum(pool.map(work, range(CLIENTS)))
    return done / (time.perf_counter() - begin)


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of the values lies."""
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1]
