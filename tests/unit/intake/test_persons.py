"""Persons of the client system: who is added, who somebody is, and what depends on it."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.fragment import Fragment
from chassis.errors import Refuse
from contracts.bodies.intake import MOST_PERSONS
from services.intake.domain.case import Case, Change, ClientPerson
from services.intake.domain.persons import add_person, correct_person
from tests.unit.casework.factories import CHILD, PERPETRATOR, VICTIM, command, refusal
from tests.unit.intake.factories import case, item

NEWBORN = {
    "given_name": "Mira",
    "birth_date": "2026-02-27",
    "roles": ["child", "victim"],
    "relation": "child",
    "informing": {"state": "not_possible", "reason": "pas geboren"},
    "ground": "situation_changed",
}
WHO = {"given_name": "Anneleen", "family_name": "Desmedt", "roles": ["victim"]}
DEFERRED = {"state": "deferred", "reason": "niet veilig", "review_on": "2026-03-20"}
FAMILY = (ClientPerson(VICTIM, ("m1",), victim=True), ClientPerson(PERPETRATOR, ("m2",)))


def the_case(change: Change) -> Case:
    assert change.case is not None
    return change.case


def informing(subject: str = VICTIM, **content: Any) -> Fragment:
    return item(
        id=str(uuid.uuid5(uuid.UUID(int=50), subject)),
        kind="informing",
        subjects=(subject,),
        content=content or {"state": "informed"},
    )


def identity(subject: str = VICTIM, **changes: Any) -> Fragment:
    content = {"roles": ["victim"], "given_name": "Annelies", "birth_date": "1988"}
    given = item(kind="person", category="identity", subjects=(subject,), content=content)
    return replace(given, **changes)


def add(given: Case | None = None, *informings: Fragment, **body: Any) -> Change:
    """CAW adds a newborn."""
    ask = command("add_person", NEWBORN | body)
    return add_person(given or case(persons=FAMILY), ask, ("m4", "m3"), informings)


def correct(
    given: Case | None = None,
    of: Fragment | None = None,
    informings: tuple[Fragment, ...] = (),
    if_match: int | None = 1,
    **body: Any,
) -> Change:
    """CAW says anew who the victim is."""
    ask = command("correct_person", {**WHO, "ground": "incomplete", **body}, if_match=if_match)
    fragment = of or identity()
    return correct_person(given or case(persons=FAMILY), ask, fragment, ("m9",), informings)


def test_a_newborn_becomes_a_member_with_a_random_id_and_an_informing() -> None:
    """Somebody who belongs to the family is thought of from now on."""
    change = add(None, informing())

    after = the_case(change)
    [*_, born] = after.persons
    who, told = change.added
    assert (born.matches, born.victim, after.version) == (("m3", "m4"), True, case().version + 1)
    assert (who.kind, who.category, who.source, who.subjects) == (
        "person",
        "identity",
        "caw",
        (born.id,),
    )
    assert who.content == {
        "roles": ["child", "victim"],
        "given_name": "Mira",
        "birth_date": "2026-02-27",
        "relation": "child",
    }
    assert (told.kind, told.subjects, told.content) == (
        "informing",
        (born.id,),
        NEWBORN["informing"],
    )
    assert change.result["id"] == who.id
    assert change.result["ids"] == {"person": born.id, "informing": told.id}
    [event] = change.events
    assert (event.name, event.data) == (
        "intake.person_added",
        {
            "fragment": who.id,
            "category": "identity",
            "partner": "caw",
            "member": born.id,
            "informing": "as_before",
            "ground": "situation_changed",
        },
    )


def test_the_national_number_is_kept_nowhere() -> None:
    """It is matched, and let go."""
    number = {"national_number": "85.01.01-123.87", "birth_date": "1985-01-01"}

    added, corrected = add(None, informing(), **number), correct(**number)

    assert "85010112387" not in repr((added, corrected))
    assert (corrected.revised[0].content or {})["birth_date"] == "1985-01-01"


def test_the_informing_of_who_is_added_is_waited_for() -> None:
    """Nobody would remember that he still has to be told."""
    other = informing(PERPETRATOR, state="deferred", reason="later", review_on="2026-04-01")

    change = add(None, informing(), other, informing=DEFERRED)

    assert change.events[0].data["informing_due"] == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("roles", "confirmed", "says"),
    [
        (["victim"], False, "unsettled"),
        (["child"], True, "as_before"),
    ],
)
def test_another_victim_whom_nobody_informed_is_for_the_chair_to_confirm(
    roles: list[str], confirmed: bool, says: str
) -> None:
    """What the chair confirmed was not said of her."""
    given = case(persons=FAMILY, victim_informed=False, informing_confirmed=True)

    change = add(given, informing(VICTIM, **DEFERRED), roles=roles)

    assert the_case(change).informing_confirmed is confirmed
    assert change.events[0].data["informing"] == says


def test_a_victim_who_is_added_and_knows_settles_informing() -> None:
    """The chair need not confirm that no victim could be told."""
    given = case(persons=FAMILY, victim_informed=False)

    change = add(given, informing(VICTIM, **DEFERRED), informing={"state": "informed"})

    assert the_case(change).victim_informed
    assert change.events[0].data["informing"] == "as_before"


def test_a_client_system_has_no_more_members_than_a_referral_can_name() -> None:
    """What is said of everybody has to fit into an answer."""
    many = tuple(ClientPerson(str(uuid.UUID(int=900 + each))) for each in range(MOST_PERSONS))

    assert refusal(lambda: add(case(persons=many))) == ("precondition_unmet", "too_many_persons")


def test_a_corrected_name_adds_matches_and_forgets_none() -> None:
    """Whoever was recognised by the old spelling stays walled off until a second person agrees."""
    change = correct(None, None, (informing(),), birth_date="1988-04-11")

    after = the_case(change)
    assert after.persons == (ClientPerson(VICTIM, ("m1", "m9"), victim=True), FAMILY[1])
    assert after.version == case().version
    [said] = change.revised
    assert (said.version, said.content) == (2, {**WHO, "birth_date": "1988-04-11"})
    assert not change.added
    [event] = change.events
    assert (event.name, event.data["member"], event.data["ground"]) == (
        "intake.person_corrected",
        VICTIM,
        "incomplete",
    )


def test_who_turns_out_to_be_no_victim_settles_no_informing() -> None:
    """He would know of the referral in her place, and nobody would have told her."""
    family = (replace(FAMILY[0], victim=True), ClientPerson(PERPETRATOR, victim=True))
    told = (informing(VICTIM, **DEFERRED), informing(PERPETRATOR, state="informed"))

    change = correct(
        case(persons=family), identity(PERPETRATOR), told, roles=["perpetrator"], given_name="Tom"
    )

    after = the_case(change)
    assert (after.victim_informed, after.informing_confirmed) == (False, False)
    assert after.version == case().version + 1
    assert change.events[0].data["informing"] == "unsettled"
    assert [one.victim for one in after.persons] == [True, False]


def test_who_turns_out_to_be_a_victim_and_knows_settles_informing() -> None:
    """The chair is not asked why nobody could be told."""
    given = case(persons=FAMILY, victim_informed=False)
    told = (informing(VICTIM, **DEFERRED), informing(PERPETRATOR, state="informed"))

    change = correct(given, identity(PERPETRATOR), told, roles=["victim", "perpetrator"])

    assert the_case(change).victim_informed
    assert change.events[0].data["informing"] == "as_before"


def test_there_is_always_a_victim() -> None:
    """Without one, nobody would have to be informed or kept safe."""
    with pytest.raises(Refuse) as refused:
        correct(roles=["perpetrator"])

    [fault] = refused.value.members["errors"]
    assert (refused.value.code, fault) == (
        "validation_failed",
        {"pointer": "/roles", "code": "victim_unnamed"},
    )


@pytest.mark.parametrize(
    ("of", "if_match", "says"),
    [
        (identity(), 2, ("precondition_failed", None)),
        (identity(), None, ("precondition_required", None)),
        (informing(), 1, ("precondition_unmet", "corrected_otherwise")),
        (identity(CHILD), 1, ("unknown_subject", None)),
    ],
)
def test_only_what_was_read_of_a_member_is_set_right(
    of: Fragment, if_match: int | None, says: tuple[str, str | None]
) -> None:
    """Somebody who corrects what another has just corrected would undo it unseen."""
    assert refusal(lambda: correct(of=of, if_match=if_match)) == says
