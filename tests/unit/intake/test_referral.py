"""A referral becomes a case made of fragments."""

from datetime import timedelta
from typing import Any

from casework.fragment import Fragment
from contracts.fragment_projections import KINDS, project
from contracts.vocabulary import CATEGORIES, CRITERIA
from services.intake.domain import referral
from services.intake.domain.case import Case, Change, ClientPerson
from services.intake.domain.referral import result_by_ref, submit_referral
from tests import builders
from tests.unit.casework.factories import NOW, command
from tests.unit.intake.factories import names

REVIEW = (NOW + timedelta(days=21)).date()


def submit(person: str = "p-caw", **changes: Any) -> Change:
    """CAW refers a family; the agreement's parties take part."""
    ask = command(
        "submit_referral",
        builders.referral(**changes),
        person=person,
        terms={"participants": ["parket", "caw", "ggz"], "match_working_days": 1},
    )
    return submit_referral(ask, {"a": ("m1", "m2")})


def the_case(change: Change) -> Case:
    assert change.case is not None
    return change.case


def of_kind(change: Change, kind: str) -> list[Fragment]:
    return [fragment for fragment in change.added if fragment.kind == kind]


def test_a_referral_begins_a_case() -> None:
    """The family has a case in stage `referred`, and the agreement's parties take part."""
    change = submit()

    made = the_case(change)
    assert (made.stage, made.version, made.agreement, made.region) == (
        "referred",
        1,
        "sample-brugge",
        "31005",
    )
    assert (made.submitted_by, made.submitted_at) == ("caw", NOW)
    assert [(one.partner, one.since, one.answered) for one in made.participants] == [
        ("caw", NOW, None),
        ("parket", NOW, None),
        ("ggz", NOW, None),
    ]
    assert (made.crisis, made.evaluations, made.director, made.guest) == (False, (), None, None)
    assert names(change) == ["referral_submitted"]


def test_the_referrer_is_who_it_is_submitted_for_or_who_submits() -> None:
    """A team member refers for a colleague, who stays involved; else it is the own referral."""
    assert the_case(submit(referrer="p-worker")).referrer == "p-worker"
    assert the_case(submit()).referrer == "p-caw"


def test_persons_are_known_by_random_ids_and_keyed_matches() -> None:
    """Names and national numbers are nowhere among the facts."""
    change = submit()

    ids = change.result["ids"]
    assert the_case(change).persons == (
        ClientPerson(ids["persons.0"], ("m1", "m2"), victim=True),
        ClientPerson(ids["persons.1"]),
        ClientPerson(ids["persons.2"], victim=True),
    )


def test_the_referrer_learns_the_ids_by_own_words() -> None:
    """What the caller called `a` is returned as `a`, though the word itself is not kept."""
    change = submit()

    reply = result_by_ref(change.result, builders.referral())

    assert reply["ids"] == dict(
        zip(("a", "b", "c"), (one.id for one in the_case(change).persons), strict=True)
    )
    assert "persons.0" in change.result["ids"]


def test_every_part_of_the_referral_becomes_a_fragment() -> None:
    """Nothing that the referrer wrote is lost, and each part has the category policy goes by."""
    change = submit(
        persons=[builders.person("a", "victim", informed=False, national_number="89041200181")],
        occurrences=[builders.narrative("slagen", "a")],
        worries=[builders.narrative("vrees", "a")],
        involved_services=[{"service": "School", "since": "2020-09-01", "subjects": ["a"]}],
        wishes=[builders.narrative("rust", "a")],
        precautions=[builders.narrative("plan", "a")],
        whereabouts=[builders.whereabouts("a", "parket", "lokale-politie")],
        uninformed_ground="te gevaarlijk",
    )
    [person] = the_case(change).persons

    assert [(one.kind, one.category) for one in change.added] == [
        ("person", "identity"),
        ("informing", "safety"),
        ("occurrence", "incidents"),
        ("worry", "safety"),
        ("wish", "client_voice"),
        ("precaution", "safety"),
        ("involved_service", "assistance"),
        ("criterion", "safety"),
        ("criterion", "assistance"),
        ("criterion", "relationships"),
        ("criterion", "assistance"),
        ("uninformed_ground", "safety"),
        ("whereabouts", "whereabouts"),
    ]
    assert {one.subjects for one in change.added} == {(person.id,)}
    assert {one.source for one in change.added} == {"caw"}
    assert [one.place for one in change.added] == list(range(13))
    assert [one.content for one in change.added[2:6]] == [
        {"text": "slagen", "summary": "kort: slagen"},
        {"text": "vrees", "summary": "kort: vrees"},
        {"text": "rust", "summary": "kort: rust"},
        {"text": "plan", "summary": "kort: plan"},
    ]
    assert of_kind(change, "uninformed_ground")[0].content == {"text": "te gevaarlijk"}


