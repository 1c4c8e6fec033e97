"""External parts, named in the environment: used as they are, never stopped or wiped.

KETENAANPAK_RABBITMQ_URL   the broker's management address, with an administrator's login:
                           http://admin:password@host:15672
KETENAANPAK_MONGODB_URL    a replica set, with an administrator's login:
                           mongodb://admin:password@host:27017/?replicaSet=rs0
KETENAANPAK_OPA_URL        a policy server that has loaded our bundle: http://host:8181
"""

from __future__ import annotations

import base64
import json
import os
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlsplit

from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from deploy.local.errors import ActionableError
from deploy.local.mongodb import MongoDB
from deploy.local.opa import Opa
from deploy.local.progress import Progress
from deploy.local.rabbitmq import RabbitMQ
from deploy.mongo import setup
from deploy.opa import bundle
from deploy.rabbitmq import definitions
from deploy.rabbitmq.definitions import Definitions

RABBITMQ = "KETENAANPAK_RABBITMQ_URL"
MONGODB = "KETENAANPAK_MONGODB_URL"
OPA = "KETENAANPAK_OPA_URL"


class ExternalRabbitMQ(RabbitMQ):
    """An external broker, into which our definitions are imported by its management API."""

    def url(self, user: str) -> str:
        """Give the AMQP URL of one of our users there."""
        password = quote(self.secrets.password(f"broker-{user}"), safe="")
        host = urlsplit(os.environ[RABBITMQ]).hostname
        return f"amqp://{user}:{password}@{host}:{self._amqp_port()}/{definitions.VHOST}"

    def start(self, progress: Progress) -> None:
        """Import our definitions; raises ActionableError when the broker refuses them."""
        passwords = {user: self.secrets.password(f"broker-{user}") for user in definitions.users()}
        with progress.step("rabbitmq", f"telling the broker of {RABBITMQ}"):
            self._request("/api/definitions", definitions.render(passwords))

    def check_access(self) -> None:
        """Raise ActionableError unless the broker accepts the administrator's login."""
        self._amqp_port()

    def export_definitions(self) -> Definitions:
        """Give the definitions that the broker holds now, through its management API."""
        exported: Definitions = json.loads(self._request("/api/definitions"))
        return exported

    def _amqp_port(self) -> int:
        listeners = json.loads(self._request("/api/overview"))["listeners"]
        return next(int(one["port"]) for one in listeners if one["protocol"] == "amqp")

    def _request(self, path: str, body: Any = None) -> bytes:
        address = urlsplit(os.environ[RABBITMQ])
        login = base64.b64encode(f"{address.username}:{address.password}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310 - the address is the operator's own
            f"{address.scheme}://{address.hostname}:{address.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                content: bytes = answer.read()
        except (urllib.error.URLError, OSError) as error:
            raise ActionableError(
                f"the broker of {RABBITMQ} refuses: {error}",
                "check the address, the administrator's login and the management plugin,"
                f" or unset {RABBITMQ}",
            ) from None
        return content


class ExternalMongoDB(MongoDB):
    """An external replica set, in which we have databases and users of our own."""

    def url(self, user: str) -> str:
        """Give the URL of one of our users there."""
        known = parse_uri(os.environ[MONGODB], validate=False)
        hosts = ",".join(f"{host}:{port}" for host, port in known["nodelist"])
        password = quote(self.secrets.password(f"mongo-{user}"), safe="")
        database = setup.users()[user]["database"]
        options = f"authSource={database}&replicaSet={known['options'].get('replicaSet', '')}"
        return f"mongodb://{user}:{password}@{hosts}/{database}?{options}"

    def admin_url(self) -> str:
        """Give the administrator's URL, as it was given to us."""
        return os.environ[MONGODB]

    def start(self, progress: Progress) -> None:
        """Create our users; raises ActionableError when the server refuses."""
        passwords = {name: self.secrets.password(f"mongo-{name}") for name in setup.users()}
        with progress.step("mongodb", f"making users in {MONGODB}"), self._client() as client:
            try:
                setup.give_rights(client, passwords)
            except PyMongoError as error:
                raise self._refused(error) from None

    def check_empty(self) -> None:
        """Raise ActionableError when it has our databases, which a fresh start does not drop."""
        ours = {rights["database"] for rights in setup.users().values()}
        with self._client() as client:
            try:
                kept = ours & set(client.list_database_names())
            except PyMongoError as error:
                raise self._refused(error) from None
        if kept:
            raise ActionableError(
                f"the server of {MONGODB} already holds {', '.join(sorted(kept))}",
                f"drop these databases yourself, or unset {MONGODB}",
            )

    def _client(self) -> setup.Client:
        return MongoClient(os.environ[MONGODB], serverSelectionTimeoutMS=5000)

    @staticmethod
    def _refused(error: PyMongoError) -> ActionableError:
        return ActionableError(
            f"the server of {MONGODB} refuses: {type(error).__name__}",
            f"check the address and the administrator's login, or unset {MONGODB}",
        )


class ExternalOpa(Opa):
    """An external policy server; its bundle is compared with ours, never changed."""

    @property
    def url(self) -> str:
        """Give the URL of its REST API."""
        return os.environ[OPA].rstrip("/")

    def start(self, progress: Progress) -> None:
        """Raise ActionableError unless the server answers and our bundle is active."""
        with progress.step("opa", f"asking the server of {OPA}"):
            if not self.healthy():
                raise ActionableError(
                    f"the server of {OPA} does not answer", f"start it, or unset {OPA}"
                )
            if (
                self.bundle is not None
                and bundle.revision_of(self.bundle) not in self._active_revisions()
            ):
                raise ActionableError(
                    f"the server of {OPA} decides by other rules than ours",
                    f"let it load {self.bundle}, or unset {OPA}",
                )

    def _active_revisions(self) -> set[str]:
        with urllib.request.urlopen(f"{self.url}/v1/data/system/bundles", timeout=5) as answer:  # noqa: S310
            bundles = json.load(answer).get("result", {})
        return {str(each["manifest"]["revision"]) for each in bundles.values()}
