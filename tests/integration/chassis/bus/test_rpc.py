"""Calls between processes, over the real broker."""

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator

import amqp
import pymongo
import pytest

from chassis.bus import topology
from chassis.bus.client import RpcClient
from chassis.bus.connection import BROKEN, connect, drain_events, drop
from chassis.errors import RemoteError, TimedOut, Unreachable
from chassis.sealing import CONTENT_TYPE, KeyRing, dumps, loads
from deploy.local.parts import Parts
from tests.integration.chassis.bus.process import BUS_KEYS, ROOT, Running
from tests.waiting import wait_until

RING = KeyRing.parse(BUS_KEYS)

Connector = Callable[[str], amqp.Connection]


@pytest.fixture
def as_user(parts: Parts) -> Iterator[Connector]:
    """Raw connections to the broker, by user."""
    opened: list[amqp.Connection] = []

    def connector(user: str) -> amqp.Connection:
        opened.append(connect(parts.broker_url(user), "test"))
        return opened[-1]

    yield connector
    for connection in opened:
        drop(connection)


def referrals_of(parts: Parts, subject: str) -> int:
    """How many events the sample service has kept for this subject."""
    with pymongo.MongoClient(parts.mongo_url("intake")) as client:
        return client["intake"]["outbox"].count_documents({"subject": subject})


def request(reply_to: str, body: bytes, **properties: object) -> amqp.Message:
    """A request as the client makes it."""
    return amqp.Message(
        body,
        **{"reply_to": reply_to, "content_type": CONTENT_TYPE, "user_id": "gateway"} | properties,
    )


def test_a_service_answers_with_what_it_was_asked_for(
    referrals: Running, caller: RpcClient
) -> None:
    """Without an answer nobody would see a case."""
    assert caller.call("intake", "echo", {"name": "Aïcha", "n": [1, None]}) == {
        "name": "Aïcha",
        "n": [1, None],
    }


def test_a_refusal_keeps_its_code_detail_and_members(referrals: Running, caller: RpcClient) -> None:
    """A caller that only got "error" could not tell the person what to do."""
    with pytest.raises(RemoteError) as refusal:
        caller.call("intake", "refuse", {"stage": "closed"})
    error = refusal.value
    assert (error.code, error.detail, error.members) == (
        "stage_wrong",
        "the case is closed",
        {"stage": "closed"},
    )


def test_a_mistake_gives_nothing_away_and_is_logged_without_content(
    referrals: Running, caller: RpcClient
) -> None:
    """An exception's message may quote a family's story: neither caller nor log reads it."""
    canary = uuid.uuid4().hex
    with pytest.raises(RemoteError) as failure:
        caller.call("intake", "stumble", {"story": canary})
    assert (failure.value.code, failure.value.detail) == ("internal_error", None)
    assert canary not in referrals.log.read_text()
    logged = [line for line in referrals.lines() if line["event"] == "request_failed"]
    assert logged[-1]["error"] == "builtins.ValueError"
    assert logged[-1]["method"] == "stumble"
    assert len(logged[-1]["call_id"]) == 32


def test_a_result_that_cannot_be_written_is_an_error_and_no_silence(
    referrals: Running, caller: RpcClient
) -> None:
    """A caller would otherwise wait for an answer that never comes."""
    with pytest.raises(RemoteError) as failure:
        caller.call("intake", "unreadable", {})
    assert failure.value.code == "internal_error"


def test_an_unknown_method_is_said_to_be_unknown(referrals: Running, caller: RpcClient) -> None:
    """Two versions side by side must say so, not time out."""
    with pytest.raises(RemoteError) as failure:
        caller.call("intake", "abolish", {})
    assert failure.value.code == "unknown_method"


def test_a_method_answers_only_its_own_callers(referrals: Running, caller: RpcClient) -> None:
    """A caller with a right on the queue has not thereby a right on every method."""
    with pytest.raises(RemoteError) as failure:
        caller.call("intake", "for_plans_only", {})
    assert failure.value.code == "caller_refused"


def test_the_broker_refuses_a_call_that_the_table_does_not_allow(caller: RpcClient) -> None:
    """The gateway may not ask for outcomes; it learns at once that nothing was sent."""
    began = time.monotonic()
    with pytest.raises(Unreachable):
        caller.call("risk", "weighing_outcome", {}, timeout=3)
    assert time.monotonic() - began < 1


