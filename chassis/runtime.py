"""The runtime of a service: what its own code is given, one of each per process."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chassis.clock import Clock, clock_from
from chassis.commands import IdempotentCommands
from chassis.config import Config
from chassis.inbox import Inbox
from chassis.logs import logger
from chassis.mongo import Store, connect
from chassis.outbox import Outbox
from chassis.vault import Vault

if TYPE_CHECKING:
    from chassis.bus.client import RpcClient


@dataclass(frozen=True)
class Runtime:
    """The objects that a service's own code is built from."""

    config: Config
    clock: Clock
    database: Store
    vault: Vault
    outbox: Outbox
    inbox: Inbox
    commands: IdempotentCommands
    client: "RpcClient | None"
    log: Any

    def prepare(self) -> None:
        """Create the collections and indexes of the chassis; idempotent, needs the database."""
        self.commands.prepare()
        self.outbox.prepare()
        self.inbox.prepare()
        self.vault.prepare()

    def close(self) -> None:
        """Close the database client."""
        self.database.client.close()


def open_runtime(config: Config, client: "RpcClient | None" = None) -> Runtime:
    """Create the runtime. It connects to nothing yet, so nothing needs to be up."""
    clock = clock_from(config)
    database = connect(config)
    return Runtime(
        config=config,
        clock=clock,
        database=database,
        vault=Vault(database, config.master_keys, config.service),
        outbox=Outbox(database),
        inbox=Inbox(database),
        commands=IdempotentCommands(database, config.hash_key, clock),
        client=client,
        log=logger(config.service),
    )
