"""Each service has the entrypoints that the contract names, for the callers that it names."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from contracts.events import EVENTS
from contracts.rpc import METHODS
from contracts.topology import CALLERS, SUBSCRIPTIONS
from contracts.vocabulary import SERVICES

ROOT = Path(__file__).parents[2]
Entrypoints = dict[str, dict[str, Any]]

each_service = pytest.mark.parametrize("name", SERVICES)


@pytest.fixture(scope="module")
def entrypoints() -> Entrypoints:
    """Service → its methods with the callers they answer, and the events that it handles."""
    argv = [sys.executable, "-m", "tests.contract.entrypoints"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed: Entrypoints = json.loads(done.stdout)
    return printed


@each_service
def test_a_service_answers_the_methods_of_its_contract_and_no_other(
    name: str, entrypoints: Entrypoints
) -> None:
    """A call that the contract promises is answered, and nothing answers behind its back."""
    assert set(entrypoints[name]["methods"]) == set(METHODS[name])


@each_service
def test_a_method_answers_only_callers_that_the_broker_lets_through(
    name: str, entrypoints: Entrypoints
) -> None:
    """What the table of callers says is what a service does."""
    for method, callers in entrypoints[name]["methods"].items():
        allowed = {
            user for user, calls in CALLERS.items() if {"*", method} & set(calls.get(name, ()))
        }

        assert set(callers) <= allowed, method
        assert callers, f"nobody may call {method}"


@each_service
def test_a_right_to_call_is_a_method_that_answers(name: str, entrypoints: Entrypoints) -> None:
    """No caller holds a right that leads nowhere."""
    for user, calls in CALLERS.items():
        for method in calls.get(name, ()):
            assert method == "*" or user in entrypoints[name]["methods"][method], method


@each_service
def test_a_service_handles_what_its_queue_is_bound_with(
    name: str, entrypoints: Entrypoints
) -> None:
    """No event lands in a queue whose service does not handle it."""
    assert entrypoints[name]["events"] == sorted(SUBSCRIPTIONS.get(name, ()))


def test_every_event_that_is_handled_is_an_event_that_is_published() -> None:
    """Nobody waits for an event that never comes."""
    handled = {key for keys in SUBSCRIPTIONS.values() for key in keys} - {"#"}

    assert handled <= set(EVENTS)


def test_every_event_has_a_meaning_in_words() -> None:
    """Somebody who reads the page of events learns what each one says."""
    assert all(event.meaning.endswith(".") for event in EVENTS.values())
