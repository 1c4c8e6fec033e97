"""The one command pipeline: facts, decide, record, and only then act."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, final

import orjson

from chassis.errors import Refuse, Retry
from contracts.bodies import AT_SESSION, OWNERS, POLICY_FACTS, REFERS_TO
from contracts.vocabulary import STAGES
from gateway.release import record
from gateway.release.bus import Bus
from gateway.release.case_facts import CaseRead, fragment_facts, read_session, session_facts
from gateway.release.case_query import Question
from gateway.release.policy import ActionOutcome, Policy
from gateway.release.record import Recorder
from gateway.request_context import RequestContext

NAMESPACE: Final = uuid.UUID("5d3b0c1e-8f52-4c57-9f8e-2c6a6f0f8b11")
"""The namespace of command ids; changing it would forget every Idempotency-Key."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class CommandRequest:
    """A command as a caller gave it; `target` is the id of what it acts on within its case.

    `route` is the method and path, `key` the Idempotency-Key, `if_match` the version of the
    document to change.
    """

    action: str
    route: str
    key: str
    body: Mapping[str, Any]
    case: str | None = None
    target: str | None = None
    target_kind: str | None = None
    if_match: int | None = None

    @property
    def session(self) -> str | None:
        """The session that it acts on, or at which the team did what it tells of."""
        if self.target_kind == "session":
            return self.target
        return self.body.get("session") if self.action in AT_SESSION else None

    @property
    def service(self) -> str:
        """The service that owns what the command changes."""
        return OWNERS[self.action]

    def command_id(self, person: str) -> str:
        """The same for the same person, route and key: the same command."""
        return str(uuid.uuid5(NAMESPACE, f"{person}|{self.route}|{self.key}"))


@final
@dataclass(frozen=True)
class CommandResult:
    """What a command led to: ids and state, never content."""

    id: str
    case: str | None
    stage: str | None
    version: int
    state: str | None
    ids: Mapping[str, str]
    location: str | None = field(default=None, kw_only=True)

    def document(self) -> dict[str, Any]:
        """The JSON document of the answer."""
        return {
            "id": self.id,
            "case": self.case,
            "stage": self.stage,
            "version": self.version,
            "state": self.state,
            "ids": dict(self.ids),
        }


@dataclass(frozen=True)
class CommandContext:
    """The case, the target, and the session at which it was done, as policy looks at them."""

    read: CaseRead | None
    target: Mapping[str, Any] | None = None
    session: Mapping[str, Any] | None = None


class Commands:
    """Sends what was decided and recorded, with the decision and the terms that it rests on."""

    def __init__(self, bus: Bus, policy: Policy, recorder: Recorder) -> None:
        self._bus = bus
        self._policy = policy
        self._recorder = recorder

    def perform(
        self, context: RequestContext, command: CommandRequest, location: str | None = None
    ) -> CommandResult:
        """Carries out `command`; `location` may name `{id}` and `{case}` of what came to be.

        Raises Refuse("not_found") when the person may not even know of it, Refuse("not_allowed"),
        what the owner refused with, or Retry when a part is away: "outcome_unknown" when it was
        sent and no answer came.
        """
        body = orjson.loads(orjson.dumps(command.body, option=orjson.OPT_UTC_Z))
        facts_of = self._fetch_context(context, command)
        read = facts_of.read
        case = read.facts if read else None
        decided_on = _decided_on(read) if read else None
        facts = {name: body[name] for name in POLICY_FACTS.get(command.action, ()) if name in body}
        outcome = self._policy.action(
            context,
            command.action,
            facts=facts,
            case=case,
            target=facts_of.target,
            refers=[fragment_facts(each) for each in read.referred] if read else (),
            session=facts_of.session,
        )
        command_id = command.command_id(context.viewer.person)
        persons = sorted({*(read.persons() if read else ()), *body.get("subjects", ())})
        entry = record.action_entry(
            context, command.action, outcome, command_id=command_id, persons=persons
        )
        self._recorder.record(context, [entry])
        _refuse_denied(outcome)
        message = _envelope(context, command, outcome, decided_on, command_id, body)
        reply = self._bus.command(context.budget, command.service, command.action, message)
        return read_outcome(reply, location)

    def _fetch_context(self, context: RequestContext, command: CommandRequest) -> "CommandContext":
        """What policy looks at, fetched at the same time."""
        person = context.viewer.person
        question = _question(command, person)
        calls = question.calls() if question else []
        session = command.session
        if session is not None:
            calls.append(("intake", "read_session", {"session": session, "person": person}))
        replies = self._bus.read_all(context.budget, calls) if calls else []
        read = question.read(replies) if question else None
        found_session = None if session is None else read_session(replies[-1], session)[0]
        if command.target_kind == "session" and found_session is not None:
            return CommandContext(read, target=session_facts(found_session))
        told = None if found_session is None else session_facts(found_session, command.case)
        target = None
        if command.target_kind == "fragment" and read is not None:
            found = [each for each in read.fragments if each["id"] == command.target]
            target = fragment_facts(found[0]) if found else None
        return CommandContext(read, target, told)


def read_outcome(reply: Any, location: str | None) -> CommandResult:
    """What the owner answered, if it is made of ids and words; else Retry("outcome_unknown").

    The command was done by then: the same Idempotency-Key tells the truth.
    """
    try:
        result = CommandResult(
            id=_matching(_ID, reply["id"]),
            case=_optional(_ID, reply.get("case")),
            stage=_optional(_CODE, reply.get("stage")),
            version=reply["version"],
            state=_optional(_CODE, reply.get("state")),
            ids={
                _matching(_CODE, name): _matching(_ID, value)
                for name, value in (reply.get("ids") or {}).items()
            },
            location=location.format(id=reply["id"], case=reply.get("case")) if location else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Retry("outcome_unknown") from error
    if type(result.version) is not int or result.stage not in (None, *STAGES):
        raise Retry("outcome_unknown")
    return result


def _question(command: CommandRequest, person: str) -> Question | None:
    """What is asked of the case: its facts, and those of the fragment to change, without texts."""
    if command.case is None:
        return None
    if command.target_kind == "fragment":
        return Question(
            command.case, person, command.service, fragment=command.target, content=False
        )
    refers_to = REFERS_TO.get(command.action)
    return Question(command.case, person, kinds=(), content=False, refers_to=refers_to)


def _refuse_denied(outcome: ActionOutcome) -> None:
    if outcome.decision.allow:
        return
    if outcome.decision.hide:
        raise Refuse("not_found")
    raise Refuse("not_allowed", reasons=list(outcome.decision.reasons))


def _envelope(
    context: RequestContext,
    command: CommandRequest,
    outcome: ActionOutcome,
    decided_on: Mapping[str, Any] | None,
    command_id: str,
    body: dict[str, Any],
) -> dict[str, Any]:
    """The command as contracts/rpc/command.py says it travels."""
    decision = outcome.decision
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
        "target": command.target,
        "case": command.case,
        "if_match": command.if_match,
        "traceparent": context.traceparent,
        "body": body,
    }


def _decided_on(read: CaseRead) -> dict[str, Any] | None:
    """The case as policy sees it, and who must not hear of it, for the service that acts on it.

    Raises Retry("service_unavailable") when intake left something out: nothing is decided then.
    """
    facts = read.facts
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
            "walled": list(read.walled),
        }
    except (KeyError, TypeError) as error:
        raise Retry("service_unavailable") from error


def _matching(pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError("not one of ours")
    return value


def _optional(pattern: re.Pattern[str], value: str | None) -> str | None:
    return None if value is None else _matching(pattern, value)
