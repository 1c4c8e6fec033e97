"""The platform behind the gateway, by hand: a bus, a policy service and an issuer of tokens.

Every call is kept in `trace`, in order, so that a test can say which calls an answer took.
"""

import json
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any

import orjson
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from chassis.clock import FixedClock
from chassis.errors import RemoteError
from chassis.sealing import KeyRing
from gateway.app import build, make_dependencies
from gateway.http import health
from gateway.http.authentication import Authenticator
from gateway.release.policy import Decider

ISSUER = "https://login.example"
AUDIENCE = "ketenaanpak"
BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UNTIL = "2026-03-02T10:00:00+00:00"
REVISION = "rev-1"
ANNA = "p-00000001"
RING = KeyRing({"b1": bytes(range(32))})
VICTIM = "91b2c3d4-5e6f-4a7b-8c9d-0e1f2a3b4c46"

Handler = Callable[[dict[str, Any]], Any]


def an_id() -> str:
    """A random id."""
    return str(uuid.uuid4())


class FixedKeys:
    """Keys that are always there."""

    def __init__(self, *keys: Any) -> None:
        self._keys = KeySet(list(keys))

    def current(self, key_id: str | None) -> KeySet:
        return self._keys


class FakeBus:
    """Answers calls by handlers; a handler that raises is a service that refuses or is away.

    `at_once` names the calls that went out together.
    """

    def __init__(self, trace: list[tuple[str, Any]]) -> None:
        self.trace = trace
        self.at_once: list[list[str]] = []
        self.handlers: dict[tuple[str, str], Handler] = {}

    def stub(self, service: str, method: str, handler: Handler) -> None:
        self.handlers[service, method] = handler

    def call_many(
        self,
        requests: Sequence[tuple[str, str, dict[str, Any]]],
        timeout: float = 2.0,
        *,
        return_errors: bool = False,
    ) -> list[Any]:
        answers: list[Any] = []
        self.at_once.append([f"{service}.{method}" for service, method, _ in requests])
        for service, method, payload in requests:
            sent = orjson.loads(orjson.dumps(payload))
            self.trace.append((f"{service}.{method}", sent))
            try:
                answers.append(orjson.loads(orjson.dumps(self._answer(service, method, sent))))
            except Exception as error:
                if not return_errors:
                    raise
                answers.append(error)
        return answers

    def _answer(self, service: str, method: str, payload: dict[str, Any]) -> Any:
        handler = self.handlers.get((service, method))
        if handler is None:
            raise RemoteError("not_found")
        return handler(payload)

    def reachable(self) -> bool:
        return True


class FakePolicy:
    """Answers decisions by handlers, one for each path."""

    def __init__(self, trace: list[tuple[str, Any]]) -> None:
        self.trace = trace
        self.release: Handler = allow_everything
        self.action: Handler = permit
        self.directory: Handler = lambda _input: {
            "allow": True,
            "contacts": [],
            "policy_revision": REVISION,
        }

    def decide(self, path: str, input: dict[str, Any]) -> dict[str, Any]:
        question = json.loads(json.dumps(input))
        self.trace.append((path, question))
        handler = {"release": self.release, "action": self.action, "directory": self.directory}[
            path.split("/")[1]
        ]
        decision: dict[str, Any] = handler(question)
        return decision

    def ready(self) -> bool:
        return True


@cache
def _app() -> Flask:
    """The application, made once: describing its routes takes longer than most tests."""
    trace: list[tuple[str, Any]] = []
    clock = FixedClock(BEGIN)
    app: Flask = build(
        client=FakeBus(trace),
        opa=FakePolicy(trace),
        authenticator=Authenticator(FixedKeys(), ISSUER, AUDIENCE, clock),
        clock=clock,
        ring=RING,
        sleep=lambda seconds: app.extensions["slept"].append(seconds),
    )
    return app


