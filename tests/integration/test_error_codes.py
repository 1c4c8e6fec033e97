"""The codes that only a real database or a real broker can raise."""

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chassis.bus.client import RpcClient
from chassis.errors import CodedError, coded
from chassis.mongo import transaction
from chassis.runtime import Runtime, open_runtime
from chassis.sealing import KeyRing
from contracts.errors import STATUS
from deploy.local.parts import Parts
from gateway.http.problems import problem_of
from tests.integration.chassis.bus.process import BUS_KEYS, running
from tests.integration.chassis.conftest import config_on

NEWER_KEYS = f"b2:{base64.b64encode(bytes(32)).decode()},{BUS_KEYS}"
"""The keys of a caller that seals with a key before the service has it."""


@pytest.fixture(scope="module")
def runtime(parts: Parts) -> Iterator[Runtime]:
    """A prepared runtime in a database of this module's own."""
    opened = open_runtime(config_on(parts))
    opened.prepare()
    yield opened
    opened.database.client.drop_database(opened.database.name)
    opened.close()


def sent_again_with_another_body(runtime: Runtime) -> None:
    for body in ({"family": "f"}, {"family": "g"}):
        runtime.commands.perform("reused", body, lambda session: {})


def sent_again_while_performed(runtime: Runtime) -> None:
    def again(session: Any) -> dict[str, Any]:
        return runtime.commands.perform("in-flight", {}, lambda session: {})

    runtime.commands.perform("in-flight", {}, again)


def two_writers(runtime: Runtime) -> None:
    pages = runtime.database.pages
    pages.insert_one({"_id": 1})
    with transaction(runtime.database) as first, transaction(runtime.database) as second:
        pages.update_one({"_id": 1}, {"$set": {"by": "first"}}, session=first)
        pages.update_one({"_id": 1}, {"$set": {"by": "second"}}, session=second)


def opened_after_it_was_destroyed(runtime: Runtime) -> None:
    sealed = runtime.vault.seal("case-1", "item/1", "a story")
    runtime.vault.destroy("case-1")
    runtime.vault.open("case-1", "item/1", sealed)


FROM_THE_STORE: dict[str, Callable[[Runtime], None]] = {
    "idempotency_key_reused": sent_again_with_another_body,
    "command_in_flight": sent_again_while_performed,
    "conflict": two_writers,
    "content_destroyed": opened_after_it_was_destroyed,
}
"""Code → what is done to the database for it."""


@pytest.mark.parametrize("code", FROM_THE_STORE)
def test_the_store_raises_this_code(runtime: Runtime, code: str) -> None:
    """What the table of codes promises of what is kept can happen."""
    with pytest.raises(CodedError) as raised:
        FROM_THE_STORE[code](runtime)

    known = coded(raised.value)
    assert known is not None
    assert known.code == code


OVER_THE_BUS = {
    "unknown_method": (BUS_KEYS, "abolish"),
    "caller_refused": (BUS_KEYS, "for_plans_only"),
    "message_mangled": (NEWER_KEYS, "echo"),
}
"""Code → the keys of a caller, and the method it calls."""


@pytest.fixture(scope="module")
def _referrals(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The sample service that answers."""
    with running(parts, "referrals", "intake", tmp_path_factory.mktemp("codes")):
        yield


@pytest.mark.usefixtures("_referrals")
@pytest.mark.parametrize("code", OVER_THE_BUS)
def test_a_service_answers_a_call_with_this_code(parts: Parts, code: str) -> None:
    """A caller and a service of different versions say what is wrong."""
    keys, method = OVER_THE_BUS[code]
    client = RpcClient(parts.broker_url("gateway"), KeyRing.parse(keys))
    try:
        with pytest.raises(CodedError) as raised:
            client.call("intake", method, {})
    finally:
        client.close()

    assert (raised.value.code, problem_of(raised.value).status) == (code, STATUS[code])
