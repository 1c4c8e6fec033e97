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
from gateway import record
from gateway.asking import Asking
from gateway.bus import Bus
from gateway.facts import CaseRead, fragment_facts, read_session, session_facts
from gateway.gathering import Question
from gateway.policy import Acting, Policy
from gateway.record import Recorder

NAMESPACE: Final = uuid.UUID("5d3b0c1e-8f52-4c57-9f8e-2c6a6f0f8b11")
"""The namespace of command ids; changing it would forget every Idempotency-Key."""

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Order:
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
class Done:
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
class _Around:
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

    def perform(self, asking: Asking, order: Order, location: str | None = None) -> Done:
        """Carries out `order`; `location` may name `{id}` and `{case}` of what came to be.

        Raises Refuse("not_found") when the person may not even know of it, Refuse("not_allowed"),
        what the owner refused with, or Retry when a part is away: "outcome_unknown" when it was
        sent and no answer came.
        """
        body = orjson.loads(orjson.dumps(order.body, option=orjson.OPT_UTC_Z))
        around = self._around(asking, order)
        read = around.read
        case = read.facts if read else None
        decided_on = _decided_on(read) if read else None
        facts = {name: body[name] for name in POLICY_FACTS.get(order.action, ()) if name in body}
        acting = self._policy.action(
            asking,
            order.action,
            facts=facts,
            case=case,
            target=around.target,
            refers=[fragment_facts(each) for each in read.referred] if read else (),
            session=around.session,
        )
        command_id = order.command_id(asking.viewer.person)
        persons = sorted({*(read.persons() if read else ()), *body.get("subjects", ())})
        entry = record.action_entry(
            asking, order.action, acting, command_id=command_id, persons=persons
        )
        self._recorder.record(asking, [entry])
        _refuse_denied(acting)
        message = _envelope(asking, order, acting, decided_on, command_id, body)
        reply = self._bus.command(asking.budget, order.service, order.action, message)
        return read_outcome(reply, location)

    def _around(self, asking: Asking, order: Order) -> "_Around":
        """What policy looks at, fetched at the same time."""
        person = asking.viewer.person
        question = _question(order, person)
        calls = question.calls() if question else []
        session = order.session
        if session is not None:
            calls.append(("intake", "read_session", {"session": session, "person": person}))
        replies = self._bus.read_all(asking.budget, calls) if calls else []
        read = question.read(replies) if question else None
        found_session = None if session is None else read_session(replies[-1], session)[0]
        if order.target_kind == "session" and found_session is not None:
            return _Around(read, target=session_facts(found_session))
        told = None if found_session is None else session_facts(found_session, order.case)
        target = None
        if order.target_kind == "fragment" and read is not None:
            found = [each for each in read.fragments if each["id"] == order.target]
            target = fragment_facts(found[0]) if found else None
        return _Around(read, target, told)


def read_outcome(reply: Any, location: str | None) -> Done:
    """What the owner answered, if it is made of ids and words; else Retry("outcome_unknown").

    The command was done by then: the same Idempotency-Key tells the truth.
    """
    try:
        done = Done(
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
    if type(done.version) is not int or done.stage not in (None, *STAGES):
        raise Retry("outcome_unknown")
    return done


def _question(order: Order, person: str) -> Question | None:
    """What is asked of the case: its facts, and those of the fragment to change, without texts."""
    if order.case is None:
        return None
    if order.target_kind == "fragment":
        return Question(order.case, person, order.service, fragment=order.target, content=False)
    refers_to = REFERS_TO.get(order.action)
    return Question(order.case, person, kinds=(), content=False, refers_to=refers_to)


def _refuse_denied(acting: Acting) -> None:
    if acting.decision.allow:
        return
    if acting.decision.hide:
        raise Refuse("not_found")
    raise Refuse("not_allowed", reasons=list(acting.decision.reasons))


def _envelope(
    asking: Asking,
    order: Order,
    acting: Acting,
    decided_on: Mapping[str, Any] | None,
    command_id: str,
    body: dict[str, Any],
) -> dict[str, Any]:
    """The command as contracts/rpc/command.py says it travels."""
    decision = acting.decision
    return {
        "command_id": command_id,
        "decision_id": asking.decision_id,
        "person": asking.viewer.person,
        "partner": decision.partner,
        "roles": list(decision.roles),
        "agreement": decision.agreement,
        "agreement_version": decision.agreement_version,
        "policy_revision": decision.policy_revision,
        "terms": dict(decision.terms),
        "decided_on": decided_on,
        "target": order.target,
        "case": order.case,
        "if_match": order.if_match,
        "traceparent": asking.traceparent,
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
