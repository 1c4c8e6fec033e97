"""Lists through HTTP while rows come, go and are walled off between two pages.

The lists are those of intake, notifications and audit on the real database; policy is by hand.
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from chassis.mongo import transaction
from chassis.runtime import Runtime, open_runtime
from chassis.validation import dump
from contracts.rpc import METHODS
from deploy.local.parts import Parts
from services.audit.application import Audit
from services.audit.checkpoint_publisher import CheckpointInterval
from services.audit.domain.checkpoint import Signer
from services.intake import store as intake_store
from services.intake.domain.case import Change
from services.intake.store.case_documents import read_session
from services.intake.store.queries import IntakeQueries
from services.intake.store.writes import IntakeTransaction
from services.notifications.domain.messages import Message, PageCursor
from services.notifications.store.inboxes import Inboxes
from tests.integration.intake.conftest import config_on
from tests.unit.audit.entries import entry
from tests.unit.gateway.fakes import ANNA, Platform, allow, decided, deny, permit
from tests.unit.intake import factories

BEGAN = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Listing(ABC):
    """A list of ANNA's, and what can happen to its rows. A row is named by its id."""

    path: ClassVar[str]
    member: ClassVar[str]
    shows_what_came_later: ClassVar[bool] = True

    def __init__(self, platform: Platform, runtime: Runtime) -> None:
        self.platform = platform
        self.runtime = runtime
        self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """Puts the real list behind the gateway."""

    @abstractmethod
    def insert(self, place: int) -> str:
        """A new row; `place` says where, in lists that are in order of a time."""

    def remove(self, row: str) -> bool:
        """Takes a row away; False where rows stay for ever."""
        return False

    def wall(self, row: str) -> bool:
        """Closes a row to the viewer; False where that cannot be."""
        return False

    def deny(self, row: str) -> bool:
        """Lets policy refuse a row from now on; False where it is not asked of each."""
        return False

    def move(self, row: str, place: int) -> bool:
        """Changes the time of a row; False where it has none that changes."""
        return False

    def page(self, limit: int, after: str | None) -> dict[str, Any]:
        """A page, as the caller reads it."""
        cursor = f"&after={after}" if after else ""
        answer = self.platform.get(f"{self.path}?limit={limit}{cursor}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json
        return body

    def rows(self, page: dict[str, Any]) -> list[str]:
        return [row["id"] for row in page[self.member]]


class Cases(Listing):
    """Cases that the viewer's partner takes part in."""

    path, member = "/v1/cases", "cases"

    def prepare(self) -> None:
        intake_store.prepare(self.runtime)
        queries = IntakeQueries(self.runtime)
        self.platform.bus.stub("intake", "list_cases", lambda asked: queries.list_cases(**asked))
        self.denied: set[str] = set()
        self.platform.policy.action = lambda question: permit(
            question, parties=[["sample-brugge", "caw"]], agreements=[]
        )
        self.platform.policy.release = lambda question: decided(
            {
                case["id"]: deny("not_party") if case["id"] in self.denied else allow(case)
                for case in question["cases"]
            }
        )

    def insert(self, place: int) -> str:
        case = factories.case(
            id=str(uuid.uuid4()), submitted_at=BEGAN + timedelta(minutes=place), referrer=ANNA
        )
        self._write(Change(case=case, result={}))
        self.runtime.database["cases"].update_one(
            {"_id": case.id}, {"$set": {"contributors": ["caw"]}}
        )
        return case.id

    def remove(self, row: str) -> bool:
        return bool(self.runtime.database["cases"].delete_one({"_id": row}).deleted_count)

    def wall(self, row: str) -> bool:
        with transaction(self.runtime.database) as session:
            write = IntakeTransaction(self.runtime, session)
            case = write.lock_case(row)
            kin = (*case.walls, factories.wall(ANNA))
            write.write(Change(case=replace(case, walls=kin), result={}))
        return True

    def deny(self, row: str) -> bool:
        self.denied.add(row)
        return True

    def _write(self, change: Change) -> None:
        with transaction(self.runtime.database) as session:
            IntakeTransaction(self.runtime, session).write(change)


class Referrals(Cases):
    """Referrals that the viewer made."""

    path, member = "/v1/referrals", "referrals"


class Sessions(Cases):
    """Sessions of the viewer's tables."""

    path, member = "/v1/sessions", "sessions"

    def prepare(self) -> None:
        intake_store.prepare(self.runtime)
        queries = IntakeQueries(self.runtime)
        self.platform.policy.action = lambda question: permit(
            question, agreements=["sample-brugge"]
        )
        self.platform.bus.stub(
            "intake", "list_sessions", lambda asked: queries.list_sessions(**asked)
        )

    def insert(self, place: int) -> str:
        starts_at = BEGAN + timedelta(minutes=place)
        session = factories.session(id=str(uuid.uuid4()), starts_at=starts_at)
        self._write(Change(session=session, result={}))
        return session.id

    def remove(self, row: str) -> bool:
        return bool(self.runtime.database["sessions"].delete_one({"_id": row}).deleted_count)

    def wall(self, row: str) -> bool:
        return False

    deny = wall

    def move(self, row: str, place: int) -> bool:
        found = self.runtime.database["sessions"].find_one({"_id": row})
        assert found is not None
        moved = replace(read_session(found), starts_at=BEGAN + timedelta(minutes=place))
        self._write(Change(session=moved, result={}))
        return True


class Inbox(Listing):
    """The viewer's messages."""

    path, member = "/v1/inbox", "messages"

    def prepare(self) -> None:
        self.inboxes = Inboxes(self.runtime)
        self.platform.bus.stub("notifications", "inbox", self._list)

    def insert(self, place: int) -> str:
        # A few minutes for all of them: many have come at the same moment.
        at = BEGAN + timedelta(minutes=place // 8)
        message = Message(str(uuid.uuid4()), ANNA, "crisis", at)
        with transaction(self.runtime.database) as session:
            self.inboxes.deliver([message], ("event", message.id), {}, session)
        return message.id

    def remove(self, row: str) -> bool:
        return bool(self.runtime.database["messages"].delete_one({"_id": row}).deleted_count)

    def _list(self, asked: dict[str, Any]) -> dict[str, Any]:
        after = None if asked["after"] is None else PageCursor.parse(asked["after"])
        found = self.inboxes.page(asked["person"], after, asked["limit"] + 1)
        page, more = found[: asked["limit"]], len(found) > asked["limit"]
        following = PageCursor.after(page[-1]).format() if more else None
        reply = {"messages": page, "next": following}
        return dump(METHODS["notifications"]["inbox"][1], reply)


class Records(Listing):
    """What an auditor finds; each page that is read becomes an entry too."""

    path, member = "/v1/audit/records/search", "entries"
    shows_what_came_later = False

    def prepare(self) -> None:
        signer = Signer("test-log", Ed25519PrivateKey.generate())
        # Nothing is signed here, so nothing is written to this folder.
        self.audit = Audit(
            self.runtime,
            signer,
            Path("checkpoints"),
            CheckpointInterval(entries=None, seconds=None),
        )
        self.platform.policy.action = lambda question: permit(
            question, agreements=["sample-brugge"]
        )
        self.platform.bus.stub("audit", "search", lambda asked: dict(self.audit.search(asked)))
        self.platform.bus.stub("audit", "record", self._record)

    def insert(self, place: int) -> str:
        one = entry()
        self.audit.record({"entries": [one]})
        return str(one["entry_id"])

    def page(self, limit: int, after: str | None) -> dict[str, Any]:
        body = {"limit": limit, **({"after": after} if after else {})}
        headers = self.platform.headers(**{"Purpose-Of-Use": "audit"})
        answer = self.platform.client().post(self.path, headers=headers, json=body)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json
        return page

    def rows(self, page: dict[str, Any]) -> list[str]:
        return [row["entry_id"] for row in page["entries"]]

    def _record(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"receipts": list(self.audit.record(request))}


class Checkpoints(Listing):
    """Signed statements of the log, which grows."""

    path, member = "/v1/audit/checkpoints", "checkpoints"

    def prepare(self) -> None:
        self.signer = Signer("test-log", Ed25519PrivateKey.generate())
        self.audit = Audit(
            self.runtime,
            self.signer,
            Path("checkpoints"),
            CheckpointInterval(entries=None, seconds=None),
        )
        self.platform.bus.stub(
            "audit", "checkpoints", lambda asked: dict(self.audit.checkpoints(**asked))
        )

    def insert(self, place: int) -> str:
        size = self.runtime.database["checkpoints"].count_documents({}) + 1
        signed = {"origin": "test-log", "root": "0" * 64, "time": BEGAN.isoformat()}
        self.runtime.database["checkpoints"].insert_one(
            {"_id": size, **signed, "key_id": "00", "signature": "AA=="}
        )
        return str(size)

    def rows(self, page: dict[str, Any]) -> list[str]:
        return [str(row["size"]) for row in page["checkpoints"]]


LISTINGS = (Cases, Referrals, Sessions, Inbox, Records, Checkpoints)


@pytest.fixture(scope="module")
def runtime(parts: Parts) -> Iterator[Runtime]:
    """A database of this module's own, emptied for each try."""
    opened = open_runtime(config_on(parts))
    opened.prepare()
    yield opened
    opened.database.client.drop_database(opened.database.name)
    opened.close()


def emptied(runtime: Runtime) -> Runtime:
    """The runtime, with nothing in the collections of the lists."""
    for name in ("cases", "fragments", "sessions", "messages", "leads", "leaves", "checkpoints"):
        runtime.database[name].delete_many({})
    return runtime


def test_every_list_that_has_pages_is_tried() -> None:
    """A new list would repeat or skip rows, and nobody would have looked."""
    described = Platform().client().get("/v1/openapi.json").json
    pages = [
        f"'#/components/schemas/{name}'"
        for name, schema in described["components"]["schemas"].items()
        if "next" in schema.get("properties", {})
    ]
    paged = {
        path
        for path, operations in described["paths"].items()
        if any(page in str(operations) for page in pages)
    }
    assert paged == {listing.path for listing in LISTINGS}


Happening = tuple[str, int]
_HAPPENINGS = some.lists(
    some.tuples(
        some.sampled_from(("insert", "insert", "remove", "wall", "deny", "move")),
        some.integers(0, 63),
    ),
    max_size=4,
)


@pytest.mark.parametrize("listing", LISTINGS)
@given(
    places=some.lists(some.integers(0, 63), max_size=12),
    limit=some.integers(1, 5),
    between=some.lists(_HAPPENINGS, max_size=8),
)
@example(places=list(range(12)), limit=3, between=[[("insert", 63), ("insert", 62)]] * 4)
@example(places=list(range(9)), limit=3, between=[[("remove", 2), ("insert", 60)], [("deny", 4)]])
@example(places=list(range(9)), limit=3, between=[[("wall", 2), ("move", 0)], [("move", 1)]])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_row_is_repeated_or_skipped_whatever_happens_between_two_pages(
    runtime: Runtime,
    listing: Callable[[Platform, Runtime], Listing],
    places: list[int],
    limit: int,
    between: list[list[Happening]],
) -> None:
    """Somebody would miss a family, be shown one twice, or one that is closed to them."""
    listed = listing(Platform(), emptied(runtime))
    there = [listed.insert(place) for place in places]
    throughout, closed, later = set(there), set[str](), set[str]()
    shown: list[str] = []
    lengths: set[int] = set()
    after, happenings = None, iter(between)
    while True:
        page = listed.page(limit, after)
        rows = listed.rows(page)
        assert not closed & set(rows)
        assert page["next"] is None or len(rows) == limit
        shown += rows
        after = page["next"]
        if after is None:
            break
        lengths.add(len(after))
        for what, number in next(happenings, []):
            if what == "insert":
                later.add(listed.insert(number))
                continue
            row = there[number % len(there)]
            if row in closed:
                continue
            if what == "move":
                listed.move(row, number)
            elif getattr(listed, what)(row):
                throughout.discard(row)
                closed.add(row)

    assert len(set(shown)) == len(shown)
    assert throughout <= set(shown)
    assert listed.shows_what_came_later or not later & set(shown)
    assert len(lengths) <= 1
