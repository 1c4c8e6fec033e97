"""What a process does for its service: find it, provide for it, serve its health."""

import json
from types import ModuleType
from typing import Any

import pytest

from chassis.bus.entrypoints import rpc
from chassis.dependency import Provided
from chassis.errors import Unreachable
from chassis.health import HealthEndpoints, HealthResponse
from chassis.serve import find_service


class FirstService:
    name = "first"

    @rpc
    def ping(self, payload: Any) -> str:
        return "here"


class SecondService(FirstService):
    name = "second"


def module_with(**members: Any) -> ModuleType:
    """A module in which classes were defined."""
    module = ModuleType("sample")
    for name, member in members.items():
        if isinstance(member, type):
            member = type(member.__name__, (member,), {"__module__": "sample"})
        setattr(module, name, member)
    return module


class Container:
    """Just what a dependency looks at."""

    def __init__(self) -> None:
        self.config = {"runtime": "the runtime"}
        self.shared_extensions: dict[object, object] = {}


def test_a_module_is_served_by_its_one_service() -> None:
    """Two by accident must not mean that one of them silently does not run."""
    found = find_service(module_with(one=FirstService, imported=json, other=int))
    assert found.name == "first"
    with pytest.raises(LookupError, match="2 services"):
        find_service(module_with(one=FirstService, two=SecondService))
    with pytest.raises(LookupError, match="0 services"):
        find_service(module_with())


def test_a_service_waits_for_the_parts_that_its_object_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A store that comes up a second later must not end the process."""
    monkeypatch.setattr("chassis.dependency._AGAIN_SECONDS", 0)
    tries: list[str] = []

    def factory(runtime: Any) -> str:
        tries.append(runtime)
        if len(tries) < 3:
            raise Unreachable
        return "the application"

    container = Container()  # dependencies hold it by a weak reference
    provided = Provided(factory).bind(container, "app")
    provided.setup()
    assert provided.get_dependency(None) == "the application"
    assert tries == ["the runtime"] * 3


def test_a_mistake_in_making_the_object_ends_the_process() -> None:
    """Trying a mistake again and again would hide it."""

    def factory(_runtime: Any) -> str:
        raise KeyError("setting")

    container = Container()  # dependencies hold it by a weak reference
    provided = Provided(factory).bind(container, "app")
    with pytest.raises(KeyError):
        provided.setup()


def test_readiness_names_each_part_and_survives_a_broken_check() -> None:
    """A supervisor sees which part is away; an error in one check hides none of the others."""

    def broken() -> str:
        raise RuntimeError("secret")

    well = HealthEndpoints({"broker": lambda: "", "store": lambda: ""}, lambda: None)
    assert well.get("/readyz") == HealthResponse(
        200, "application/json", b'{"status":"ready","parts":{"broker":"ok","store":"ok"}}'
    )
    unwell = HealthEndpoints({"broker": lambda: "unreachable", "store": broken}, lambda: None)
    page = unwell.get("/readyz")
    assert (page.status, json.loads(page.body)) == (
        503,
        {
            "status": "not ready",
            "parts": {"broker": "unreachable", "store": "check failed"},
        },
    )
    assert unwell.get("/healthz") == HealthResponse(200, "application/json", b'{"status":"alive"}')


def test_metrics_are_brought_up_to_date_before_they_are_served() -> None:
    """A number of an hour ago would calm an operator who should not be calm."""
    refreshed: list[str] = []
    pages = HealthEndpoints({}, lambda: refreshed.append("depth"))
    page = pages.get("/metrics")
    assert (page.status, refreshed) == (200, ["depth"])
    assert b"ketenaanpak_outbox_depth" in page.body
    assert pages.get("/nothing").status == 404
