"""The audit record, for auditors: who saw what, and the proof that nothing was removed."""

from typing import Any

import orjson

from gateway.asking import Asking
from gateway.decisions import ActionDecision
from gateway.doors import Door, PageQuery, parts
from gateway.release import Page, Released
from gateway.shapes import (
    CheckpointsAnswer,
    ProofAnswer,
    ProofQuery,
    RecordsAnswer,
    SearchBody,
)

door = Door("audit", __name__, description="The record: who saw what, when, why; and its proofs")


@door.read("/audit/records/search", "read_audit", RecordsAnswer, body=SearchBody)
def search_records(asking: Asking, body: dict[str, Any]) -> Released:
    """Search the record. A person's id never stands in an address: it travels in the body."""
    question = orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z))
    page = Page(question.pop("limit"), question.pop("after"))

    def fetch(
        decision: ActionDecision, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        request = {
            **question,
            "agreements": decision.terms.get("agreements", []),
            "after": after,
            "limit": page.limit,
        }
        reply = parts().bus.read(asking.budget, "audit", "search", request)
        return reply["entries"], reply["next"]

    # The question itself is a fact of the decision, and so on the record.
    return parts().releases.page(asking, "read_audit", "entries", page, fetch, facts=question)


@door.read("/audit/records/<int:index>/proof", "read_audit", ProofAnswer, query=ProofQuery)
def prove_record(asking: Asking, query: dict[str, Any], index: int) -> Released:
    """Prove that an entry stands in the log that a signed checkpoint describes."""

    def answer(decision: ActionDecision) -> dict[str, Any]:
        request = {
            "agreements": decision.terms.get("agreements", []),
            "index": index,
            "size": query["size"],
        }
        reply: dict[str, Any] = parts().bus.read(asking.budget, "audit", "proof", request)
        return reply

    return parts().releases.permitted(asking, "read_audit", answer)


@door.read("/audit/checkpoints", "read_checkpoints", CheckpointsAnswer, query=PageQuery)
def list_checkpoints(asking: Asking, query: dict[str, Any]) -> Released:
    """List the signed checkpoints, newest first; whoever keeps one can prove a change."""
    page = Page(**query)
    told: dict[str, Any] = {}

    def fetch(
        _decision: ActionDecision, after: str | None
    ) -> tuple[list[dict[str, Any]], str | None]:
        request = {"after": None if after is None else int(after), "limit": page.limit}
        reply = parts().bus.read(asking.budget, "audit", "checkpoints", request)
        told["public_key"] = reply["public_key"]
        return reply["checkpoints"], None if reply["next"] is None else str(reply["next"])

    return parts().releases.page(
        asking, "read_checkpoints", "checkpoints", page, fetch, beside=told
    )
