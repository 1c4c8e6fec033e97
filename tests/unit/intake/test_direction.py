"""Advice, the case director and the mandates; informing; emergency access; succession."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.fragment import Fragment
from chassis.errors import Refuse
from services.intake.domain.case import Case, Change, ClientPerson, Emergency
from services.intake.domain.direction import (
    appoint_director,
    record_direction_mandate,
    write_advice,
)
from services.intake.domain.emergency import open_emergency, review_emergency
from services.intake.domain.informing import record_informing
from services.intake.domain.places import Places
from services.intake.domain.succession import take_over_case
from tests.unit.casework.factories import NOW, PERPETRATOR, VICTIM, command, refusal
from tests.unit.intake.factories import case, names, wall

SERVICE = "00000000-0000-0000-0000-000000000040"
APPOINT = {"person": "p-director", "no_care_professional": True}
DIRECTED = {"director": "p-director", "stage": "accepted"}
CAP = {"number": 1, "counts": "concurrent"}


def the_case(change: Change) -> Case:
    assert change.case is not None
    return change.case


# --- advice, director, mandates ----------------------------------------------------------------


def test_the_advice_is_of_the_table_and_about_the_whole_family() -> None:
    """The referrer reads what the team made together."""
    ask = command("write_advice", {"text": "wat helpt", "summary": "kort"}, partner="stad")

    change = write_advice(case(stage="weighing"), ask)

    [advice] = change.added
    assert (advice.kind, advice.category, advice.source) == ("advice", "joint", "table")
    assert advice.subjects == (VICTIM, PERPETRATOR)
    assert names(change) == ["advice_written"]


def appoint(given: Case, services: tuple[str, ...] = (SERVICE,), **body: Any) -> Change:
    ask = command(
        "appoint_director", APPOINT | body, terms={"partner": "parket", "mandate_days": 14}
    )
    return appoint_director(given, ask, services)


def test_a_director_is_appointed_and_has_days_to_be_mandated() -> None:
    """From now on one person watches over the case."""
    change = appoint(case(stage="accepted", mandated_by=(SERVICE,)))

    assert (the_case(change).director, the_case(change).mandated_by) == ("p-director", ())
    assert dict(change.events[0].data) == {
        "person": "p-director",
        "partner": "parket",
        "mandates_due": NOW.date() + timedelta(days=14),
    }


def test_where_no_service_is_involved_nobody_has_to_mandate_the_director() -> None:
    """A reminder would come of something that can never be done."""
    change = appoint(case(stage="accepted"), services=())

    assert dict(change.events[0].data) == {"person": "p-director", "partner": "parket"}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"director": "p-director"}, "director_appointed"),
        ({"participants": ()}, "not_participant"),
    ],
)
def test_a_director_is_somebody_else_from_among_the_partners(changes: Any, reason: str) -> None:
    """Nobody is appointed twice, and nobody from outside the table."""
    given = case(stage="accepted", **changes)

    assert refusal(lambda: appoint(given)) == ("precondition_unmet", reason)


@pytest.mark.parametrize(
    "changes",
    [
        {"referrer": "p-director"},
        {"walls": (wall("p-director"),)},
        {"walls": (wall("p-director", state="open"),)},
    ],
)
def test_a_director_is_neutral_and_the_refusal_shows_no_wall(changes: Any) -> None:
    """Kin of the family is no neutral contact for it, and whoever chooses learns of no tie."""
    with pytest.raises(Refuse) as refused:
        appoint(case(stage="accepted", **changes))

    assert (refused.value.code, refused.value.members, refused.value.detail) == (
        "not_allowed",
        {"reason": "director_unfit"},
        None,
    )


def mandate(given: Case, services: Any = (SERVICE,), **body: Any) -> Change:
    given_body = {
        "involved_service": SERVICE,
        "given_by": "directie",
        "given_on": NOW.date().isoformat(),
        **body,
    }
    return record_direction_mandate(
        given, command("record_direction_mandate", given_body), services
    )


def test_the_last_mandate_completes_the_direction() -> None:
    """Who waits to begin is told when every service agreed to be directed."""
    first = mandate(case(**DIRECTED), services=(SERVICE, "another"))
    last = mandate(case(**DIRECTED))

    assert the_case(last).mandated_by == (SERVICE,)
    assert [one.events[0].data["complete"] for one in (first, last)] == [False, True]


@pytest.mark.parametrize(
    ("changes", "services", "body", "expected"),
    [
        ({"director": None}, (SERVICE,), {}, ("precondition_unmet", "director_missing")),
        ({}, ("another",), {}, ("precondition_unmet", "service_unknown")),
        ({"mandated_by": (SERVICE,)}, (SERVICE,), {}, ("precondition_unmet", "already_mandated")),
    ],
)
def test_a_mandate_is_of_an_involved_service_once_and_given(
    changes: Any, services: Any, body: Any, expected: Any
) -> None:
    """A mandate that nobody gave binds nobody."""
    given = case(**DIRECTED | changes)

    assert refusal(lambda: mandate(given, services, **body)) == expected


# --- informing ---------------------------------------------------------------------------------


def informing(subject: str, state: str, review_on: str | None = None) -> Fragment:
    content = {"state": state, **({"review_on": review_on} if review_on else {})}
    return Fragment(
        id=f"informing-{subject}",
        kind="informing",
        category="safety",
        source="caw",
        subjects=(subject,),
        at=NOW,
        content=content,
    )


FAMILY = (ClientPerson(VICTIM, victim=True), ClientPerson(PERPETRATOR))


def test_a_victim_who_is_informed_later_settles_the_informing() -> None:
    """Partners contribute as soon as one victim knows."""
    given = case(persons=FAMILY, victim_informed=False)
    known = [informing(VICTIM, "not_possible"), informing(PERPETRATOR, "deferred", "2026-04-01")]
    ask = command("record_informing", {"subject": VICTIM, "state": "informed"})

    change = record_informing(given, ask, known)

    assert the_case(change).victim_informed
    [reply] = change.revised
    assert (reply.content, reply.version) == ({"state": "informed"}, 2)
    assert {name: day.isoformat() for name, day in change.events[0].data.items()} == {
        "informing_due": "2026-04-01"
    }


def test_the_perpetrator_who_is_told_leaves_nothing_deferred() -> None:
    """The reminder to tell him goes when he is told, and no victim is taken for informed."""
    given = case(persons=FAMILY, victim_informed=False)
    ask = command("record_informing", {"subject": PERPETRATOR, "state": "informed"})
    known = [informing(VICTIM, "not_possible"), informing(PERPETRATOR, "deferred", "2026-04-01")]

    change = record_informing(given, ask, known)

    assert not the_case(change).victim_informed
    assert dict(change.events[0].data) == {}
    assert refusal(lambda: record_informing(given, ask, [informing(PERPETRATOR, "informed")])) == (
        "precondition_unmet",
        "informing_settled",
    )


# --- emergency access --------------------------------------------------------------------------

EMERGENCY = {"minutes": 60, "review_working_days": 5}


def opened(given: Case, **changes: Any) -> Change:
    ask = command("open_emergency", {"ground": "gevaar"}, terms=EMERGENCY)
    return open_emergency(given, replace(ask, **changes))


def test_emergency_access_lasts_an_hour_and_is_reviewed_within_five_working_days() -> None:
    """Danger opens a door that closes by itself."""
    change = opened(case(stage="referred"))

    [ground] = change.added
    [grant] = the_case(change).emergencies
    assert (ground.kind, ground.category, ground.source) == ("emergency_ground", "safety", "caw")
    assert ground.content == {"text": "gevaar"}
    assert grant == Emergency(ground.id, "p-caw", "caw", NOW + timedelta(hours=1))
    assert change.events[0].data["review_due"] == NOW.date() + timedelta(days=7)
    assert the_case(change).version == case().version


def test_emergency_access_is_opened_once_until_somebody_has_reviewed_it() -> None:
    """An hour is an hour, not as many as one likes in a row; danger waits for no review either."""
    given = the_case(opened(case()))
    later = NOW + timedelta(hours=2)

    assert refusal(lambda: opened(given)) == ("precondition_unmet", "emergency_open")
    assert refusal(lambda: opened(given, now=later)) == (
        "precondition_unmet",
        "emergency_unreviewed",
    )
    assert the_case(opened(given, now=later, person="p-colleague")).emergencies[1].partner == "caw"
    reviewed = replace(given.emergencies[0], reviewed_by="p-chair")
    again = opened(replace(given, emergencies=(reviewed,)), now=later)
    assert the_case(again).emergencies[1].person == "p-caw"


def test_emergency_access_is_reviewed_once_by_somebody_else() -> None:
    """Nobody is the judge of the own emergency."""
    given = the_case(opened(case()))
    grant = given.emergencies[0].grant
    body = {"justified": True, "text": "nodig"}
    by_other = command("review_emergency", body, person="p-chair", target=grant)
    by_self = command("review_emergency", body, target=grant)

    reviewed = the_case(review_emergency(given, by_other))

    assert reviewed.emergencies[0].reviewed_by == "p-chair"
    assert refusal(lambda: review_emergency(given, by_self)) == (
        "precondition_unmet",
        "second_person",
    )
    assert refusal(lambda: review_emergency(reviewed, by_other)) == (
        "precondition_unmet",
        "already_reviewed",
    )
    assert refusal(lambda: review_emergency(case(), by_other)) == ("not_found", None)


# --- succession --------------------------------------------------------------------------------


def taken_over(
    given: Case,
    successor: Places | None = None,
    supported_by: tuple[str, ...] = ("caw", "parket", "nieuw"),
    rule: str = "all_participants",
) -> Change:
    body = {"agreement": "sample-next", "text": "wij nemen over", "summary": "overname"}
    body |= {"supported_by": list(supported_by)}
    terms = {"participants": ["caw", "parket", "nieuw"], "cap": CAP, "match_working_days": 1}
    terms |= {"quorum": 2, "supported_decision": rule}
    places = {
        "sample-brugge": Places("sample-brugge", now=3, ever=5),
        "sample-next": successor or Places("sample-next"),
    }
    return take_over_case(given, command("take_over_case", body, terms=terms), places)


def test_a_case_goes_on_under_the_successor_with_its_parties() -> None:
    """A family is not dropped because a paper ended."""
    change = taken_over(case(stage="active"))

    moved = the_case(change)
    assert (moved.agreement, moved.stage) == ("sample-next", "active")
    assert [one.partner for one in moved.participants] == ["caw", "parket", "nieuw"]
    assert change.places == (
        Places("sample-brugge", now=2, ever=5),
        Places("sample-next", now=1, ever=1),
    )
    assert [one.kind for one in change.added] == ["takeover"]
    assert dict(change.events[0].data) == {"predecessor": "sample-brugge"}


def test_a_takeover_is_a_decision_that_the_team_supports() -> None:
    """A family would change hands on the word of one chair."""
    missing = ("precondition_unmet", "support_missing")
    stranger = ("caw", "parket", "nieuw", "school")

    assert refusal(lambda: taken_over(case(), supported_by=("caw", "nieuw"))) == missing
    assert refusal(lambda: taken_over(case(), supported_by=("caw",), rule="quorum")) == missing
    assert refusal(lambda: taken_over(case(), supported_by=stranger)) == (
        "precondition_unmet",
        "not_participant",
    )
    change = taken_over(case(), supported_by=("caw", "nieuw"), rule="quorum")
    assert (change.added[0].content or {})["supported_by"] == ["caw", "nieuw"]


def test_a_takeover_counts_a_case_that_is_taken_under_the_successor() -> None:
    """A pilot of so many cases does not get one more by way of a case that it took over."""
    running = the_case(taken_over(case(stage="active", counted_under=("sample-brugge",))))
    concluded = the_case(taken_over(case(stage="concluded", counted_under=("sample-brugge",))))

    assert running.counted_under == ("sample-brugge", "sample-next")
    assert concluded.counted_under == ("sample-brugge",)


def test_a_takeover_keeps_to_the_successors_cap() -> None:
    """A case without a place yet needs none; a running one does."""
    full = Places("sample-next", now=1, ever=1)

    assert taken_over(case(stage="forming"), full).places == ()
    assert refusal(lambda: taken_over(case(stage="active"), full)) == (
        "precondition_unmet",
        "cap_reached",
    )
