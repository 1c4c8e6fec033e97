"""Every code that an error may have is in the table of codes, and each of them can be raised."""

import ast
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from gunicorn.config import Config as GunicornConfig
from gunicorn.http.errors import ParseException
from gunicorn.http.parser import RequestParser

from chassis.errors import CodedError, TimedOut, Unreachable, coded
from chassis.opa import Opa
from chassis.validation import read_or_park
from contracts.errors import STATUS
from contracts.events import read_event
from gateway.http.bodies import LARGEST
from gateway.http.gunicorn_worker import Worker
from services.intake.domain import contributions
from services.intake.domain.case import AgendaEntry
from services.intake.domain.sessions import LONGEST_AGENDA, put_on_agenda
from services.intake.domain.transitions import transition
from tests.integration.test_error_codes import FROM_THE_STORE, OVER_THE_BUS
from tests.unit.casework.factories import command
from tests.unit.gateway.fakes import Platform, an_id, raising, refuse
from tests.unit.intake.factories import case, information_request, item, session

ROOT = Path(__file__).parents[2]
ROOMS = ("chassis", "casework", "contracts", "gateway", "services")
ERRORS = {"Refuse", "Retry", "Park", "RemoteError"}
ANSWERS = {"Problem"}
NOT_WRITTEN_IN_A_CALL = {
    "method_not_allowed",
    "request_malformed",
    "address_too_long",
    "headers_too_large",
}
"""Codes that the gateway has in tables beside the errors of its libraries."""


CASES = "/v1/cases"


def trees() -> Iterator[tuple[Path, ast.Module]]:
    """Every source file of the product, parsed."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def name_of(node: ast.expr) -> str:
    """The last name of `errors.Refuse` or `Refuse`; "" for any other expression."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def coded_classes(found: list[tuple[Path, ast.Module]]) -> set[str]:
    """The classes of coded errors, and those that descend from them in whatever file."""
    bases: dict[str, set[str]] = {}
    for _, tree in found:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(map(name_of, node.bases))
    known = set(ERRORS)
    while more := {name for name, of in bases.items() if of & known} - known:
        known |= more
    return known


def written_codes() -> dict[str, list[str]]:
    """Code → where the source makes an error or an answer of it, as `file:line`."""
    found = list(trees())
    classes = coded_classes(found)
    written: dict[str, list[str]] = {}

    def note(path: Path, call: ast.Call) -> None:
        if call.args and isinstance(call.args[0], ast.Constant):
            written.setdefault(call.args[0].value, []).append(f"{path}:{call.lineno}")

    for path, tree in found:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and name_of(node.func) in ERRORS | ANSWERS:
                note(path, node)
            if isinstance(node, ast.ClassDef) and node.name in classes:
                for call in ast.walk(node):
                    if isinstance(call, ast.Call) and name_of(call.func) == "__init__":
                        note(path, call)
    return written


def test_the_codes_in_the_source_are_those_of_the_table() -> None:
    """A misspelt code would reach a person as an error of ours, without a text or a way on."""
    written = written_codes()

    unknown = {code: places for code, places in written.items() if code not in STATUS}
    assert unknown == {}
    assert set(STATUS) - set(written) == NOT_WRITTEN_IN_A_CALL


def get(platform: Platform, path: str = CASES, **changes: str | None) -> Any:
    """A read with some headers changed, or left out where they are None."""
    given = {**platform.headers(), **{name.replace("_", "-"): v for name, v in changes.items()}}
    sent = {name: value for name, value in given.items() if value is not None}
    return platform.client().get(path, headers=sent)