class Platform:
    """A gateway on fakes: cases are put in by hand, answers come through HTTP."""

    def __init__(self, opa: Decider | None = None, begin: datetime = BEGIN) -> None:
        self.trace: list[tuple[str, Any]] = []
        self.bus = FakeBus(self.trace)
        self.policy = FakePolicy(self.trace)
        self.opa: Decider = opa or self.policy
        self.clock = FixedClock(begin)
        self.key = OKPKey.generate_key("Ed25519", {"kid": "k1"})
        self.slept: list[float] = []
        self.cases: dict[str, dict[str, Any]] = {}
        self.fragments_of: dict[str, dict[str, list[dict[str, Any]]]] = {"risk": {}, "plans": {}}
        self.destroyed: set[tuple[str, str]] = set()
        self.recorded: list[dict[str, Any]] = []
        self.app = _app()
        self._dependencies = make_dependencies(
            client=self.bus,
            opa=self.opa,
            authenticator=Authenticator(FixedKeys(self.key), ISSUER, AUDIENCE, self.clock),
            clock=self.clock,
            ring=RING,
        )
        self._install()
        self.bus.stub("intake", "read_case", self._read_case)
        for owner in self.fragments_of:
            self.bus.stub(owner, "read_fragments", partial(self._read_fragments, owner))
        self.bus.stub("audit", "record", self._record)

    def _install(self) -> None:
        """Makes the one application use the dependencies of this platform."""
        self._dependencies.install(self.app)
        self.app.extensions["ketenaanpak-readiness"] = health.Readiness(self._dependencies)
        self.app.extensions["slept"] = self.slept

    def token(self, person: str = ANNA, **claims: Any) -> str:
        """A token of the issuer that this gateway trusts."""
        now = self.clock.now()
        proven = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": person,
            "exp": int((now + timedelta(hours=1)).timestamp()),
            **claims,
        }
        header = {"alg": "Ed25519", "kid": "k1"}
        return jwt.encode(header, proven, self.key, algorithms=["Ed25519"])

    def headers(self, person: str = ANNA, **more: str) -> dict[str, str]:
        """The headers of a well-mannered request."""
        return {
            "Authorization": f"Bearer {self.token(person)}",
            "Purpose-Of-Use": "case_consultation",
            **more,
        }

    def client(self) -> FlaskClient:
        self._install()
        return self.app.test_client()

    def get(self, path: str, person: str = ANNA, **headers: str) -> Any:
        """A read."""
        return self.client().get(path, headers=self.headers(person, **headers))

    def command(self, path: str, body: Any = None, method: str = "POST", **headers: str) -> Any:
        """A command with a key of its own and version 1, unless said otherwise."""
        given = {"Idempotency-Key": an_id(), "If-Match": '"1"', **headers}
        return self.client().open(path, method=method, headers=self.headers(**given), json=body)

    def calls(self) -> list[str]:
        """The calls so far, by name."""
        return [name for name, _ in self.trace]

    def sent(self, name: str) -> list[Any]:
        """What was sent in each call of that name."""
        return [payload for called, payload in self.trace if called == name]

    def put_case(self, *fragments: dict[str, Any], walled: Sequence[str] = (), **facts: Any) -> str:
        """A case that intake knows of."""
        case = case_facts(**facts)
        reply = {
            "case": case,
            "fragments": list(fragments),
            "walled": list(walled),
            "destroyed": False,
        }
        self.cases[case["id"]] = reply
        identifier: str = case["id"]
        return identifier

    def put_fragments(self, owner: str, case: str, *fragments: dict[str, Any]) -> None:
        """Fragments of the case that risk or plans own."""
        self.fragments_of[owner].setdefault(case, []).extend(fragments)

    def destroy_content(self, case: str, *owners: str) -> None:
        """Destroys the keys of a case with these owners."""
        self.destroyed |= {(owner, case) for owner in owners}

    def _read_case(self, request: dict[str, Any]) -> dict[str, Any]:
        known = self.cases.get(request["case"])
        if known is None:
            unknown = {"id": request["case"], "found": False}
            return {"case": unknown, "fragments": [], "walled": [], "destroyed": False}
        return self._held("intake", known["fragments"], request, known)

    def _read_fragments(self, owner: str, request: dict[str, Any]) -> dict[str, Any]:
        known = self.fragments_of[owner].get(request["case"], [])
        return self._held(owner, known, request, {"case": request["case"]})

    def _held(
        self,
        owner: str,
        fragments: list[dict[str, Any]],
        request: dict[str, Any],
        reply: dict[str, Any],
    ) -> dict[str, Any]:
        """The reply with the fragments that were asked for, without content if it is gone."""
        destroyed = (owner, request["case"]) in self.destroyed
        kept = {**request, "content": request["content"] and not destroyed}
        return {**reply, "fragments": wanted(fragments, kept), "destroyed": destroyed}

    def _record(self, request: dict[str, Any]) -> dict[str, Any]:
        self.recorded += request["entries"]
        return {
            "receipts": [
                {"entry_id": entry["entry_id"], "index": number, "leaf_hash": "0" * 64}
                for number, entry in enumerate(request["entries"])
            ]
        }


def wanted(fragments: list[dict[str, Any]], request: dict[str, Any]) -> list[dict[str, Any]]:
    """The fragments that a request is about, their content only if it asks for it."""
    return [
        {**each, "content": each["content"] if request["content"] else None}
        for each in fragments
        if (request["kinds"] is None or each["kind"] in request["kinds"])
        and request["fragment"] in (None, each["id"])
    ]


