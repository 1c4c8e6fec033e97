"""Many cases: what a table has after years, made by copying one case in the databases.

The copies are older than what they were made from, so the first pages hold real cases. Their
content could not be opened under their new ids, and nothing measured asks for it: what is measured
is how the databases find the few among the many.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pymongo
from pymongo.collection import Collection
from pymongo.database import Database

from deploy.local.platform import Platform

BATCH = 1000
Documents = Collection[dict[str, Any]]
Kept = Database[dict[str, Any]]


def grow(platform: Platform, case: str, cases: int) -> None:
    """Copies the case, with all that intake and plans hold of it, until there are this many."""
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(platform.parts.mongodb.admin_url()) as client:
        intake: Kept = client["intake"]
        plans: Kept = client["plans"]
        original = intake["cases"].find_one({"_id": case})
        if original is None:
            raise RuntimeError("the case to copy is not there")
        missing = cases - intake["cases"].count_documents({})
        ids = [str(uuid.uuid4()) for _ in range(missing)]
        _insert(intake["cases"], _older(original, ids))
        for fragments in (intake["fragments"], plans["fragments"]):
            held = list(fragments.find({"case": case}))
            copies = (
                {**each, "_id": str(uuid.uuid4()), "case": copy} for copy in ids for each in held
            )
            _insert(fragments, copies)


def _older(original: dict[str, Any], ids: list[str]) -> Iterator[dict[str, Any]]:
    begin = datetime.fromisoformat(original["submitted_at"])
    for number, case in enumerate(ids, start=1):
        at = (begin - timedelta(hours=number)).isoformat(timespec="microseconds")
        yield {**original, "_id": case, "submitted_at": at, "order": f"{at}|{case}"}


def _insert(collection: Documents, documents: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for document in documents:
        batch.append(document)
        if len(batch) == BATCH:
            collection.insert_many(batch, ordered=False)
            batch = []
    if batch:
        collection.insert_many(batch, ordered=False)