def test_whereabouts_are_only_for_whom_they_name() -> None:
    """The partners that a shelter's address is for are facts of the fragment."""
    [address] = of_kind(
        submit(whereabouts=[builders.whereabouts("a", "parket", "lokale-politie")]), "whereabouts"
    )

    assert address.only_for == ("parket", "lokale-politie")
    assert address.content == {"address": "Schuilstraat 1"}


def test_the_national_number_is_let_go() -> None:
    """It serves to recognise a person and is kept in no fragment."""
    person = builders.person(
        "a", "victim", national_number="89041200181", birth_date="1989-04-12", sex="female"
    )

    [made] = of_kind(submit(persons=[person], **_about_a()), "person")

    assert made.content is not None
    assert set(made.content) == {"roles", "given_name", "family_name", "birth_date", "sex"}


def test_informing_is_kept_per_person() -> None:
    """The table sees who knows, who does not yet and when that is looked at again."""
    deferred = {
        "state": "deferred",
        "reason": "dreigde",
        "how": "tafel",
        "review_on": REVIEW.isoformat(),
    }
    persons = [
        builders.person("a", "victim"),
        builders.person("b", "perpetrator", informing=deferred),
    ]

    informed, later = of_kind(submit(persons=persons, **_about_a()), "informing")

    assert informed.content == {"state": "informed"}
    assert later.content == {
        "state": "deferred",
        "reason": "dreigde",
        "how": "tafel",
        "review_on": REVIEW,
    }


def test_no_victim_informed_is_a_fact_of_the_case() -> None:
    """Until the chair confirms it nobody contributes: the case itself knows."""
    silent = [builders.person("a", "victim", informed=False)]

    assert the_case(submit()).victim_informed
    assert not the_case(
        submit(persons=silent, uninformed_ground="te gevaarlijk", **_about_a())
    ).victim_informed


def test_what_is_kept_can_be_released() -> None:
    """Every kind of fragment has its projections, and the whole content has a place in one."""
    change = submit(
        whereabouts=[builders.whereabouts("a", "parket")], uninformed_ground="om deze reden"
    )

    assert {fragment.kind for fragment in change.added} == {
        *("criterion", "informing", "involved_service", "occurrence", "person", "precaution"),
        *("uninformed_ground", "whereabouts", "wish", "worry"),
    }
    for fragment in change.added:
        assert fragment.kind in KINDS
        assert fragment.category in CATEGORIES
        assert fragment.content is not None
        assert project(fragment.kind, "full", fragment.content) == fragment.content


def test_every_criterion_has_a_category() -> None:
    """No answer to a criterion is left without a rule about who may read it."""
    assert set(referral.CRITERIA) == set(CRITERIA)


def _about_a() -> dict[str, Any]:
    """The parts of a referral, about `a` alone."""
    return {
        "occurrences": [builders.narrative("slagen", "a")],
        "worries": [builders.narrative("vrees", "a")],
        "involved_services": [],
        "wishes": [],
        "precautions": [builders.narrative("plan", "a")],
    }
