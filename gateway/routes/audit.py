"""The audit record, for auditors: who saw what, and the proof that nothing was removed."""

from typing import Any

import orjson

from gateway.dependencies import dependencies
from gateway.http.response_schemas import (
    CheckpointsAnswer,
    ProofAnswer,
    ProofQuery,
    RecordsAnswer,
    SearchBody,
)
from gateway.http.routing import ApiBlueprint, PageQuery
from gateway.release.decisions import ActionDecision
from gateway.release.pipeline import PageRequest, Released, Rows
from gateway.request_context import RequestContext

blueprint = ApiBlueprint(
    "audit", __name__, description="The record: who saw what, when, why; and its proofs"
)


@blueprint.read("/audit/records/search", "read_audit", RecordsAnswer, body=SearchBody)
def search_records(context: RequestContext, body: dict[str, Any]) -> Released:
    """Search the record. A person's id never stands in an address: it travels in the body."""
    question = orjson.loads(orjson.dumps(body, option=orjson.OPT_UTC_Z))
    page = PageRequest(question.pop("limit"), question.pop("after"))

    def fetch(decision: ActionDecision, after: str | None) -> Rows:
        request = {
            **question,
            "agreements": decision.terms.get("agreements", []),
            "after": after,
            "limit": page.limit,
        }
        [reply] = dependencies().bus.read(context.budget, ("audit", "search", request))
        return reply["entries"], reply["next"]

    # The question itself is a fact of the decision, and so on the record.
    return dependencies().releases.page(
        context, "read_audit", "entries", page, fetch, facts=question
    )


@blueprint.read("/audit/records/<index:index>/proof", "read_audit", ProofAnswer, query=ProofQuery)
def prove_record(context: RequestContext, query: dict[str, Any], index: int) -> Released:
    """Prove that an entry stands in the log that a signed checkpoint describes."""

    def answer(decision: ActionDecision) -> dict[str, Any]:
        request = {
            "agreements": decision.terms.get("agreements", []),
            "index": index,
            "size": query["size"],
        }
        reply: dict[str, Any]
        [reply] = dependencies().bus.read(context.budget, ("audit", "proof", request))
        return reply

    return dependencies().releases.permitted(context, "read_audit", answer)


@blueprint.read("/audit/checkpoints", "read_checkpoints", CheckpointsAnswer, query=PageQuery)
def list_checkpoints(context: RequestContext, query: dict[str, Any]) -> Released:
    """List the signed checkpoints, newest first; whoever keeps one can prove a change."""
    page = PageRequest(**query)
    beside: dict[str, Any] = {}

    def fetch(_decision: ActionDecision, after: str | None) -> Rows:
        request = {"after": None if after is None else int(after), "limit": page.limit}
        [reply] = dependencies().bus.read(context.budget, ("audit", "checkpoints", request))
        beside["public_key"] = reply["public_key"]
        return reply["checkpoints"], None if reply["next"] is None else str(reply["next"])

    return dependencies().releases.page(
        context, "read_checkpoints", "checkpoints", page, fetch, beside=beside
    )
