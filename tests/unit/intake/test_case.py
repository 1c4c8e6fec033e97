"""Rules about the case itself: informing, crisis, participants."""

from typing import Any

import pytest

from chassis.errors import Refuse
from contracts import vocabulary as words
from services.intake.domain.case import Case, Change, event_facts
from services.intake.domain.crisis import end_crisis, raise_crisis
from services.intake.domain.informing import confirm_informing
from services.intake.domain.participation import invite_participant
from tests.unit.casework.factories import NOW, VICTIM, command, refusal
from tests.unit.intake.factories import case, names, wall

CRISIS = {"text": "Hij staat voor de deur", "summary": "acuut", "subjects": [VICTIM]}


def test_the_chair_confirms_that_no_victim_could_be_informed() -> None:
    """From the confirmation on partners may contribute, though no victim knows of it yet."""
    unsettled = case(victim_informed=False)
    assert refusal(unsettled.check_contributing) == ("precondition_unmet", "informing_not_settled")

    change = confirm_informing(unsettled, command("confirm_informing"))

    assert change.case is not None
    change.case.check_contributing()
    assert change.case.version == unsettled.version + 1
    assert names(change) == ["informing_confirmed"]


@pytest.mark.parametrize("changes", [{}, {"victim_informed": False, "informing_confirmed": True}])
def test_what_is_settled_needs_no_confirmation(changes: Any) -> None:
    """A chair who confirms twice, or needlessly, is told so."""
    assert refusal(lambda: confirm_informing(case(**changes), command("confirm_informing"))) == (
        "precondition_unmet",
        "informing_settled",
    )


@pytest.mark.parametrize("stage", words.STAGES)
def test_a_crisis_is_raised_at_any_stage_and_waits_for_nothing(stage: str) -> None:
    """Acute danger reaches the team even before the victim is informed or the case is taken."""
    start = case(stage=stage, victim_informed=False)

    change = raise_crisis(start, command("raise_crisis", CRISIS))

    assert change.case is not None
    assert (change.case.crisis, change.case.stage, change.case.version) == (True, stage, 5)
    [note] = change.added
    assert (note.kind, note.category, note.source, note.subjects) == (
        "crisis_note",
        "safety",
        "caw",
        (VICTIM,),
    )
    assert note.content == {"text": CRISIS["text"], "summary": CRISIS["summary"]}
    assert names(change) == ["crisis_raised"]
    assert change.result["ids"] == {"fragment": note.id}


@pytest.mark.parametrize(
    ("stage", "leads_to"),
    [
        ("referred", "alerted"),
        ("concluded", "alerted"),
        ("closed", "reopening_needed"),
        ("declined", "reopening_needed"),
        ("withdrawn", "new_referral_needed"),
    ],
)
def test_a_crisis_in_a_case_that_has_ended_leads_on(stage: str, leads_to: str) -> None:
    """Who warns learns what happens now, also where nothing can go on as it was."""
    change = raise_crisis(case(stage=stage), command("raise_crisis", CRISIS))

    assert change.result["state"] == leads_to


def test_who_knows_no_ids_warns_about_everybody() -> None:
    """A partner that is shown nothing of the case cannot name a member of the client system."""
    nobody_named = {key: value for key, value in CRISIS.items() if key != "subjects"}

    [note] = raise_crisis(case(), command("raise_crisis", nobody_named)).added

    assert note.subjects == case().everybody


ENDING = {"ground": "hij is aangehouden", "summary": "kort: aangehouden"}
NOTES = ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002")


def end(given: Case, target: str = NOTES[-1], notes: tuple[str, ...] = NOTES) -> Change:
    """The chair ends the crisis, having read a warning."""
    request = command("end_crisis", ENDING, target=target, partner=None)
    return end_crisis(given, request, notes)