def test_a_call_to_a_queue_that_is_gone_is_known_to_be_lost(
    caller: RpcClient, as_user: Connector
) -> None:
    """On a broker that was wiped the caller learns at once that nothing happened."""
    owner = as_user("risk")
    owner.channel().queue_delete("rpc-risk")
    try:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            caller.call("risk", "ping", {}, timeout=3)
        assert time.monotonic() - began < 1
    finally:
        assert topology.check(owner, "risk", ()) == [
            "queue rpc-risk was missing and is declared again"
        ]


def test_several_requests_are_answered_side_by_side_and_in_order(
    referrals: Running, caller: RpcClient
) -> None:
    """Facts that are fetched one after the other would double the time of every read."""
    began = time.monotonic()
    results = caller.call_many(
        [("intake", "wait", {"seconds": 0.5, "n": n}) for n in range(4)]
        + [("intake", "echo", "quick")]
    )
    assert results == [*({"seconds": 0.5, "n": n} for n in range(4)), "quick"]
    assert time.monotonic() - began < 1.5


def test_one_failure_among_several_is_returned_in_its_place(
    referrals: Running, caller: RpcClient
) -> None:
    """The caller decides what a missing part means for the whole."""
    first, second, third = caller.call_many(
        [
            ("intake", "echo", 1),
            ("intake", "refuse", {"stage": "referred"}),
            ("intake", "echo", 3),
        ],
        return_errors=True,
    )
    assert (first, third) == (1, 3)
    assert second.members == {"stage": "referred"}


def test_a_late_answer_is_dropped_and_never_taken_for_another(
    referrals: Running, caller: RpcClient
) -> None:
    """Somebody would otherwise be shown the case of the question before."""
    with pytest.raises(TimedOut):
        caller.call("intake", "wait", {"seconds": 0.4}, timeout=0.2)
    answers = [caller.call("intake", "echo", n) for n in range(20)]
    assert caller.call("intake", "wait", {"seconds": 0.4, "own": True}) == {
        "seconds": 0.4,
        "own": True,
    }
    assert answers == list(range(20))


def test_what_nobody_waits_for_any_more_is_not_done(
    parts: Parts, referrals: Running, caller: RpcClient
) -> None:
    """A referral must not appear minutes after its sender was told that it failed."""
    subject = uuid.uuid4().hex
    referrals.pause()
    try:
        for _ in range(3):
            with pytest.raises(TimedOut):
                caller.call("intake", "submit", {"subject": subject}, timeout=0.3)
        deadline = time.monotonic() + 0.6  # the clocks of two machines may differ by half a second
        wait_until(lambda: time.monotonic() > deadline, 2)
    finally:
        referrals.resume()
    assert caller.call("intake", "submit", {"subject": "other"}, timeout=5)["event_ids"]
    assert referrals_of(parts, subject) == 0


def test_twenty_threads_each_get_their_own_answers(referrals: Running, caller: RpcClient) -> None:
    """The gateway's threads share one client; a mixed-up answer would be a breach."""
    wrong: list[object] = []

    def ask(number: int) -> None:
        for turn in range(25):
            answer = caller.call("intake", "echo", [number, turn], timeout=5)
            if answer != [number, turn]:
                wrong.append((number, turn, answer))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert wrong == []


FORKED = """
import os, sys
from chassis.bus.client import RpcClient
from chassis.sealing import KeyRing
client = RpcClient(sys.argv[1], KeyRing.parse(sys.argv[2]))
assert client.call("intake", "echo", "before") == "before"
child = os.fork()
who = "parent" if child else "child"
answers = [client.call("intake", "echo", [who, n]) for n in range(50)]
assert answers == [[who, n] for n in range(50)], answers
client.close()
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


def test_a_client_made_before_a_fork_serves_both(parts: Parts, referrals: Running) -> None:
    """A gateway that loads before it forks would mix two processes on one socket."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKED, parts.broker_url("gateway"), BUS_KEYS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_on_the_wire_can_be_read_and_nothing_is_kept(
    parts: Parts, caller: RpcClient, as_user: Connector
) -> None:
    """The broker's operator must not learn what is said about a family."""
    canary = f"canary{uuid.uuid4().hex}"
    channel = as_user("risk").channel()
    asking = threading.Thread(target=_ask_in_vain, args=(caller, canary))
    asking.start()
    message = wait_until(lambda: channel.basic_get("rpc-risk"), 5)
    asking.join(10)
    assert canary.encode() not in message.body
    assert loads(RING, message.body) == {"args": [{"story": canary}], "kwargs": {}}
    properties = message.properties
    assert (properties["content_type"], properties["delivery_mode"]) == (CONTENT_TYPE, 1)
    assert (properties["expiration"], properties["user_id"]) == ("1500", "gateway")
    files = [path for path in (parts.state / "rabbitmq").rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if canary.encode() in path.read_bytes()] == []


