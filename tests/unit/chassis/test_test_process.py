"""The process that runs the tests is an ordinary one."""

import http.client
import http.server
import socket
import socketserver
import sys
import threading
import types

import eventlet.patcher
import pytest

import chassis.serve


def test_importing_what_services_run_on_leaves_the_standard_library_alone() -> None:
    """Threads and sockets of tests would otherwise hang, depending on which test ran before."""
    assert chassis.serve.find_service is not None
    assert not any(map(eventlet.patcher.is_monkey_patched, ("socket", "thread", "time", "os")))
    for module in (http.client, http.server, socketserver):
        assert module.socket is socket
    assert socketserver.threading is threading


@pytest.mark.parametrize("name", ["socket", "threading", "time", "os", "select", "ssl"])
def test_no_module_of_the_standard_library_holds_a_green_copy(name: str) -> None:
    """A hidden green module would otherwise hang whoever uses it from a thread."""
    holders = [
        holder
        for holder, module in list(sys.modules.items())
        if holder.partition(".")[0] in sys.stdlib_module_names
        and isinstance(found := getattr(module, name, None), types.ModuleType)
        and found.__name__.startswith("eventlet")
    ]
    assert holders == []