def post(platform: Platform, body: bytes = b"{}", **changes: str | None) -> Any:
    """A step of a case with a raw body, some headers changed or left out where they are None."""
    given: dict[str, str | None] = {
        **platform.headers(),
        "Idempotency-Key": "k",
        "If-Match": '"1"',
        "Content-Type": "application/json",
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    sent = {name: value for name, value in given.items() if value is not None}
    return platform.client().post(f"{CASES}/{an_id()}/transitions", headers=sent, data=body)


def withdraw(platform: Platform) -> Any:
    """A sound command on a case that is there."""
    path = f"{CASES}/{platform.put_case()}/transitions"
    return platform.command(path, {"command": "withdraw"})


def without_permission(platform: Platform) -> Any:
    platform.policy.action = refuse("mandate_missing")
    return withdraw(platform)


def with_failing(service: str, method: str, error: Exception) -> Callable[[Platform], Any]:
    """A command of which one call to a service fails in this way."""

    def ask(platform: Platform) -> Any:
        platform.bus.stub(service, method, raising(error))
        return withdraw(platform)

    return ask


ANSWERED: dict[str, Callable[[Platform], Any]] = {
    "token_missing": lambda platform: get(platform, Authorization=None),
    "token_invalid": lambda platform: get(platform, Authorization="Bearer x"),
    "purpose_missing": lambda platform: get(platform, Purpose_Of_Use=None),
    "purpose_not_allowed": lambda platform: get(platform, Purpose_Of_Use="curiosity"),
    "not_allowed": without_permission,
    "not_found": lambda platform: get(platform, "/v1/nothing"),
    "method_not_allowed": lambda platform: platform.client().delete(CASES),
    "not_acceptable": lambda platform: get(platform, Accept="text/html"),
    "malformed_json": lambda platform: post(platform, b"{"),
    "unsupported_media_type": lambda platform: post(platform, Content_Type="text/plain"),
    "body_too_large": lambda platform: post(platform, b"x" * (LARGEST + 1)),
    "validation_failed": lambda platform: post(platform),
    "cursor_invalid": lambda platform: get(platform, f"{CASES}?after=x"),
    "idempotency_key_missing": lambda platform: post(platform, Idempotency_Key=None),
    "precondition_required": lambda platform: post(platform, If_Match=None),
    "service_unavailable": with_failing("intake", "read_case", Unreachable()),
    "audit_unavailable": with_failing("audit", "record", TimedOut()),
    "outcome_unknown": with_failing("intake", "change_stage", TimedOut()),
    "internal_error": with_failing("intake", "read_case", RuntimeError()),
}
"""Code → a request to the gateway that is answered with it."""


@pytest.mark.parametrize("code", ANSWERED)
def test_a_request_is_answered_with_this_code(code: str) -> None:
    """What the table of codes promises a caller can happen to one."""
    answer = ANSWERED[code](Platform())

    assert (answer.json["code"], answer.status_code) == (code, STATUS[code])


BYTES = {
    "request_malformed": b"KANARIE\r\n\r\n",
    "address_too_long": b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n",
    "headers_too_large": b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n",
}
"""Code → bytes of which gunicorn makes no request."""


@pytest.mark.parametrize("code", BYTES)
def test_bytes_that_are_no_request_are_answered_with_this_code(code: str) -> None:
    """Who sends something else than HTTP learns what is wrong with it."""
    with pytest.raises(ParseException) as unread:
        next(RequestParser(GunicornConfig(), iter([BYTES[code]]), ("127.0.0.1", 1)))
    ours, theirs = socket.socketpair()

    with ours, theirs:
        Worker.handle_error(None, None, ours, None, unread.value)
        head, _, body = theirs.recv(65_536).partition(b"\r\n\r\n")

    assert head.startswith(f"HTTP/1.1 {STATUS[code]} ".encode())
    assert orjson.loads(body)["code"] == code


VICTIM, STRANGER = case().persons[0].id, an_id()
AGENDA = command(
    "put_on_agenda",
    {"case": case().id},
    terms={"guest_hours": 4},
    partner=None,
    roles=("coordination_team",),
)


def agenda(*cases: str) -> Any:
    """The case is put on the agenda of a session at which these are discussed already."""
    entries = tuple(AgendaEntry(each, False, "caw") for each in cases)
    return put_on_agenda(case(), session(agenda=entries), AGENDA)


def answer_request(**changes: Any) -> Any:
    ask = command("answer_request", {"outcome": "nothing_known"}, if_match=1)
    return contributions.answer_request(case(), ask, information_request(**changes), None)


def recall(**changes: Any) -> Any:
    ask = command("recall_item", if_match=1)
    return contributions.recall_item(case(), ask, item(**changes), (), True)


RAISED: dict[str, Callable[[], object]] = {
    "illegal_transition": lambda: transition("closed", "complete_forming"),
    "precondition_failed": lambda: recall(version=2),
    "precondition_unmet": lambda: recall(kind="person"),
    "already_answered": lambda: answer_request(state="shared"),
    "already_recalled": lambda: recall(status="recalled"),
    "already_on_agenda": lambda: agenda(case().id),
    "facts_changed": lambda: case().check_decided_on("referred", case().version),
    "unknown_subject": lambda: case().check_subjects([VICTIM, STRANGER]),
    "too_many": lambda: agenda(*map(str, range(LONGEST_AGENDA))),
    "policy_unavailable": lambda: Opa("http://127.0.0.1:9").decide("a/b", {}),
    "event_invalid": lambda: read_or_park(read_event, {"type": "referral_submitted"}),
}
"""Code → a rule or a part that raises it."""


@pytest.mark.parametrize("code", RAISED)
def test_a_rule_or_a_part_raises_this_code(code: str) -> None:
    """A refusal that nothing can raise would hide a rule that was lost."""
    with pytest.raises(CodedError) as raised:
        RAISED[code]()

    assert coded(raised.value) is raised.value
    assert raised.value.code == code


def test_every_code_can_be_raised() -> None:
    """A code with a status and three texts that never comes is a promise that nobody keeps."""
    tables = (ANSWERED, BYTES, RAISED, FROM_THE_STORE, OVER_THE_BUS)

    assert sorted(code for table in tables for code in table) == sorted(STATUS)