def _ask_in_vain(caller: RpcClient, canary: str) -> None:
    with pytest.raises(TimedOut):
        caller.call("risk", "ping", {"story": canary}, timeout=1.5)


def test_a_forged_sender_is_refused_by_the_broker(referrals: Running, as_user: Connector) -> None:
    """Whoever could sign as another service could ask anything."""
    channel = as_user("gateway").channel()
    body = dumps(RING, {"args": [1], "kwargs": {}})
    message = request("reply.plans.x", body, user_id="plans")
    with pytest.raises(amqp.exceptions.PreconditionFailed):
        channel.basic_publish_confirm(
            message, topology.RPC_EXCHANGE, "intake.for_plans_only", timeout=2, confirm_timeout=2
        )


def test_an_unsealed_request_is_refused(referrals: Running, as_user: Connector) -> None:
    """Content that was ever readable on the way must not be believed."""
    connection = as_user("gateway")
    channel, reply_to, answers = _reply_queue(connection, "gateway")
    plain = request(reply_to, b'{"args": [1], "kwargs": {}}', content_type="application/json")
    channel.basic_publish(plain, topology.RPC_EXCHANGE, "intake.echo")
    wait_until(lambda: drain_events(connection, 0.1) and answers, 5)
    assert loads(RING, answers[0].body)["error"]["code"] == "message_mangled"


def test_an_answer_goes_to_nobody_but_the_one_who_asked(
    referrals: Running, as_user: Connector
) -> None:
    """A service must not be made to write where its caller could not."""
    other = as_user("plans")
    _channel, address, answers = _reply_queue(other, "plans")
    asking = as_user("gateway").channel()
    body = dumps(RING, {"args": ["content"], "kwargs": {}})
    asking.basic_publish(request(address, body), topology.RPC_EXCHANGE, "intake.echo")
    wait_until(
        lambda: any(
            line["event"] == "request_dropped" and line["ground"] == "no address of its own"
            for line in referrals.lines()
        ),
        5,
    )
    assert not drain_events(other, 0.2)
    assert answers == []


def test_an_answer_by_another_service_is_not_taken(
    referrals: Running, caller: RpcClient, as_user: Connector
) -> None:
    """A service with a fault must not be able to answer for another one."""
    reply_to: list[str] = []
    channel = as_user("intake").channel()

    def forge() -> None:
        lines = _consumers_of(caller)
        reply_to.extend(lines)
        body = dumps(RING, {"result": "forged", "error": None})
        rogue = as_user("notifications").channel()
        for number in range(1, 5):
            rogue.basic_publish(
                amqp.Message(body, correlation_id=str(number), user_id="notifications"),
                topology.RPC_EXCHANGE,
                lines[0],
            )

    caller.call("intake", "echo", "first")
    forge()
    assert caller.call("intake", "wait", {"seconds": 0.3}) == {"seconds": 0.3}
    assert reply_to[0].startswith("reply.gateway.")
    channel.close()


def _consumers_of(caller: RpcClient) -> list[str]:
    return [line.reply_to for line in caller._idle]


def _reply_queue(
    connection: amqp.Connection, user: str
) -> tuple[amqp.Channel, str, list[amqp.Message]]:
    address = topology.reply_queue(user, uuid.uuid4().hex)
    channel = connection.channel()
    channel.queue_declare(address, exclusive=True)
    channel.queue_bind(address, topology.RPC_EXCHANGE, address)
    answers: list[amqp.Message] = []
    channel.basic_consume(address, no_ack=True, callback=answers.append)
    return channel, address, answers


def test_a_service_cannot_listen_to_the_answers_of_others(as_user: Connector) -> None:
    """One curious service would otherwise read along with all of them."""
    channel = as_user("risk").channel()
    mine = topology.reply_queue("risk", "x")
    channel.queue_declare(mine, exclusive=True)
    with pytest.raises(BROKEN):
        channel.queue_bind(mine, topology.RPC_EXCHANGE, "reply.gateway.#")
