"""The life of a service's process: configure, wait for the parts, serve, stop in order."""

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
from chassis.bus.calls import PREFETCH as CALLS_AT_A_TIME
from chassis.bus.client import RpcClient
from chassis.bus.container import Container
from chassis.bus.events import PREFETCH as EVENTS_AT_A_TIME
from chassis.bus.listener import Listener
from chassis.config import ConfigError, load
from chassis.dependency import RUNTIME
from chassis.errors import may_succeed_later
from chassis.periodic import Periodic
from chassis.reconciler import Reconciler
from chassis.relay import Relay
from chassis.rewrapping import Rewrapping
from chassis.runtime import Runtime, open_runtime
from chassis.sealing import SERIALIZER, register_serializer

WRONG_USE = 2
_AGAIN_SECONDS = 0.5
_STOP_SECONDS = 15.0

Companion = Relay | Reconciler | Rewrapping | Periodic
"""What runs beside the service in its process, until `stop`."""

_log = logs.logger(__name__)


def serve(arguments: Sequence[str]) -> int:
    """Run the service in the named module until told to stop; the exit code.

    2: the arguments, the environment or the health port are wrong, and
    standard error says what. 1: the service died. 0: it was told to stop.
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
        process.tell_health()
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
    return WRONG_USE


class Process:
    """A service with all that runs beside it in its process."""

    def __init__(self, service: Any, runtime: Runtime) -> None:
        self._service = service
        self._runtime = runtime
        self._container = Container(
            service,
            {
                "AMQP_URI": runtime.config.broker_url,
                "max_workers": CALLS_AT_A_TIME + EVENTS_AT_A_TIME,
                "serializer": SERIALIZER,
                RUNTIME: runtime,
            },
        )
        self._stopped = eventlet.event.Event()
        self._stopping = False
        self._beside: list[Any] = []
        self._companions = self._make_companions()

    def tell_health(self) -> None:
        """Answer supervisors from now on; OSError when the port is taken."""
        listener = self._container.shared_extensions.get(Listener)
        health.serve(self._runtime, health.checks(self._runtime, listener))

    def run(self) -> int:
        """Serve until stopped or dead; the exit code."""
        try:
            if not self._prepare():
                return 0
            self._container.start()
            self._start_beside()
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
        """Finish what is in hand, relay what is kept, and end."""
        if self._stopping:
            return
        self._stopping = True
        _log.info("stopping")
        with eventlet.Timeout(_STOP_SECONDS, False):
            self._container.stop()
            for companion in self._companions:
                companion.stop()
            for thread in self._beside:
                thread.wait()
        if self._runtime.client is not None:
            self._runtime.client.close()
        self._runtime.close()
        self._stopped.send()

    def _prepare(self) -> bool:
        """Make collections and indexes as soon as the store is there; False when told to stop."""
        while not self._stopping:
            try:
                self._runtime.prepare()
            except Exception as error:
                if not may_succeed_later(error):
                    raise
                _log.warning("waiting_for_store", exc_info=error)
                eventlet.sleep(_AGAIN_SECONDS)
            else:
                return True
        return False

    def _make_companions(self) -> list[Companion]:
        runtime = self._runtime
        url = runtime.config.broker_url
        companions: list[Companion] = [Relay(runtime.outbox, url), Rewrapping(runtime.vault)]
        subscribers = getattr(self._service, "subscribers", {})
        if subscribers and runtime.client is not None:
            companions.append(Reconciler(runtime.outbox, runtime.client, url, subscribers))
        return companions

    def _start_beside(self) -> None:
        """Start the companions; the service's own tasks are found once its parts are made."""
        for path, seconds in getattr(self._service, "background", ()):
            self._companions.append(Periodic(path, self._find_task(path), seconds))
        self._beside = [eventlet.spawn(companion.run) for companion in self._companions]

    def _find_task(self, path: str) -> Callable[[], object]:
        """The method that `<dependency>.<method>` names; LookupError when there is none."""
        attribute, _, method = path.partition(".")
        for dependency in self._container.dependencies:
            if dependency.attr_name == attribute and hasattr(dependency.value, method):
                task: Callable[[], object] = getattr(dependency.value, method)
                return task
        raise LookupError(f"{self._service.name} has no background task {path}")
