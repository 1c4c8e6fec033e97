"""The floor: the same steps as a release with nothing of ours, on the same parts, raw clients.

Two AMQP requests with their replies, one find, one journaled majority insert, one OPA call over a
kept connection, with payloads as large as those of the path they stand beside.
"""

import http.client
import json
import multiprocessing
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import amqp
import pymongo
from pymongo.write_concern import WriteConcern

ECHO = "bench.echo"


def _connect(url: str) -> amqp.Connection:
    parts = urlsplit(url)
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port}",
        userid=parts.username,
        password=parts.password,
        virtual_host=parts.path.lstrip("/"),
    )
    connection.connect()
    return connection


def _echo(url: str, size: int, ready: Any) -> None:
    """Answers every request with `size` bytes, until its process ends."""
    connection = _connect(url)
    channel = connection.channel()
    channel.queue_declare(ECHO, durable=False, auto_delete=True)
    reply = b"x" * size

    def answer(message: amqp.Message) -> None:
        properties = message.properties
        channel.basic_publish(
            amqp.Message(reply, correlation_id=properties["correlation_id"], delivery_mode=1),
            routing_key=properties["reply_to"],
        )

    channel.basic_consume(ECHO, callback=answer, no_ack=True)
    ready.set()
    while True:
        connection.drain_events()


@dataclass(frozen=True)
class Sizes:
    """How large the path's own messages and documents are, in bytes, and what it asks OPA."""

    request: int
    reply: int
    documents: int
    record: int
    decision: str
    question: dict[str, Any]


class Floor:
    """Runs one round trip of the floor; `hops` accumulates the seconds of each part."""

    def __init__(self, broker_url: str, mongo_url: str, opa_url: str, sizes: Sizes) -> None:
        context = multiprocessing.get_context("spawn")
        ready = context.Event()
        self._echo = context.Process(
            target=_echo, args=(broker_url, sizes.reply, ready), daemon=True
        )
        self._echo.start()
        if not ready.wait(30):
            raise RuntimeError("the echo did not start")
        self._connection = _connect(broker_url)
        self._channel = self._connection.channel()
        self._replies = self._channel.queue_declare("", exclusive=True).queue
        self._channel.basic_consume(self._replies, callback=self._receive, no_ack=True)
        self._answered = ""
        self._request = b"x" * sizes.request

        self._mongo: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongo_url)
        self._database = self._mongo["bench"]
        self._database["found"].drop()
        self._database["found"].create_index("case")
        self._database["found"].insert_many(
            {"_id": n, "case": "one", "content": b"x" * (sizes.reply // sizes.documents)}
            for n in range(sizes.documents)
        )
        self._records = self._database.get_collection(
            "records", write_concern=WriteConcern("majority", j=True)
        )
        self._record = b"x" * sizes.record

        address = urlsplit(opa_url)
        self._opa = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
        self._question = json.dumps({"input": sizes.question}).encode()
        self._path = f"/v1/data/{sizes.decision}"
        self.hops = dict.fromkeys(("rpc", "find", "decide", "insert"), 0.0)
        self.rounds = 0

    def once(self) -> float:
        """One round trip of all parts; its seconds."""
        begin = time.perf_counter()
        self._timed("rpc", self._ask)
        self._timed("find", self._find)
        self._timed("decide", self._decide)
        self._timed("rpc", self._ask)
        self._timed("insert", self._insert)
        self.rounds += 1
        return time.perf_counter() - begin

    def close(self) -> None:
        """Ends the echo and the connections."""
        self._connection.close()
        self._echo.terminate()
        self._echo.join()
        self._mongo.close()
        self._opa.close()

    def _timed(self, hop: str, act: Any) -> None:
        begin = time.perf_counter()
        act()
        self.hops[hop] += time.perf_counter() - begin

    def _ask(self) -> None:
        wanted = str(time.perf_counter_ns())
        self._channel.basic_publish(
            amqp.Message(
                self._request, correlation_id=wanted, reply_to=self._replies, delivery_mode=1
            ),
            routing_key=ECHO,
        )
        while self._answered != wanted:
            self._connection.drain_events(timeout=5)

    def _receive(self, message: amqp.Message) -> None:
        self._answered = message.properties["correlation_id"]

    def _find(self) -> None:
        list(self._database["found"].find({"case": "one"}))

    def _insert(self) -> None:
        self._records.insert_one({"content": self._record})

    def _decide(self) -> None:
        self._opa.request("POST", self._path, self._question, {"Content-Type": "application/json"})
        self._opa.getresponse().read()
