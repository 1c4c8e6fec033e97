"""Whoever is told may open what it leads to, and whoever must act can: at every stage.

A message that leads to nothing teaches people to ignore messages, and tells of a case to somebody
to whom it does not exist. The rules decide thrice here, as they do on the platform: whom to tell,
who opens the message, who may do what the table says comes next.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contracts import vocabulary as words
from contracts.events import EVENTS
from contracts.events.shared import CaseData
from contracts.rpc.notifications import DEADLINES
from services.intake.domain.transitions import TABLE
from tests import samples
from tests.integration.policy import questions
from tests.integration.policy.conftest import POLICY
from tests.integration.policy.questions import NOW, PARTIES, PEOPLE

ROWS = json.loads((POLICY / "tables" / "notifications.json").read_text(encoding="utf-8"))
ACTIONS = json.loads((POLICY / "tables" / "actions.json").read_text(encoding="utf-8"))
BY_ID = {person.id: key for key, person in PEOPLE.items()}
BRUGGE = {key: each for key, each in PEOPLE.items() if each.agreement == "sample-brugge"}
DIRECTOR = PEOPLE["politie"].id
WALLED = PEOPLE["parket"].id
ABOUT_A_CASE = [
    name for name in ROWS if name not in EVENTS or issubclass(EVENTS[name].newest, CaseData)
]
NAMED = {
    "to": "ggz",
    "by": "caw",
    "partner": "ggz",
    "follower": "ggz",
    "person": DIRECTOR,
    "answered": ["caw"],
    "answerers": [],
    "kept_from": ["parket"],
    "referrer": PEOPLE["caw-worker"].id,
}
"""Whom events name, where they name somebody."""

KINDS = {"answer_request": "request", "update_action": "action", "answer_wall": "wall_question"}
"""Command → the kind of what it is aimed at, where that counts."""

Ask = Callable[[str, dict[str, Any]], dict[str, Any]]
Data = dict[str, Any]


def data_of(name: str, **changes: Any) -> Data:
    """The data of an event of a case in which everybody takes part; None leaves a member out."""
    sample = dict(samples.event(name)["data"]) if name in EVENTS else {}
    of_event = {member: each for member, each in NAMED.items() if not sample or member in sample}
    facts = {
        "case": questions.case()["id"],
        "agreement": "sample-brugge",
        "submitted_by": "caw",
        "participants": list(PARTIES),
        "walled": [WALLED],
        "director": DIRECTOR,
    }
    found = {**sample, **of_event, **facts, **changes}
    return {member: each for member, each in found.items() if each is not None}


def told(ask: Ask, name: str, data: Data, *, opens: bool = True) -> set[str]:
    """Who is told, by id, with messages that lead to the case; or by those that lead to nothing."""
    source, event_type = name.split(".", 1)
    event = {"source": source, "type": event_type, "time": NOW, "data": data}
    tell = ask("notify", {"now": NOW, "event": event})["tell"]
    return {each["person"] for each in tell if each.get("opens", True) == opens}


def case_of(name: str, data: Data) -> Data:
    """The facts of the case as the event leaves them: nobody contributed but who referred it."""
    return questions.case(
        id=data["case"],
        stage=data["stage"],
        director=data.get("director"),
        followers=[data["follower"]] if "follower" in data else data.get("followers", []),
        crisis=name == "intake.crisis_raised",
        fragments=[],
    )


def test_whoever_is_told_opens_the_message(ask: Ask) -> None:
    """A crisis raised in a case that has ended told people to whom that case does not exist."""
    leads: dict[str, dict[str, tuple[str, str]]] = {}
    cases: dict[str, Data] = {}
    for name in ABOUT_A_CASE:
        for stage in words.STAGES:
            for when in cases_of(ROWS[name].get("tell", ())):
                for director in (DIRECTOR, None):
                    data = data_of(name, **{"stage": stage, "director": director, **when})
                    cases[data["case"]] = case_of(name, data)
                    for person in told(ask, name, data):
                        leads.setdefault(person, {})[data["case"]] = (name, data["stage"])

    assert WALLED not in leads
    for person, found in leads.items():
        question = questions.release(
            BY_ID[person],
            *(cases[case] for case in found),
            purpose="own_tasks",
            resource="message",
        )
        decisions = ask("release", question)["decisions"]
        closed = {found[case] for case, each in decisions.items() if not each["allow"]}
        assert closed == set(), BY_ID[person]


def test_a_partner_left_with_nobody_is_asked_by_a_message_that_leads_to_nothing(ask: Ask) -> None:
    """Whoever can name a deputy may not learn for which case, and the walled one learns nothing."""
    member, chair, steering = (PEOPLE[key].id for key in ("stad", "chair", "steering"))
    for name in ("intake.wall_raised", "intake.conflict_declared", "intake.case_taken_on_agenda"):
        who = {} if name.endswith("agenda") else {"person": member}
        for stage in words.STAGES:
            for walled in ([member], [member, steering], [member, chair, steering]):
                data = data_of(name, **{**who, "stage": stage, "walled": walled})
                assert told(ask, name, data, opens=False) == {chair, steering} - {*walled}
    for name in set(ABOUT_A_CASE) - {"intake.case_taken_on_agenda"}:
        for stage in words.STAGES:
            assert told(ask, name, data_of(name, stage=stage), opens=False) == set()


@pytest.mark.parametrize("name", [name for name in ABOUT_A_CASE if "next" in ROWS[name]])
def test_whoever_must_act_can(name: str, ask: Ask) -> None:
    """Somebody who is waited for and may not do it waits for somebody himself."""
    for entry in ROWS[name]["next"]:
        for stage in stages_of(name, entry):
            for when in cases_of([entry]):
                data = data_of(name, **{**when, "stage": stage})
                able = {
                    key: {command for command in entry["do"] if may(ask, key, command, name, data)}
                    for key in group_of(entry["who"], data)
                }
                assert able, f"nobody at {stage}"
                assert all(able.values()), f"{stage}: {able}"
                assert set().union(*able.values()) == set(entry["do"]), f"{stage}: {able}"


def cases_of(entries: Any) -> list[Data]:
    """For each entry a case in which it counts, and one in which none needs anything."""
    found: list[Data] = [{}]
    for entry in entries:
        members = {member: values[0] for member, values in entry.get("when", {}).items()}
        members.update(_CIRCUMSTANCES.get(entry.get("if"), {}))
        if members not in found:
            found.append(members)
    return found[1:] or found


_CIRCUMSTANCES: dict[Any, Data] = {
    "everybody_answered": {"answered": list(PARTIES)},
    "informing_is_deferred": {"informing_due": "2026-04-01"},
    "mandates_are_due": {"mandates_due": "2026-04-01"},
}


def stages_of(name: str, entry: Data) -> Iterator[str]:
    """The stages at which the event happens, or the day comes, and the entry counts."""
    if name in EVENTS:
        possible = set().union(
            *(_after(cause, name) for cause in samples.commands_of_events()[name])
        )
    else:
        kind = name.removeprefix("notifications.").rsplit("_", 1)[0]
        possible = {
            stage
            for event, row in ROWS.items()
            for begun in row.get("begins", ())
            if begun["deadline"] == kind
            for stage in stages_of(event, begun)
            if not _suspends(row, kind, stage)
        }
    wanted = entry.get("when", {}).get("stage", words.STAGES)
    yield from (stage for stage in words.STAGES if stage in possible and stage in wanted)


def _suspends(row: Data, kind: str, stage: str) -> bool:
    """Whether what the event begins stands still at this stage."""
    entries = [each for each in row.get("suspends", ()) if kind in each["deadlines"]]
    return any(stage in each.get("when", {}).get("stage", words.STAGES) for each in entries)


def _after(command: str, event: str) -> set[str]:
    """The stages in which the command leaves a case."""
    moves = {stage for row in TABLE if row.event == event for stage in row.targets}
    if moves:
        return moves
    return {"referred"} if command == "submit_referral" else set(_stages(command))


def _stages(command: str) -> tuple[str, ...]:
    return tuple(ACTIONS[command].get("stages", words.STAGES))


def group_of(groups: list[str], data: Data) -> set[str]:
    """The sample persons of the groups, without who is walled off."""
    member = "team_member"
    of_partner = {
        "submitting_partner": "submitted_by",
        "partner_asked": "to",
        "partner_asking": "by",
        "partner_named": "partner",
        "follower": "follower",
    }
    of_person = {"person_named": "person", "director": "director"}
    of_role = {"chairs": "chair", "coordination": "coordination_team", "members": member}

    def belongs(group: str, key: str) -> bool:
        person = BRUGGE[key]
        if group == "wall_answerers":  # nobody in particular is asked: the chair is
            return "chair" in person.roles
        if group in of_role:
            return of_role[group] in person.roles
        if group in of_person:
            return person.id == data.get(of_person[group])
        if member not in person.roles:
            return False
        if group == "followers":
            return person.partner in data.get("followers", ())
        if group in of_partner:
            return person.partner == data.get(of_partner[group])
        return group == "team" or person.partner not in data.get("answered", ())

    return {
        key
        for key, person in BRUGGE.items()
        if person.id != WALLED and any(belongs(group, key) for group in groups)
    }


def may(ask: Ask, who: str, command: str, event: str, data: Data) -> bool:
    """Whether the rules let this person do so now, for one of the purposes of the command."""
    steps = {row.command for row in TABLE if data["stage"] in row.sources}
    if command == "change_stage":
        return any(may(ask, who, step, event, data) for step in steps)
    if command in words.TRANSITIONS and command not in steps:
        return False
    action = "change_stage" if command in words.TRANSITIONS else command
    partner = BRUGGE[who].partner
    kind = KINDS.get(command, "joint")
    weighing = questions.fragment("joint", kind="weighing")
    facts = {
        "command": command,
        "person": DIRECTOR,
        "only_for": [],
        "withhold_from": [],
        "weighing": weighing["id"],
        "assessments": [],
        "involved_services": [],
        "agreement": data["agreement"],
        "region": "31005",
    }
    addressed = [] if command == "answer_wall" else [partner]
    target = questions.fragment("joint", kind=kind, addressed_to=addressed)
    if ACTIONS[action].get("target") == "session":
        target = {"id": "s", "found": True, "agreement": data["agreement"]}
    case = case_of(event, data)
    return any(
        ask(
            "action",
            questions.action(
                who,
                action,
                purpose=purpose,
                facts=facts,
                case=case,
                target=target,
                refers=[weighing],
                session=None,
            ),
        )["allow"]
        for purpose in ACTIONS[action]["purposes"]
    )


def test_every_kind_of_day_is_tried() -> None:
    """A day that no event begins at any stage would be tried at none."""
    for kind in DEADLINES:
        row = ROWS[f"notifications.{kind}_due"]
        assert [
            stage
            for entry in row["next"]
            for stage in stages_of(f"notifications.{kind}_due", entry)
        ]