@pytest.mark.parametrize("stage", words.STAGES)
def test_the_chair_ends_a_crisis_with_a_ground(stage: str) -> None:
    """What the danger opened to the team closes again, and why it is over is kept."""
    change = end(case(stage=stage, crisis=True))

    assert change.case is not None
    assert (change.case.crisis, change.case.stage, change.case.version) == (False, stage, 5)
    [kept] = change.added
    assert (kept.kind, kept.category, kept.subjects) == ("crisis_end", "safety", case().everybody)
    assert kept.content == {"of": NOTES[-1], **ENDING}
    assert names(change) == ["crisis_ended"]
    assert dict(change.events[0].data) == {"fragment": kept.id, "category": "safety"}


def test_a_warning_that_nobody_has_read_is_not_ended() -> None:
    """A second alarm of the same evening would vanish with the first."""
    open_one = case(crisis=True)

    assert refusal(lambda: end(open_one, NOTES[0])) == ("precondition_unmet", "newer_crisis")
    assert refusal(lambda: end(open_one, case().id)) == ("not_found", None)
    assert refusal(lambda: end(open_one, notes=())) == ("not_found", None)
    assert refusal(lambda: end(case())) == ("precondition_unmet", "no_crisis")


def test_a_crisis_is_about_members_of_the_client_system() -> None:
    """A wrong id holds no alarm back: who is no member is left out, and nobody is overlooked."""
    member, stranger = case().everybody[0], case().id

    def about(*subjects: str) -> tuple[str, ...]:
        body = CRISIS | {"subjects": list(subjects)}
        return raise_crisis(case(), command("raise_crisis", body)).added[0].subjects

    assert about(stranger, member) == (member,)
    assert about(stranger) == case().everybody


def test_a_crisis_waits_for_no_summary() -> None:
    """Somebody at a door with a telephone in one hand writes one sentence, not two."""
    said = {key: value for key, value in CRISIS.items() if key != "summary"}

    [note] = raise_crisis(case(), command("raise_crisis", said)).added

    assert note.content == {"text": CRISIS["text"]}


def test_a_party_is_invited_once() -> None:
    """A partner that joins takes part from now on, and is not asked twice."""
    invite = command(
        "invite_participant", {"partner": "opgroeien"}, terms={"parties": ["caw", "opgroeien"]}
    )

    change = invite_participant(case(), invite)

    assert change.case is not None
    joined = change.case.participant("opgroeien")
    assert (joined.since, joined.answered, change.case.version) == (NOW, None, 5)
    assert [(event.name, event.data) for event in change.events] == [
        ("intake.participant_invited", {"partner": "opgroeien"})
    ]
    assert refusal(lambda: invite_participant(change.case or case(), invite)) == (
        "precondition_unmet",
        "already_participant",
    )


def test_only_a_party_to_the_agreement_is_invited() -> None:
    """An organisation outside the agreement cannot be brought in by a slip of the hand."""
    invite = command("invite_participant", {"partner": "elders"}, terms={"parties": ["caw"]})

    assert refusal(lambda: invite_participant(case(), invite)) == (
        "precondition_unmet",
        "not_a_party",
    )


def test_an_event_holds_the_facts_that_subscribers_need_and_nothing_else() -> None:
    """Other services react to ids and codes; no name and no text is among them."""
    assert event_facts(case(walls=(wall("p-self"), wall("p-once", state="lifted")))) == {
        "case": case().id,
        "agreement": "sample-brugge",
        "stage": "forming",
        "submitted_by": "caw",
        "participants": ["caw", "parket", "ggz"],
        "walled": ["p-self"],
        "director": None,
    }


def test_a_case_that_moved_on_is_no_longer_what_was_decided_on() -> None:
    """A decision made on yesterday's facts does not act on today's."""
    for stage, version in (("referred", 4), ("forming", 3)):
        with pytest.raises(Refuse) as refused:
            case().check_decided_on(stage, version)
        assert refused.value.code == "facts_changed"
    case().check_decided_on("forming", 4)
