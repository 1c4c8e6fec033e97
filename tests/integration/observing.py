"""Looking behind intake: what it does in the database, what it keeps, what it will publish."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from chassis.mongo import Store
from chassis.runtime import Runtime


class DatabaseOperations:
    """The operations that a database performed, in order."""

    def __init__(self) -> None:
        self.operations: list[dict[str, Any]] = []

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Which operation on which collection, in order."""
        return [(one["op"], one["ns"].partition(".")[2]) for one in self.operations]

    @property
    def plans(self) -> set[str]:
        """How the documents were found."""
        return {word for one in self.operations for word in one.get("planSummary", "").split(" {")}

    @property
    def examined(self) -> int:
        """How many index keys and documents were looked at."""
        return sum(
            one.get("keysExamined", 0) + one.get("docsExamined", 0) for one in self.operations
        )


@contextmanager
def watching(database: Store) -> Iterator[DatabaseOperations]:
    """Every operation of a database within the block."""
    watched = DatabaseOperations()
    database.command("profile", 2)
    try:
        yield watched
    finally:
        database.command("profile", 0)
        own = {"ns": {"$not": {"$regex": r"\.(system\.profile|\$cmd)$"}}}
        watched.operations = list(database["system.profile"].find(own).sort("ts", 1))
        database.drop_collection("system.profile")


def kept(runtime: Runtime) -> dict[str, int]:
    """How many documents each collection holds."""
    database = runtime.database
    return {
        name: database[name].count_documents({})
        for name in sorted(database.list_collection_names())
        if not name.startswith("system.")
    }


def published(runtime: Runtime, case: str) -> list[dict[str, Any]]:
    """The events about a case, in order, as they will be published."""
    rows = runtime.database["outbox"].find({"subject": case}).sort("order", 1)
    return [orjson.loads(row["body"]) for row in rows]
