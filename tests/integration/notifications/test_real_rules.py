"""The real rules decide whom each event tells, in the form that notifications understands."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chassis.opa import Opa
from contracts.rpc.notifications import TASKS
from contracts.topology import SUBSCRIPTIONS
from demo.people import everybody
from deploy.local.parts import Parts
from deploy.local.platform import POLICY, ROOT
from deploy.opa import bundle
from services.notifications.domain.messages import Message, messages

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
EXAMPLES = ROOT / "contracts" / "examples"
HEARD = SUBSCRIPTIONS["notifications"]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opa]:
    """The policy service with its own rules and the sample agreements."""
    folder: Path = tmp_path_factory.mktemp("policy")
    server = Parts(folder, folder / "bundle.tar.gz", tied=True)
    bundle.build(server.opa_binary, POLICY, [POLICY / "data"], folder / "bundle.tar.gz")
    try:
        server.start(("opa",))
        opa = Opa(server.opa_url, timeout=5.0)
        yield opa
        opa.close()
    finally:
        server.kill()


def sample(name: str) -> dict[str, Any]:
    """The contract's sample of an event."""
    event: dict[str, Any] = json.loads((EXAMPLES / f"{name}.v1.json").read_text(encoding="utf-8"))
    return event


def told(rules: Opa, name: str, **changes: Any) -> list[Message]:
    """Whom the rules tell of the sample of an event."""
    event = sample(name)
    asked = {"source": event["source"], "type": event["type"], "data": event["data"] | changes}
    question = {"now": NOW.isoformat(), "event": asked}
    return messages(rules.decide("ketenaanpak/notify/decision", question), NOW)


@pytest.mark.parametrize("name", HEARD)
def test_an_event_tells_professionals_of_its_agreement_and_nobody_who_is_walled_off(
    name: str, rules: Opa
) -> None:
    """Somebody is told of each event, and never a person who must not know of the case."""
    of_brugge = {p.id for p in everybody().values() if p.agreement == "sample-brugge"}

    persons = {message.person for message in told(rules, name)}

    assert persons
    assert persons <= of_brugge - set(sample(name)["data"].get("walled", ()))


def test_every_task_that_an_inbox_can_show_comes_from_an_event(rules: Opa) -> None:
    """No text waits in three languages for a task that nobody ever gets."""
    tasks = {message.task for name in HEARD for message in told(rules, name)}

    assert tasks == set(TASKS)


def test_an_event_of_an_agreement_that_ended_tells_nobody(rules: Opa) -> None:
    """A case whose agreement lapsed shows nowhere, not even as a message."""
    assert told(rules, "intake.crisis_raised", agreement="kaw-pilot-2018") == []
