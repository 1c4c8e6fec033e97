"""Reading: fragments and outcomes, always in the same few queries, whatever is found."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, get_args

from pymongo import DESCENDING

from chassis.errors import Mangled
from chassis.mongo import guarded
from chassis.runtime import Runtime
from services.plans.domain.case import OutcomeKind
from services.plans.store.documents import Document, content_context, told_fragment

_FACTS_ONLY = {"sealed": False}
_ONE_ANSWER = 5_000


class Reading:
    """What plans tells, as JSON."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._fragments = runtime.database["fragments"]

    def fragments(
        self, case: str, kinds: Sequence[str] | None, fragment: str | None, content: bool
    ) -> Document:
        """A case's fragments in the order of their time; an unknown id costs as much."""
        wanted: Document = {"case": case}
        if kinds is not None:
            wanted["kind"] = {"$in": list(kinds)}
        if fragment is not None:
            wanted["_id"] = fragment
        with guarded():
            found = list(
                self._fragments.find(wanted, None if content else _FACTS_ONLY)
                .sort([("at", 1), ("place", 1)])
                .batch_size(_ONE_ANSWER)
            )
            if content and not found:
                self._ask_for_key(case)
            found = _without_strays(found)
            told = [told_fragment(one, self._open(one) if content else None) for one in found]
        return {"case": case, "fragments": told, "destroyed": False}

    def closed(self, kind: OutcomeKind, case: str, outcome: str) -> Document | None:
        """The document, closed or adopted; None while it is open or when of another case."""
        with guarded():
            return self._runtime.database[kind].find_one({"_id": outcome, "case": case})

    def last(self, case: str) -> dict[OutcomeKind, tuple[int, str]]:
        """The turn and the id of what was closed or adopted last, for each kind that there is."""
        with guarded():
            found = {
                kind: self._runtime.database[kind].find_one(
                    {"case": case}, {"turn": True}, sort=[("turn", DESCENDING)]
                )
                for kind in get_args(OutcomeKind)
            }
        return {kind: (one["turn"], one["_id"]) for kind, one in found.items() if one}

    def _open(self, document: Document) -> Any:
        return self._runtime.vault.open(
            document["case"],
            content_context(document["_id"], document["content_version"]),
            document["sealed"],
        )

    def _ask_for_key(self, case: str) -> None:
        """Looks for the case's key as opening content would: an unknown id is no cheaper."""
        with suppress(Mangled):
            self._runtime.vault.open(case, "none", b"")


def _without_strays(found: list[Document]) -> list[Document]:
    """What was asked for, without what goes with something that was not."""
    asked = {None, *(one["_id"] for one in found)}
    return [one for one in found if one.get("of") in asked]
