"""A RabbitMQ node of the local run, on loopback ports only, beside any other broker."""

from __future__ import annotations

import hashlib
import json
import os
import secrets as random_source
import shutil
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from deploy.local import find
from deploy.local.errors import ActionableError
from deploy.local.ports import HOST, Ports, is_free
from deploy.local.program import BackingService, Program
from deploy.local.progress import Progress
from deploy.local.secrets import Secrets
from deploy.rabbitmq import definitions
from deploy.rabbitmq.definitions import Definitions

LOOPBACK_ONLY = "-kernel inet_dist_use_interface {127,0,0,1}"


class RabbitMQ(BackingService):
    """The broker of one state folder, started and stopped together with an epmd of its own.

    Its data are under `<state>/rabbitmq`; `wipe` deletes the messages.
    """

    def __init__(
        self, state: Path, ports: Ports, secrets: Secrets, *, die_with_parent: bool = False
    ) -> None:
        self.home = state / "rabbitmq"
        self.secrets = secrets
        self.port = ports.of("rabbitmq")
        self.epmd_port = ports.of("epmd")
        self.distribution_port = ports.of("rabbitmq-distribution")
        # Nodes differ in name as well as in port, so that a tool with the wrong epmd finds no
        # node instead of another.
        mark = hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:8]
        self.node = f"ketenaanpak-{mark}@localhost"
        run, log = state / "run", state / "log"
        self.program = Program(
            "rabbitmq", run, log / "rabbitmq.log", die_with_parent=die_with_parent
        )
        self.epmd = Program("epmd", run, log / "epmd.log", die_with_parent=die_with_parent)
        self._folder: Path | None = None

    def url(self, user: str) -> str:
        """Give the AMQP URL of one of the broker's users."""
        password = quote(self.secrets.password(f"broker-{user}"), safe="")
        return f"amqp://{user}:{password}@{HOST}:{self.port}/{definitions.VHOST}"

    def start(self, progress: Progress) -> None:
        """Start the node; returns when it accepts connections and has loaded its definitions."""
        self._folder = find.rabbitmq(progress)
        if self.program.running:
            return
        self.expect_free_port("RabbitMQ", self.port, self.distribution_port)
        is_new = not (self.home / "mnesia").exists()
        with progress.step("rabbitmq", f"starting on {HOST}:{self.port}"):
            self._write_files()
            env = self.environment()
            self.epmd.launch(
                [str(find.epmd()), "-address", HOST, "-port", str(self.epmd_port)], env
            )
            self.epmd.wait_until(lambda: not is_free(self.epmd_port), 5)
            self.program.launch([str(self._folder / "rabbitmq-server")], env, cwd=self.home)
            # Listeners open after the definitions are loaded.
            self.program.wait_until(self.greets, 60)
        if not is_new:
            self._remove_undeclared_queues(progress)

    def _remove_undeclared_queues(self, progress: Progress) -> None:
        """Remove empty queues of former versions, which would fill without a consumer."""
        names = self.home / "declared_queues"
        names.write_text(definitions.queue_names())
        script = [str(definitions.REMOVE_UNDECLARED_QUEUES), definitions.VHOST, str(names)]
        for line in self._run(["/bin/sh", *script], "removing former queues").splitlines():
            progress.say(f"  {'rabbitmq':<14} {line}")

    def stop(self) -> None:
        """Stop the node gracefully, then its epmd (which would outlive it)."""
        super().stop()
        self.epmd.stop()

    def kill(self) -> None:
        """Kill the node and its epmd."""
        super().kill()
        self.epmd.kill()

    def wipe(self) -> None:
        """Delete every message and queue (the node must be stopped)."""
        if self.program.running:
            raise ActionableError("a running broker cannot be wiped", "stop it first")
        shutil.rmtree(self.home / "mnesia", ignore_errors=True)

    def greets(self) -> bool:
        """Say whether the broker answers an AMQP greeting."""
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                return connection.recv(1) == b"\x01"
        except OSError:
            return False

    def ctl(self, *arguments: str) -> str:
        """Run `rabbitmqctl` against this node and give what it printed."""
        command = ["rabbitmqctl", "--silent", "--node", self.node, *arguments]
        return self._run(command, f"rabbitmqctl {arguments[0]}")

    def _run(self, command: list[str], what: str) -> str:
        folder = self._folder or find.rabbitmq(Progress(None))
        env = self.environment()
        env["PATH"] = f"{folder}:{env['PATH']}"
        done = subprocess.run(
            ["/usr/bin/env", *command], env=env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            output = done.stderr.strip() or done.stdout.strip()
            raise ActionableError(f"{what} failed: {output}", "is the broker running?")
        return done.stdout

    def export_definitions(self) -> Definitions:
        """Give the broker's current definitions; ActionableError when it does not run."""
        if not self.program.running:
            raise ActionableError("the broker of the local run does not run", "start it: `make up`")
        exported: Definitions = json.loads(self.ctl("export_definitions", "-", "--format", "json"))
        return exported

    def queues(self) -> dict[str, int]:
        """Give the number of messages (ready and unacknowledged) of every queue."""
        vhost = ("--vhost", definitions.VHOST)
        printed = self.ctl("list_queues", *vhost, "name", "messages", "--formatter", "json")
        return {queue["name"]: queue["messages"] for queue in json.loads(printed)}

    def environment(self) -> dict[str, str]:
        """Give the environment in which this node and its tools run."""
        home = self.home
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "ERL_EPMD_PORT": str(self.epmd_port),
            "ERL_EPMD_ADDRESS": HOST,
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_PID_FILE": str(home / "node.pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(home / "rabbitmq-env.conf"),
            # Replaces the start script by the node itself, so that signals reach the node;
            # -noinput is what the script would have added without it.
            "RABBITMQ_ALLOW_INPUT": "true",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-noinput +S 2:2 {LOOPBACK_ONLY}",
            "RABBITMQ_CTL_ERL_ARGS": LOOPBACK_ONLY,
        }

    def _write_files(self) -> None:
        home = self.home
        (home / "log").mkdir(parents=True, exist_ok=True)
        cookie = home / ".erlang.cookie"
        if not cookie.exists():
            cookie.touch(mode=0o600)
            cookie.write_text(random_source.token_hex(16))
            cookie.chmod(0o400)
        (home / "enabled_plugins").write_text("[].\n")
        (home / "rabbitmq-env.conf").write_text("")
        passwords = {user: self.secrets.password(f"broker-{user}") for user in definitions.users()}
        loaded = home / "definitions.json"
        loaded.touch(mode=0o600)
        loaded.write_text(json.dumps(definitions.render(passwords), indent=1))
        (home / "rabbitmq.conf").write_text(
            f"listeners.tcp.local = {HOST}:{self.port}\n"
            f"load_definitions = {loaded}\n"
            "vm_memory_high_watermark.absolute = 512MB\n"
            "disk_free_limit.absolute = 64MB\n"
            "log.file = node.log\n"
            "log.file.level = info\n"
            "log.console = false\n"
        )
