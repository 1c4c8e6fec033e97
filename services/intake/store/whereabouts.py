"""Whereabouts: safe addresses and ways of contact, in a collection and under a key of their own."""

from collections.abc import Sequence
from typing import Any

from pymongo.client_session import ClientSession

from casework.fragment import Fragment
from casework.fragment_documents import content_context
from chassis.mongo import Document, guarded
from chassis.runtime import Runtime
from services.intake.store.layout import WHEREABOUTS


class WhereaboutsStore:
    """The content of whereabouts; a fragment of the same id holds the facts."""

    def __init__(self, runtime: Runtime) -> None:
        self._vault = runtime.vault
        self._whereabouts = runtime.database["whereabouts"]

    def write(
        self,
        case: str,
        added: Sequence[Fragment],
        revised: Sequence[Fragment],
        session: ClientSession,
    ) -> None:
        """Store the content of those that were added, and note those that were recalled."""
        documents = [self._document(case, one, session) for one in added if one.kind == WHEREABOUTS]
        if documents:
            self._whereabouts.insert_many(documents, session=session)
        for one in revised:
            if one.kind == WHEREABOUTS and one.status == "recalled":
                self._whereabouts.update_one(
                    {"_id": one.id}, {"$set": {"recalled": True}}, session=session
                )

    def open(self, case: str, fragments: Sequence[str]) -> dict[str, Any]:
        """The content by fragment id, without those recalled meanwhile."""
        wanted = {"_id": {"$in": list(fragments)}, "case": case, "recalled": False}
        with guarded():
            return {
                one["_id"]: self._vault.open(
                    _key_of(case), content_context(one["_id"], 1), one["sealed"]
                )
                for one in self._whereabouts.find(wanted)
            }

    def _document(self, case: str, fragment: Fragment, session: ClientSession) -> Document:
        context = content_context(fragment.id, fragment.version)
        sealed = self._vault.seal(_key_of(case), context, fragment.content, session)
        return {"_id": fragment.id, "case": case, "recalled": False, "sealed": sealed}


def _key_of(case: str) -> str:
    """The owner of the key that seals a case's whereabouts."""
    return f"{case}:whereabouts"
