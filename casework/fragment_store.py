"""The fragments of one case in MongoDB: their facts in clear, their content sealed."""

from collections.abc import Sequence
from typing import Any, Final

from pymongo import UpdateOne

from casework.fragment import Fragment
from casework.fragment_documents import (
    Document,
    FragmentLayout,
    content_context,
    from_document,
    to_document,
)
from chassis.errors import Refuse
from chassis.mongo import Session, Store, make_collections, make_index
from chassis.runtime import Runtime

INDEXES: Final = (("case", "at", "place"), ("case", "kind"))
"""The fields by which the fragments of a case are found, in order."""

FACTS_ONLY: Final = {"sealed": False}
IN_ORDER: Final = [("at", 1), ("place", 1)]


def prepare(database: Store) -> None:
    """Make the collections of fragments and of their earlier versions, with indexes; repeatable."""
    make_collections(database, "fragments", "versions")
    for fields in INDEXES:
        make_index(database, "fragments", *fields)


class FragmentStore:
    """The fragments of a case, read and written in one transaction."""

    def __init__(
        self, runtime: Runtime, session: Session, case: str, layout: FragmentLayout
    ) -> None:
        self._vault = runtime.vault
        self._session = session
        self._case = case
        self._layout = layout
        self._fragments = runtime.database["fragments"]
        self._versions = runtime.database["versions"]

    def find(self, fragment: str | None, kind: str | None = None) -> Fragment | None:
        """A fragment of the case, of that kind where one is given, without its content; or None."""
        found = self._find(fragment, kind, FACTS_ONLY)
        return None if found is None else from_document(found, self._layout)

    def get(self, fragment: str | None, kind: str | None = None) -> Fragment:
        """The same; raises Refuse("not_found") when there is none."""
        found = self.find(fragment, kind)
        if found is None:
            raise Refuse("not_found")
        return found

    def open(self, fragment: str | None, kind: str | None = None) -> Fragment:
        """A fragment with its content; raises Refuse("not_found")."""
        found = self._find(fragment, kind)
        if found is None:
            raise Refuse("not_found")
        return from_document(found, self._layout, self._content(found))

    def of_kind(self, kind: str) -> list[Fragment]:
        """All fragments of a kind in the order of their time, without their content."""
        wanted = {"case": self._case, "kind": kind}
        found = self._fragments.find(wanted, FACTS_ONLY, session=self._session)
        return [from_document(one, self._layout) for one in found.sort(IN_ORDER)]

    def opened(self, kinds: Sequence[str]) -> list[Fragment]:
        """All fragments of these kinds in the order of their time, with their content."""
        wanted = {"case": self._case, "kind": {"$in": list(kinds)}}
        found = self._fragments.find(wanted, session=self._session).sort(IN_ORDER)
        return [from_document(one, self._layout, self._content(one)) for one in found]

    def exists(self, conditions: Document) -> bool:
        """Whether the case has a fragment with these stored facts."""
        wanted = {"case": self._case, **conditions}
        return self._fragments.find_one(wanted, {"_id": 1}, session=self._session) is not None

    def add(self, fragments: Sequence[Fragment], *, apart: tuple[str, ...] = ()) -> None:
        """Store new fragments; the content of the kinds `apart` is stored by somebody else."""
        if not fragments:
            return
        documents = [
            {"_id": one.id, "case": self._case, **to_document(one, self._layout)}
            | ({} if one.kind in apart else self._sealed(one))
            for one in fragments
        ]
        self._fragments.insert_many(documents, session=self._session)

    def revise(self, fragments: Sequence[Fragment]) -> None:
        """New versions take the place of the former ones, which are kept as they were, sealed.

        Content that a rule left alone (None) stays as it is. Raises Refuse("not_found").
        """
        if not fragments:
            return
        wanted = {"_id": {"$in": [one.id for one in fragments]}, "case": self._case}
        former = [
            {**found, "_id": f"{found['_id']}:{found['version']}", "fragment": found["_id"]}
            for found in self._fragments.find(wanted, session=self._session)
        ]
        if len(former) != len(fragments):
            raise Refuse("not_found")
        self._versions.insert_many(former, session=self._session)
        updates = [UpdateOne({"_id": one.id}, {"$set": self._revision(one)}) for one in fragments]
        self._fragments.bulk_write(updates, session=self._session)

    def _find(
        self, fragment: str | None, kind: str | None, fields: Document | None = None
    ) -> Document | None:
        wanted = {"_id": fragment, "case": self._case} | ({} if kind is None else {"kind": kind})
        found: Document | None = self._fragments.find_one(wanted, fields, session=self._session)
        return found

    def _revision(self, fragment: Fragment) -> Document:
        facts = to_document(fragment, self._layout)
        return facts if fragment.content is None else facts | self._sealed(fragment)

    def _sealed(self, fragment: Fragment) -> Document:
        context = content_context(fragment.id, fragment.version)
        sealed = self._vault.seal(self._case, context, fragment.content, self._session)
        return {"sealed": sealed, "content_version": fragment.version}

    def _content(self, document: Document) -> Any:
        if "sealed" not in document:
            return None
        context = content_context(document["_id"], document["content_version"])
        return self._vault.open(self._case, context, document["sealed"], self._session)
