"""The real rules decide who is told of each event, in the form that notifications understands."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from chassis.opa import Opa
from contracts.rpc.notifications import TASKS
from contracts.topology import CASE_LIFE, SUBSCRIPTIONS
from contracts.vocabulary import STAGES
from deploy.local.parts import Parts
from deploy.local.platform import POLICY
from deploy.local.sample_persons import sample_persons
from deploy.opa import bundle
from services.notifications.domain.deadlines import KINDS, Phase, changes
from services.notifications.domain.messages import Message, endings, messages
from tests import samples

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
SUBSCRIBED = SUBSCRIPTIONS["notifications"]
NOTIFYING = set(SUBSCRIBED) & set(json.loads((POLICY / "tables/notifications.json").read_text()))
SETS = {
    "question": "intake.information_requested",
    "action": "plans.action_updated",
    "report": "intake.execution_started",
    "positions": "plans.plan_position_taken",
    "mandates": "intake.director_appointed",
    "informing": "intake.informing_recorded",
    "emergency_review": "intake.emergency_opened",
    "follow_up": "intake.case_concluded",
}
"""Kind of deadline → an event that holds what policy is given about it."""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opa]:
    """The policy service with its own rules and the sample agreements."""
    folder: Path = tmp_path_factory.mktemp("policy")
    server = Parts(folder, folder / "bundle.tar.gz", die_with_parent=True)
    bundle.build(server.opa_binary, POLICY, [POLICY / "data"], folder / "bundle.tar.gz")
    try:
        server.start(("opa",))
        opa = Opa(server.opa_url, timeout=5.0)
        yield opa
        opa.close()
    finally:
        server.kill()


def messages_for(rules: Opa, name: str, **changes: Any) -> list[Message]:
    """Who is told of the sample of an event by the rules."""
    event = samples.event(name)
    described = {"source": event["source"], "type": event["type"], "data": event["data"] | changes}
    question = {"now": NOW.isoformat(), "event": described}
    return messages(rules.decide("ketenaanpak/notify/decision", question), NOW)


def reminded(rules: Opa, kind: str, phase: str) -> list[Message]:
    """Who is told by the rules when the day of a deadline has come, or gone."""
    data = samples.event(SETS[kind])["data"] | {"director": "p-d868e7f5"}
    event = {"source": "notifications", "type": f"{kind}_{phase}", "data": data}
    question = {"now": NOW.isoformat(), "event": event}
    return messages(rules.decide("ketenaanpak/notify/decision", question), NOW)


@pytest.mark.parametrize("phase", get_args(Phase))
@pytest.mark.parametrize("kind", KINDS)
def test_a_day_that_comes_tells_whoever_has_to_act(kind: str, phase: str, rules: Opa) -> None:
    """A reminder that reaches nobody is no reminder."""
    sent = reminded(rules, kind, phase)

    assert {message.task for message in sent} == {f"{kind}_{phase}"}
    assert not {message.person for message in sent} & set(
        samples.event(SETS[kind])["data"]["walled"]
    )


@pytest.mark.parametrize("name", sorted(set(SUBSCRIBED) - NOTIFYING))
def test_an_event_that_tells_nobody_moves_a_deadline_or_the_facts(name: str, rules: Opa) -> None:
    """No event is subscribed to for no reason."""
    assert messages_for(rules, name) == []
    assert changes(name, samples.event(name)["data"]) or name in CASE_LIFE


@pytest.mark.parametrize("name", sorted(NOTIFYING))
def test_an_event_tells_professionals_of_its_agreement_and_nobody_who_is_walled_off(
    name: str, rules: Opa
) -> None:
    """Somebody is told of each event, and never a person who must not know of the case."""
    of_brugge = {p.id for p in sample_persons().values() if p.agreement == "sample-brugge"}

    persons = {message.person for message in messages_for(rules, name)}

    assert persons
    assert persons <= of_brugge - set(samples.event(name)["data"].get("walled", ()))


def test_every_task_that_an_inbox_can_show_comes_from_an_event(rules: Opa) -> None:
    """No text waits in three languages for a task that nobody ever gets."""
    tasks = {message.task for name in SUBSCRIBED for message in messages_for(rules, name)}
    tasks |= {
        message.task
        for stage in STAGES
        for message in messages_for(rules, "intake.crisis_raised", stage=stage)
    }
    tasks |= {f"{kind}_{phase}" for kind in KINDS for phase in get_args(Phase)}

    assert tasks | {"mandate_ends", "agreement_ends"} == set(TASKS)


def test_what_ends_soon_is_announced_in_a_form_that_is_understood(rules: Opa) -> None:
    """An agreement that ends unnoticed closes every case under it."""
    question = {"now": "2035-12-15T09:00:00+00:00", "within_days": 30}

    sent = endings(rules.decide("ketenaanpak/notify/endings", question), NOW)

    assert {each.message.task for each in sent} == {"agreement_ends"}
    assert len({(each.key, each.message.person) for each in sent}) == len(sent)


def test_an_event_of_an_agreement_that_ended_tells_nobody(rules: Opa) -> None:
    """A case whose agreement lapsed shows nowhere, not even as a message."""
    assert messages_for(rules, "intake.crisis_raised", agreement="kaw-pilot-2018") == []
