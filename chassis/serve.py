"""The process of a service: configure, wait for its dependencies, serve, shut down gracefully."""

import importlib
import inspect
import signal
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import eventlet
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from chassis import health, logs
from chassis.bus.client import RpcClient
from chassis.bus.container import Container
from chassis.bus.events import PREFETCH as MAX_EVENTS
from chassis.bus.listener import Listener
from chassis.bus.rpc import PREFETCH as MAX_REQUESTS
from chassis.config import ConfigError, load
from chassis.dependency import RUNTIME
from chassis.errors import may_succeed_later
from chassis.key_rewrapper import KeyRewrapper
from chassis.migrations import Migrations
from chassis.periodic_task import PeriodicTask
from chassis.reconciler import Reconciler
from chassis.relay import Relay
from chassis.runtime import Runtime, open_runtime
from chassis.sealing import SERIALIZER, register_serializer

USAGE_ERROR = 2
_AGAIN_SECONDS = 0.5
_MIGRATION_SECONDS = 5.0
_STOP_SECONDS = 15.0

BackgroundTask = Relay | Reconciler | KeyRewrapper | PeriodicTask
"""What runs in a greenthread of the service's process, until `stop`."""

_log = logs.logger(__name__)


def serve(arguments: Sequence[str]) -> int:
    """Run the service in the named module until a signal stops it; returns the exit code.

    2: the arguments, the environment or the health port are wrong, as standard error explains.
    1: the service failed. 0: it was stopped.
    """
    if len(arguments) != 1:
        return _refuse("name one module, such as services.intake.service")
    service = find_service(importlib.import_module(arguments[0]))
    try:
        config = load(service.name)
    except ConfigError as error:
        return _refuse(f"{service.name} cannot start: {error}")
    logs.configure(config.service, config.log_level)
    register_serializer(config.bus_keys)
    client = RpcClient(config.broker_url, config.bus_keys)
    process = Process(service, open_runtime(config, client))
    try:
        process.serve_health()
    except OSError as error:
        where = f"{config.health_host}:{config.health_port}"
        return _refuse(f"{service.name} cannot start: {where} is not free ({error.strerror})")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(process.stop))
    return process.run()


def find_service(module: ModuleType) -> Any:
    """The one class of a module that has a name and entrypoints; LookupError otherwise."""
    found = [
        each
        for _, each in inspect.getmembers(module, inspect.isclass)
        if each.__module__ == module.__name__ and hasattr(each, "name") and _entrypoints(each)
    ]
    if len(found) != 1:
        raise LookupError(f"{module.__name__} has {len(found)} services, one is needed")
    return found[0]


def _entrypoints(each: type) -> list[Any]:
    return inspect.getmembers(each, lambda member: hasattr(member, ENTRYPOINT_EXTENSIONS_ATTR))


def _refuse(what: str) -> int:
    sys.stderr.write(f"{what}\n")
    return USAGE_ERROR


class Process:
    """A service with its background tasks."""

    def __init__(self, service: Any, runtime: Runtime) -> None:
        self._service = service
        self._runtime = runtime
        self._container = Container(
            service,
            {
                "AMQP_URI": runtime.config.broker_url,
                "max_workers": MAX_REQUESTS + MAX_EVENTS,
                "serializer": SERIALIZER,
                RUNTIME: runtime,
            },
        )
        self._stopped = eventlet.event.Event()
        self._stopping = False
        self._greenthreads: list[Any] = []
        self._migrations = Migrations(runtime, getattr(service, "migrations", ()))
        self._needed = "not looked at"
        self._tasks = self._make_tasks()

    def serve_health(self) -> None:
        """Serve the health endpoints from now on; OSError when the port is taken."""
        listener = self._container.shared_extensions.get(Listener)
        checks = health.readiness_checks(self._runtime, listener)
        health.serve(self._runtime, {**checks, "migrations": lambda: self._needed})

    def run(self) -> int:
        """Serve until stopped or failed; returns the exit code."""
        try:
            if not (self._wait_for(self._prepare) and self._wait_for(self._is_migrated)):
                return 0
            self._container.start()
            self._start_tasks()
            _log.info("started")
            self._container.wait()
            self._stopped.wait()
        except ConfigError as error:
            return _refuse(f"{self._service.name} cannot start: {error}")
        except Exception as error:
            if self._stopping:
                return 0
            _log.error("service_died", exc_info=error)
            return 1
        return 0

    def stop(self) -> None:
        """Finish what is being handled, stop the background tasks and close all connections."""
        if self._stopping:
            return
        self._stopping = True
        _log.info("stopping")
        with eventlet.Timeout(_STOP_SECONDS, False):
            self._container.stop()
            for task in self._tasks:
                task.stop()
            for thread in self._greenthreads:
                thread.wait()
        if self._runtime.client is not None:
            self._runtime.client.close()
        self._runtime.close()
        self._stopped.send()

    def _wait_for(self, attempt: Callable[[], bool]) -> bool:
        """Try until it succeeds, also while the database is away; False when stopped before."""
        while not self._stopping:
            try:
                if attempt():
                    return True
            except Exception as error:
                if not may_succeed_later(error):
                    raise
                _log.warning("waiting_for_store", exc_info=error)
            eventlet.sleep(_AGAIN_SECONDS)
        return False

    def _prepare(self) -> bool:
        """Create the collections and indexes of the chassis."""
        self._runtime.prepare()
        return True

    def _is_migrated(self) -> bool:
        """Whether no step has to be run first; says which, in the log and on `/readyz`."""
        needed = ", ".join(step.name for step in self._migrations.needed())
        if not needed:
            self._needed = ""
            return True
        command = f"ketenaanpak migrate run {self._service.name}"
        _log.error("migration_needed", steps=needed, command=command)
        self._needed = f"run `{command}`: {needed}"
        eventlet.sleep(_MIGRATION_SECONDS)
        return False

    def _make_tasks(self) -> list[BackgroundTask]:
        runtime = self._runtime
        url = runtime.config.broker_url
        tasks: list[BackgroundTask] = [Relay(runtime.outbox, url), KeyRewrapper(runtime.vault)]
        subscribers = getattr(self._service, "subscribers", {})
        if subscribers and runtime.client is not None:
            tasks.append(Reconciler(runtime.outbox, runtime.client, url, subscribers))
        return tasks

    def _start_tasks(self) -> None:
        """Start the tasks; those of the service are methods of its injected dependencies."""
        for path, seconds in getattr(self._service, "background", ()):
            self._tasks.append(PeriodicTask(path, self._find_task(path), seconds))
        self._greenthreads = [eventlet.spawn(task.run) for task in self._tasks]

    def _find_task(self, path: str) -> Callable[[], object]:
        """The method that `<dependency>.<method>` names; LookupError when there is none."""
        attribute, _, method = path.partition(".")
        for dependency in self._container.dependencies:
            if dependency.attr_name == attribute and hasattr(dependency.value, method):
                task: Callable[[], object] = getattr(dependency.value, method)
                return task
        raise LookupError(f"{self._service.name} has no background task {path}")
