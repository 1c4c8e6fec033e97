"""What a service reads of its fragments for somebody, always in the same few queries."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from pymongo import DESCENDING

from casework.fragment import Fragment
from casework.fragment_documents import (
    Document,
    FragmentLayout,
    content_context,
    from_document,
    to_wire,
)
from casework.fragment_store import FACTS_ONLY, IN_ORDER
from chassis.errors import Mangled
from chassis.mongo import guarded
from chassis.runtime import Runtime
from chassis.vault import KeyDestroyed
from contracts.days import day_of
from contracts.fragment_projections import KINDS

_ONE_ANSWER = 5_000


class FragmentsRead(NamedTuple):
    """Fragments as contracts/rpc/fragments.py has them; `destroyed`: what they said is gone."""

    fragments: list[Document]
    destroyed: bool


class FragmentQueries:
    """Reads the fragments of cases."""

    def __init__(self, runtime: Runtime, layout: FragmentLayout) -> None:
        self._runtime = runtime
        self._layout = layout
        self._fragments = runtime.database["fragments"]

    def read_fragments(
        self, case: str, kinds: Sequence[str] | None, fragment: str | None, content: bool
    ) -> Document:
        """The reply of that name."""
        read = self.of_case(case, kinds, fragment, content=content)
        return {"case": case, **read._asdict()}

    def of_case(
        self, case: str, kinds: Sequence[str] | None, fragment: str | None, *, content: bool
    ) -> FragmentsRead:
        """A case's fragments in the order of their time; an unknown id costs as much.

        `kinds` and `fragment` narrow what is read; what goes with a fragment that was not asked
        for is left out.
        """
        wanted: Document = {"case": case}
        if kinds is not None:
            wanted["kind"] = {"$in": list(kinds)}
        if fragment is not None:
            wanted["_id"] = fragment
        with guarded():
            cursor = self._fragments.find(wanted, None if content else FACTS_ONLY)
            found = list(cursor.sort(IN_ORDER).batch_size(_ONE_ANSWER))
            if content and not found:
                self._look_for_key(case)
            return self._read(found, content=content)

    def of_cases(self, cases: Sequence[str], kinds: Sequence[str]) -> dict[str, FragmentsRead]:
        """The fragments of these kinds of each of the cases, with their content."""
        if not kinds:
            return {}
        wanted = {"case": {"$in": list(cases)}, "kind": {"$in": list(kinds)}}
        by_case: dict[str, list[Document]] = {}
        with guarded():
            for one in sorted(self._fragments.find(wanted), key=_order):
                by_case.setdefault(one["case"], []).append(one)
            return {case: self._read(found, content=True) for case, found in by_case.items()}

    def opened(self, case: str, kinds: Sequence[str]) -> list[Fragment]:
        """The fragments of these kinds with their content, as a rule looks at them.

        Raises KeyDestroyed when the key of the case was destroyed.
        """
        with guarded():
            found = self._fragments.find({"case": case, "kind": {"$in": list(kinds)}})
            return [from_document(one, self._layout, self._open(one)) for one in found]

    def _read(self, found: Sequence[Document], *, content: bool) -> FragmentsRead:
        today = day_of(self._runtime.clock.now())
        if content:
            with suppress(KeyDestroyed):
                opened = [to_wire(one, self._layout, self._open(one), today) for one in found]
                return FragmentsRead(_without_strays(opened), destroyed=False)
        fragments = [to_wire(one, self._layout, None, today) for one in found]
        return FragmentsRead(_without_strays(fragments), destroyed=content)

    def _open(self, document: Document) -> Any:
        """The content; None of what was recalled, or is kept apart."""
        if document.get("status", "offered") == "recalled" or "sealed" not in document:
            return None
        context = content_context(document["_id"], document["content_version"])
        return self._runtime.vault.open(document["case"], context, document["sealed"])

    def _look_for_key(self, case: str) -> None:
        """Looks for the case's key as opening content would: an unknown id is no cheaper."""
        with suppress(Mangled, KeyDestroyed):
            self._runtime.vault.open(case, "none", b"")


class OutcomeQueries:
    """Reads the immutable documents that intake may rest a step on."""

    def __init__(self, runtime: Runtime) -> None:
        self._database = runtime.database

    def find(self, kind: str, case: str, outcome: str) -> Document | None:
        """The document; None while nothing of this id is closed, or when it is of another case."""
        with guarded():
            return self._database[kind].find_one({"_id": outcome, "case": case})

    def last(self, kind: str, case: str) -> Document | None:
        """The id (`_id`) and turn of what was closed last."""
        with guarded():
            return self._database[kind].find_one(
                {"case": case}, {"turn": True}, sort=[("turn", DESCENDING)]
            )


def _order(document: Document) -> tuple[str, int]:
    return document["at"], document["place"]


def _without_strays(fragments: list[Document]) -> list[Document]:
    """The fragments without those that go with one that is not among them, or is not known."""
    present = {each["id"] for each in fragments}
    return [
        each
        for each in fragments
        if each["of"] in present or (each["of"] is None and not KINDS[each["kind"]].attached)
    ]
