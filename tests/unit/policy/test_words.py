"""The tables of the rules speak the words that services and gateway speak."""

import json
from pathlib import Path
from typing import Any

from contracts import vocabulary as words
from contracts.bodies import COMMAND_BODIES
from contracts.events import EVENTS
from contracts.fragment_projections import KINDS
from contracts.rpc.notifications import TASKS
from contracts.topology import SUBSCRIPTIONS
from tests import rego

ROOT = Path(__file__).parents[3]
POLICY = ROOT / "services" / "policy"
READS = {
    "list_cases",
    "list_referrals",
    "read_instruments",
    "read_sessions",
    "read_session",
    "read_inbox",
    "read_contacts",
    "read_audit",
    "read_checkpoints",
}
NOTIFIES_NOBODY = {
    "intake.forming_completed",
    "intake.informing_recorded",
    "intake.direction_mandate_recorded",
    "intake.emergency_reviewed",
    "intake.follow_up_extended",
    "plans.plan_position_taken",
    "plans.progress_reported",
    "plans.follow_up_recorded",
}
"""Subscribed to for what they say of a case or a due day: nothing waits for anybody by them."""

DEADLINES = (
    "question",
    "action",
    "report",
    "positions",
    "mandates",
    "informing",
    "emergency_review",
    "follow_up",
)
"""What a day that comes reminds of, and is escalated some days later."""


def table(name: str) -> Any:
    """A table of the rules."""
    return json.loads((POLICY / "tables" / f"{name}.json").read_text(encoding="utf-8"))


def sample(name: str) -> Any:
    """A sample data file."""
    return json.loads((POLICY / "data" / name).read_text(encoding="utf-8"))


def agreements() -> list[dict[str, Any]]:
    """The sample agreements."""
    return [json.loads(path.read_text()) for path in (POLICY / "data/agreements").glob("*.json")]


def test_every_command_and_read_has_a_row():
    """A command without a row is refused to everybody."""
    assert set(table("actions")) == {*COMMAND_BODIES, *READS}


def test_purposes_roles_and_stages_are_the_contracts():
    """A word that only one side knows denies for no reason that anybody would find."""
    assert set(table("purposes")) == set(words.PURPOSES)
    assert set(table("stages")) == set(words.STAGES)
    for row in table("actions").values():
        assert set(row["roles"]) <= set(words.MANDATE_ROLES)
        assert set(row["purposes"]) <= set(words.PURPOSES)
        assert set(row.get("stages", [])) <= set(words.STAGES)
    for roles in table("purposes").values():
        assert set(roles) <= set(words.MANDATE_ROLES)


def test_every_agreement_says_the_need_of_every_category():
    """A new category must be decided upon by each agreement, not by accident."""
    expected = set(words.CATEGORIES) - {"whereabouts"}
    for agreement in agreements():
        assert set(agreement["need_to_know"]["domains"]) == expected, agreement["id"]
        for row in agreement["need_to_know"]["domains"].values():
            assert set(row) == set(words.DOMAINS)
        assert set(agreement["purposes"]) <= set(words.PURPOSES)
        assert agreement["modalities"]["adoption"] in words.ADOPTION_RULES


def test_what_is_the_referrers_own_are_kinds_of_fragments():
    """A referral's part that is not named here would be kept from its own author."""
    own = table("referral")
    assert {*own["kinds"], *own["answers"]} <= set(KINDS)
    assert not {"item", "whereabouts", "request", "crisis_note"} & {*own["kinds"], *own["answers"]}


def test_notices_are_given_for_what_notifications_subscribes_to_and_for_days_that_come():
    """An event without a row notifies nobody; a row for which no event comes says nothing."""
    reply = set(table("notifications"))
    days = {f"notifications.{each}_{when}" for each in DEADLINES for when in ("due", "overdue")}
    subscribed = set(SUBSCRIPTIONS["notifications"])
    assert reply == (subscribed - NOTIFIES_NOBODY) | days
    assert NOTIFIES_NOBODY < subscribed <= set(EVENTS)


def test_every_task_is_left_by_a_row_or_by_what_ends():
    """A task that nothing leaves is a promise that nobody keeps."""
    given = {
        entry["task"]
        for row in table("notifications").values()
        for entry in (row, *row.get("or", ()))
    }
    ends = rego.members("notify", "task")
    assert ends == {"mandate_ends", "agreement_ends"}
    assert given | ends == set(TASKS)


def test_every_group_that_is_told_is_one_of_the_rules():
    """A group that no rule knows is nobody."""
    groups = rego.cases("notify", "belongs")
    assert {group for row in table("notifications").values() for group in row["tell"]} == groups


def test_every_audience_of_a_stage_is_one_of_the_rules():
    """An audience that no rule knows reads nothing."""
    audiences = rego.cases("stages", "belongs")
    assert {row["who"] for stage in table("stages").values() for row in stage} == audiences


def test_acute_danger_opens_categories_that_there_are():
    """A misspelt category would stay closed when a life depends on it."""
    levels = table("emergency")["levels"]
    assert set(levels) <= set(words.CATEGORIES) - {"whereabouts"}
    assert set(levels.values()) <= set(words.LEVELS)


def test_every_condition_that_a_row_needs_is_one_of_the_rules():
    """A condition that no rule knows is never met, so nobody could act."""
    known = rego.cases("conditions", "met")
    assert {name for row in table("actions").values() for name in row["needs"]} == known


def test_the_sample_persons_hold_the_mandates_that_they_are_listed_with():
    """`make people` must not promise a role that the rules do not know of."""
    people = json.loads((ROOT / "deploy/local/sample_persons.json").read_text(encoding="utf-8"))
    every = {agreement["id"] for agreement in agreements()}
    expected = {
        (person["id"], agreement, person["partner"], role)
        for person in people
        for agreement in (every if person["agreement"] == "*" else {person["agreement"]})
        for role in person["roles"]
    }
    held = {
        (m["person"], m["agreement"], m["partner"], m["role"])
        for m in sample("mandates/sample.json")
    }
    assert held == expected


def test_every_party_of_the_samples_has_a_contact_person():
    """Anybody with a login must find whom to call."""
    partners = sample("partners.json")
    for agreement in agreements():
        for party in agreement["parties"]:
            assert partners[party["partner"]]["contact"]["email"].endswith(".example")


def test_every_rule_that_another_package_uses_says_what_it_is():
    """A rule that only its author can read is no agreement."""
    used = {each for package in rego.PACKAGES for each in rego.uses(package)}
    decisions = {(package, "decision") for package in ("action", "directory", "notify", "release")}
    assert {(package,) for package in rego.PACKAGES} | used | decisions <= rego.titled()


def test_every_folder_of_rules_has_tests_beside_them():
    """Whoever changes a rule would not see what it is held to."""
    folders = {path.name for path in rego.RULES.iterdir()} - {"samples"}
    tested = {
        path.parent.name
        for path in rego.RULES.glob("*/*_test.rego")
        if "\ntest_" in path.read_text(encoding="utf-8")
    }
    assert folders == set(rego.PACKAGES)
    assert folders <= tested
