"""The life of a case: the whole table, and nothing beside it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import Refuse
from contracts import vocabulary as words
from contracts.errors import STATUS
from contracts.events import EVENTS
from services.intake.domain.case import AgendaEntry, Case, Change, Session
from services.intake.domain.places import Places
from services.intake.domain.stages import StageFacts, change_stage
from services.intake.domain.transitions import TABLE
from tests.unit.casework.factories import NOW, command, refusal
from tests.unit.intake.factories import answered, case, session

ON_AGENDA = session(agenda=(AgendaEntry(case().id, False, "caw"),))
SETTLED = StageFacts(session=ON_AGENDA, requests_open=False)
TERMS = {"cap": {"number": 2, "counts": "concurrent"}, "reporting_rhythm_days": 28}

GROUNDS = sorted({*words.WITHDRAW_GROUNDS, *words.NOT_TAKEN_GROUNDS, *words.REOPEN_GROUNDS})

DOMAIN_TABLE = {
    ("submit_referral", (), ("referred",)),
    ("take_on_agenda", ("referred",), ("forming",)),
    ("withdraw", ("referred", "forming"), ("withdrawn",)),
    ("complete_forming", ("forming",), ("weighing",)),
    ("reopen_forming", ("weighing",), ("forming",)),
    ("decline", ("weighing",), ("declined",)),
    ("accept", ("weighing",), ("accepted", "waiting")),
    ("promote", ("waiting",), ("accepted",)),
    ("start_execution", ("accepted",), ("active",)),
    ("conclude", ("active",), ("concluded",)),
    ("extend", ("concluded",), ("concluded",)),
    ("close", ("concluded",), ("closed",)),
    ("reopen", ("concluded", "closed"), ("active",)),
    ("reopen", ("declined",), ("forming",)),
}


def step(given_case: Case, name: str, facts: StageFacts = SETTLED, **members: Any) -> Any:
    """Try one step with the present version."""
    body = {"command": name, **members}
    ask = command("change_stage", body, if_match=given_case.version, terms=TERMS)
    return change_stage(given_case, ask, facts)


def attempt(rule: Callable[[], Change]) -> Change | Refuse:
    """What a rule makes of it: a change, or the refusal."""
    try:
        return rule()
    except Refuse as refused:
        return refused


def test_the_table_is_the_one_that_was_agreed() -> None:
    """A row that is added, lost or altered changes how families are dealt with: not by accident."""
    assert {(row.command, row.sources, row.targets) for row in TABLE} == DOMAIN_TABLE


def test_every_command_that_can_be_sent_has_its_row() -> None:
    """No step that the door lets in meets a table that does not know it."""
    assert {"submit_referral", *words.TRANSITIONS} == {row.command for row in TABLE}


def test_every_step_has_its_event() -> None:
    """A step that no service learns of would leave the other services behind."""
    events = {row.command: row.event for row in TABLE}

    assert set(events.values()) <= set(EVENTS)
    assert len(set(events.values())) == len(events)


def test_an_illegal_step_is_answered_with_what_would_be_legal() -> None:
    """A chair who skips a step learns which one comes next."""
    with pytest.raises(Refuse) as refused:
        step(case(stage="referred"), "complete_forming")

    assert (refused.value.code, refused.value.members) == (
        "illegal_transition",
        {"stage": "referred", "allowed": ["take_on_agenda", "withdraw"]},
    )


@pytest.mark.parametrize(
    ("start", "name", "members", "stage", "event", "data"),
    [
        (
            case(stage="referred"),
            "take_on_agenda",
            {"session": ON_AGENDA.id},
            "forming",
            "intake.case_taken_on_agenda",
            {"session": ON_AGENDA.id},
        ),
        (
            case(),
            "withdraw",
            {"ground": "other_help_started"},
            "withdrawn",
            "intake.case_withdrawn",
            {"ground": "other_help_started"},
        ),
        (
            case(participants=answered()),
            "complete_forming",
            {},
            "weighing",
            "intake.forming_completed",
            {},
        ),
        (case(stage="weighing"), "reopen_forming", {}, "forming", "intake.forming_reopened", {}),
    ],
)
def test_a_step_that_may_be_taken_is_taken(
    start: Case, name: str, members: Any, stage: str, event: str, data: Any
) -> None:
    """Each step leads where the table says, and one event is published."""
    change = step(start, name, **members)

    assert change.case is not None
    assert (change.case.stage, change.case.version) == (stage, start.version + 1)
    assert [(one.name, dict(one.data)) for one in change.events] == [(event, data)]
    assert change.result == {
        "id": start.id,
        "case": start.id,
        "stage": stage,
        "version": start.version + 1,
    }


@pytest.mark.parametrize("found", [None, session(), session(agenda=(AgendaEntry("x", True, "c"),))])
def test_a_case_is_taken_on_in_a_session_that_has_it_on_the_agenda(found: Session | None) -> None:
    """Nobody takes a family on behind the table's back."""
    facts = StageFacts(session=found, requests_open=False)

    assert refusal(
        lambda: step(case(stage="referred"), "take_on_agenda", facts, session=ON_AGENDA.id)
    ) == ("precondition_unmet", "not_on_agenda")


