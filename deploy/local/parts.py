"""RabbitMQ, MongoDB and OPA of one state folder: the backing services of the platform.

    with running(state_dir) as parts:
        parts.broker_url("intake"), parts.mongo_url("intake"), parts.opa_url

Several state folders may be running side by side: each has its own ports and secrets.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local import external, find
from deploy.local.external import ExternalMongoDB, ExternalOpa, ExternalRabbitMQ
from deploy.local.mongodb import MongoDB
from deploy.local.opa import Opa
from deploy.local.ports import Ports
from deploy.local.program import BackingService, Program
from deploy.local.progress import Progress
from deploy.local.rabbitmq import RabbitMQ
from deploy.local.secrets import Secrets

ALL = ("rabbitmq", "mongodb", "opa")


class Parts:
    """The three backing services of one state folder: start, stop, kill, pause and resume each.

    Creating this object starts nothing; a second object on the same folder controls the same
    processes. With `die_with_parent` they end with the thread that started them.
    """

    def __init__(
        self, state: Path, bundle: Path | None = None, *, die_with_parent: bool = False
    ) -> None:
        self.state = state.resolve()
        self.state.mkdir(parents=True, exist_ok=True)
        self.secrets = Secrets(self.state / "secrets")
        self.ports = Ports(self.state)
        broker = ExternalRabbitMQ if external.RABBITMQ in os.environ else RabbitMQ
        database = ExternalMongoDB if external.MONGODB in os.environ else MongoDB
        policy = ExternalOpa if external.OPA in os.environ else Opa
        self.rabbitmq = broker(
            self.state, self.ports, self.secrets, die_with_parent=die_with_parent
        )
        self.mongodb = database(
            self.state, self.ports, self.secrets, die_with_parent=die_with_parent
        )
        self.opa = policy(self.state, self.ports, bundle, die_with_parent=die_with_parent)

    def broker_url(self, user: str) -> str:
        """Give the AMQP URL of a user: a service's name, `gateway` or `operator`."""
        return self.rabbitmq.url(user)

    def mongo_url(self, user: str) -> str:
        """Give the URL of a service with its own database (or of `auditor`)."""
        return self.mongodb.url(user)

    @property
    def opa_url(self) -> str:
        """Give the URL of the policy service."""
        return self.opa.url

    @property
    def opa_binary(self) -> Path:
        """Give the `opa` program."""
        return self.opa.binary

    def start(self, names: Sequence[str] = ALL, progress: Progress | None = None) -> None:
        """Start the named parts, one after the other; raises ActionableError with a remedy."""
        for name in names:
            self._part(name).start(progress or Progress(None))

    def check_prerequisites(self, progress: Progress) -> None:
        """Check what a fresh start needs: the programs, installed if missing, and external parts.

        Raises ActionableError when one is missing or unreachable, or when an external database
        holds data of an earlier run, which is not ours to delete.
        """
        if isinstance(self.rabbitmq, ExternalRabbitMQ):
            self.rabbitmq.check_access()
        else:
            find.rabbitmq(progress)
        if isinstance(self.mongodb, ExternalMongoDB):
            self.mongodb.check_empty()
        else:
            find.mongod(progress)
        find.opa(progress)

    def stop(self) -> None:
        """Stop whatever runs, in order."""
        for name in reversed(ALL):
            self._part(name).stop()

    def kill(self) -> None:
        """Kill whatever runs; for runs that will not be started again."""
        for name in reversed(ALL):
            self._part(name).kill()

    @property
    def programs(self) -> tuple[Program, ...]:
        """Every process of the parts, Erlang's port mapper included."""
        broker = self.rabbitmq
        return (broker.program, broker.epmd, self.mongodb.program, self.opa.program)

    def _part(self, name: str) -> BackingService:
        part: BackingService = getattr(self, name)
        return part


@contextmanager
def running(
    state: Path,
    parts: Sequence[str] = ALL,
    bundle: Path | None = None,
    progress: Progress | None = None,
) -> Iterator[Parts]:
    """Run parts for the length of a block: for tests, so they end with the calling thread.

    Without a bundle OPA has neither rules nor data. What was written stays in `state`.
    """
    stack = Parts(state, bundle, die_with_parent=True)
    try:
        stack.start(parts, progress)
        yield stack
    finally:
        stack.kill()
