"""The one command pipeline: fetch facts, decide, record, and only then act."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, final

import orjson
from marshmallow import EXCLUDE, ValidationError

from chassis.errors import Retry
from contracts.bodies import AT_SESSION, NESTED_FACTS, OWNERS, POLICY_FACTS, REFERS_TO
from contracts.rpc.command import CommandReply
from gateway.release.bus import Bus
from gateway.release.case_facts import CaseQuery, FetchedCase, read_case
from gateway.release.policy import DecidedAction, Policy, fragment_facts
from gateway.release.record import Recorder, persons_of
from gateway.release.session_facts import read_session, session_call
from gateway.request_context import RequestContext

NAMESPACE: Final = uuid.UUID("5d3b0c1e-8f52-4c57-9f8e-2c6a6f0f8b11")
"""The namespace of command ids; changing it would forget every Idempotency-Key."""


@dataclass(frozen=True)
class CommandRequest:
    """A command as a caller gave it; `target` is the id of what it acts on within its case.

    `location` is where what came to be is found: it may name `{id}` and `{case}`.
    """

    action: str
    body: Mapping[str, Any]
    case: str | None = None
    target: str | None = None
    target_kind: Literal["fragment", "session"] | None = None
    location: str | None = None

    @property
    def session(self) -> str | None:
        """The session that it acts on, or at which the team did what it describes."""
        if self.target_kind == "session":
            return self.target
        return self.body.get("session") if self.action in AT_SESSION else None

    @property
    def service(self) -> str:
        """The service that owns what the command changes."""
        return OWNERS[self.action]

    @property
    def query(self) -> CaseQuery | None:
        """What is fetched of its case: facts, and those of the fragment to change, no texts."""
        if self.case is None:
            return None
        query = CaseQuery(self.case, content=False, refers_to=REFERS_TO.get(self.action, ()))
        if self.target_kind == "fragment":
            return replace(query, owner=self.service, fragment=self.target)
        return replace(query, kinds=())


@final
@dataclass(frozen=True, kw_only=True)
class CommandResult:
    """What a command led to: ids and state, never content."""

    id: str
    case: str | None = None
    stage: str | None = None
    version: int
    state: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    location: str | None = None

    def document(self) -> dict[str, Any]:
        """The JSON document of the answer."""
        members = asdict(self)
        del members["location"]
        return members


@dataclass(frozen=True)
class CommandFacts:
    """What a command is decided on: its case, its target, and the session where it was done.

    `target` and `session` are as policy looks at them.
    """

    case: FetchedCase | None
    target: Mapping[str, Any] | None
    session: Mapping[str, Any] | None


class Commands:
    """Sends what was decided and recorded, with the decision and the terms that it rests on."""

    def __init__(self, bus: Bus, policy: Policy, recorder: Recorder) -> None:
        self._bus = bus
        self._policy = policy
        self._recorder = recorder

    def submit_command(self, context: RequestContext, request: CommandRequest) -> CommandResult:
        """Carries out `request`.

        Raises Refuse("not_found") when the person may not even know of it, Refuse("not_allowed"),
        what the owner refused with, or Retry when a service is away: "outcome_unknown" when it was
        sent and no answer came.
        """
        body = orjson.loads(orjson.dumps(request.body, option=orjson.OPT_UTC_Z))
        facts = self._fetch_facts(context, request)
        decided_on = _decided_on(facts.case) if facts.case else None
        decided = self._policy.action(
            context,
            request.action,
            facts=_facts(request.action, body),
            case=facts.case.facts if facts.case else None,
            target=facts.target,
            refers=[fragment_facts(each) for each in facts.case.referred] if facts.case else (),
            session=facts.session,
        )
        command_id = _command_id(context)
        persons = {*body.get("subjects", ()), *(persons_of(facts.case) if facts.case else ())}
        self._recorder.action(context, decided, command_id=command_id, persons=persons)
        message = _message(context, request, decided, decided_on, command_id, body)
        reply = self._bus.command(context.budget, request.service, request.action, message)
        return read_result(reply, request.location)

    def _fetch_facts(self, context: RequestContext, request: CommandRequest) -> CommandFacts:
        """The facts of case and session, fetched at the same time."""
        person, query, session = context.viewer.person, request.query, request.session
        calls = query.calls(person) if query else []
        if session is not None:
            calls.append(session_call(session, person))
        replies = self._bus.read(context.budget, *calls) if calls else []
        found = read_session(session, replies.pop()) if session is not None else None
        case = read_case(query, replies) if query else None
        if request.target_kind == "session":
            return CommandFacts(case, found.for_policy() if found else None, None)
        targets = case.fragments if case and request.target_kind == "fragment" else ()
        return CommandFacts(
            case,
            next((fragment_facts(each) for each in targets if each["id"] == request.target), None),
            found.for_policy(request.case) if found else None,
        )


def _facts(action: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What policy sees of a body."""
    named = {name: body[name] for name in POLICY_FACTS.get(action, ()) if name in body}
    nested = NESTED_FACTS.get(action, {})
    return named | {name: _at_the_end(path, body) for name, path in nested.items()}


def _at_the_end(path: Sequence[str], value: Any) -> list[Any]:
    """All the values at the end of a path, also through lists; an absent member gives none."""
    if isinstance(value, list):
        return [found for each in value for found in _at_the_end(path, each)]
    if not path:
        return [value]
    member, *further = path
    return _at_the_end(further, value[member]) if member in value else []


def _command_id(context: RequestContext) -> str:
    """The same for the same person, route and key: the same command."""
    if context.key is None:
        raise ValueError("a command without a key")
    return str(uuid.uuid5(NAMESPACE, f"{context.viewer.person}|{context.route}|{context.key}"))


def read_result(reply: Any, location: str | None) -> CommandResult:
    """What the owner answered. Raises Retry("outcome_unknown") when it is malformed.

    The command was done by then: sending it again with the same key brings its result.
    """
    try:
        result = CommandReply(unknown=EXCLUDE).load(reply)
    except ValidationError as error:
        raise Retry("outcome_unknown") from error
    found_at = location.format(id=result["id"], case=result.get("case")) if location else None
    return CommandResult(**result, location=found_at)


def _message(
    context: RequestContext,
    request: CommandRequest,
    decided: DecidedAction,
    decided_on: Mapping[str, Any] | None,
    command_id: str,
    body: dict[str, Any],
) -> dict[str, Any]:
    """The message to the owner (contracts/rpc/command.py)."""
    decision = decided.decision
    return {
        "command_id": command_id,
        "decision_id": context.decision_id,
        "person": context.viewer.person,
        "partner": decision.partner,
        "roles": list(decision.roles),
        "agreement": decision.agreement,
        "agreement_version": decision.agreement_version,
        "policy_revision": decision.policy_revision,
        "terms": dict(decision.terms),
        "decided_on": decided_on,
        "target": request.target,
        "case": request.case,
        "if_match": context.version,
        "traceparent": context.traceparent,
        "body": body,
    }


def _decided_on(case: FetchedCase) -> dict[str, Any] | None:
    """The case as policy sees it, and who must not learn of it, for the service that acts on it.

    Raises Retry("service_unavailable") when intake left something out: nothing is decided then.
    """
    facts = case.facts
    if not facts.get("found"):
        return None
    try:
        return {
            "stage": facts["stage"],
            "version": facts["version"],
            "submitted_by": facts["submitted_by"],
            "participants": [each["partner"] for each in facts["participants"]],
            "persons": list(facts["persons"]),
            "director": facts["director"],
            "walled": list(case.walled),
            "referred": [each["id"] for each in case.referred if each["status"] == "offered"],
        }
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error