def test_forming_is_not_complete_while_a_partner_has_not_answered() -> None:
    """A silent partner is not taken for one that knows of no risk; the chair sees who is silent."""
    waiting = (answered()[0], *case().participants[1:])
    with pytest.raises(Refuse) as refused:
        step(case(participants=waiting), "complete_forming")

    assert refused.value.code == "precondition_unmet"
    assert refused.value.members == {"reason": "answers_missing", "partners": ["parket", "ggz"]}


def test_forming_is_not_complete_while_a_request_is_open() -> None:
    """A question that the table asked is answered before the case is weighed."""
    facts = StageFacts(session=None, requests_open=True)

    assert refusal(lambda: step(case(participants=answered()), "complete_forming", facts)) == (
        "precondition_unmet",
        "requests_open",
    )


@pytest.mark.parametrize(
    ("stage", "name", "members", "pointer"),
    [
        ("referred", "take_on_agenda", {}, "/session"),
        ("referred", "withdraw", {}, "/ground"),
        ("referred", "withdraw", {"ground": "bored"}, "/ground"),
        ("forming", "complete_forming", {"ground": "other"}, "/ground"),
        ("forming", "complete_forming", {"outcome": case().id}, "/outcome"),
    ],
)
def test_members_fit_the_command(stage: str, name: str, members: Any, pointer: str) -> None:
    """A step with a member missing or too many is a mistake that is pointed at."""
    with pytest.raises(Refuse) as refused:
        step(case(stage=stage), name, **members)

    assert refused.value.code == "validation_failed"
    assert [one["pointer"] for one in refused.value.members["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("if_match", "code"), [(None, "precondition_required"), (3, "precondition_failed")]
)
def test_a_step_names_the_version_it_rests_on(if_match: int | None, code: str) -> None:
    """Two chairs who act on what they read an hour ago do not overtake each other."""
    ask = command("change_stage", {"command": "complete_forming"}, if_match=if_match)

    assert refusal(lambda: change_stage(case(participants=answered()), ask, SETTLED))[0] == code


@given(
    stage=st.sampled_from(words.STAGES),
    name=st.sampled_from(words.TRANSITIONS),
    members=st.fixed_dictionaries(
        {},
        optional={
            "session": st.just(ON_AGENDA.id),
            "ground": st.sampled_from((*GROUNDS, "other_word")),
            "outcome": st.just(case().id),
        },
    ),
    settled=st.booleans(),
    requests_open=st.booleans(),
    version=st.integers(min_value=1, max_value=10),
)
def test_a_case_moves_along_the_table_or_not_at_all(
    stage: str, name: str, members: Any, settled: bool, requests_open: bool, version: int
) -> None:
    """Whatever is tried: one row of the table and one event, or a coded refusal and no change."""
    start = case(
        stage=stage, version=version, participants=answered() if settled else case().participants
    )
    facts = StageFacts(ON_AGENDA, requests_open, places=Places(start.agreement))
    change = attempt(lambda: step(start, name, facts, **members))
    if isinstance(change, Refuse):
        assert change.code in STATUS
        legal = any(row == name and stage in sources for row, sources, _ in DOMAIN_TABLE)
        assert (change.code == "illegal_transition") is not legal
        return
    [row] = [row for row in TABLE if row.command == name and stage in row.sources]
    assert change.case is not None
    assert change.case.stage in row.targets
    assert change.case.version == version + 1
    assert [event.name for event in change.events] == [row.event]
    assert change.added == change.revised == ()
    assert start.submitted_at == NOW