def case_facts(**changes: Any) -> dict[str, Any]:
    """The facts of a case in forming with two partners."""
    return {
        "id": an_id(),
        "found": True,
        "agreement": "sample-brugge",
        "region": "31005",
        "stage": "forming",
        "version": 3,
        "submitted_by": "caw",
        "referrer": None,
        "submitted_at": "2026-03-01T09:00:00+00:00",
        "participants": [
            {"partner": "caw", "since": "2026-03-01T09:00:00+00:00", "answered": None},
            {"partner": "parket", "since": "2026-03-01T09:00:00+00:00", "answered": "contributed"},
        ],
        "persons": [VICTIM],
        "director": None,
        "follow_up_on": None,
        "contributors": ["caw"],
        "followers": [],
        "crisis": False,
        "victim_informed": True,
        "informing_confirmed": False,
        "evaluating": False,
        "guest": None,
        "emergency": None,
        "conflicts": [],
        "session": None,
        **changes,
    }


def fragment(kind: str = "item", content: Any = None, **changes: Any) -> dict[str, Any]:
    """A fragment with a canary in its text."""
    texts = {
        "item": {
            "summary": "kort",
            "text": "KANARIE-text",
            "item_kind": "fact",
            "as_of": "2026-03-01",
            "obtained_from": {"organisation": "KANARIE-dienst", "function": "functie"},
            "author": "p-00000009",
        },
        "person": {"roles": ["victim"], "given_name": "KANARIE-naam", "family_name": "X"},
    }
    return {
        "id": an_id(),
        "kind": kind,
        "category": "identity" if kind == "person" else "safety",
        "source": "parket",
        "subjects": [],
        "only_for": [],
        "withhold_from": [],
        "addressed_to": [],
        "of": None,
        "status": "offered",
        "version": 1,
        "at": "2026-03-01T10:00:00+00:00",
        "content": None if kind == "whereabouts" else content or texts.get(kind, {}),
        **changes,
    }


def allow(
    case: dict[str, Any], level: str = "full", standing: str = "participant", **changes: Any
) -> dict[str, Any]:
    """A decision that allows a case, all of its fragments at one level."""
    grants = {each["id"]: {"level": level, "reasons": []} for each in case["fragments"]}
    emergency = standing == "emergency"
    until = [{"kind": "expires_at", "at": UNTIL}] if emergency else []
    return {
        "allow": True,
        "standing": standing,
        "fragments": grants,
        "withheld": {},
        "reasons": [],
        "obligations": [{"kind": "record"}, {"kind": "use_limitation"}, *until],
        "terms": {},
        "partner": "caw",
        "roles": ["team_member"],
        "agreement_version": "1",
        "emergency": emergency,
        **changes,
    }


def deny(*reasons: str) -> dict[str, Any]:
    """A decision that denies a case."""
    return {
        "allow": False,
        "standing": None,
        "fragments": {},
        "withheld": {},
        "reasons": list(reasons),
        "obligations": [],
        "terms": {},
        "partner": None,
        "roles": [],
        "agreement_version": None,
        "emergency": False,
    }


def decided(decisions: dict[str, Any]) -> dict[str, Any]:
    """A release decision."""
    return {"policy_revision": REVISION, "decisions": decisions}


def allow_everything(question: dict[str, Any]) -> dict[str, Any]:
    """Allows every case that was found."""
    return decided(
        {
            case["id"]: allow(case) if case["found"] else deny("unknown")
            for case in question["cases"]
        }
    )


def deny_everything(question: dict[str, Any]) -> dict[str, Any]:
    """Denies every case."""
    return decided({case["id"]: deny("not_participant") for case in question["cases"]})


def permit(_question: dict[str, Any], **terms: Any) -> dict[str, Any]:
    """An action decision that permits."""
    return {
        "allow": True,
        "hide": False,
        "reasons": [],
        "obligations": [{"kind": "record"}],
        "terms": terms,
        "partner": "caw",
        "roles": ["team_member"],
        "agreement": "sample-brugge",
        "agreement_version": "1",
        "policy_revision": REVISION,
    }


def raising(error: Exception) -> Handler:
    """A service that fails in this way."""

    def fail(_payload: dict[str, Any]) -> Any:
        raise error

    return fail


def refuse(*reasons: str, hide: bool = False) -> Handler:
    """An action decision that denies."""
    return lambda question: {
        **permit(question),
        "allow": False,
        "hide": hide,
        "reasons": list(reasons),
    }
