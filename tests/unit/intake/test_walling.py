"""Conflict walls: who raises one, who says whether it is right, and what goes with it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from casework.fragment import Fragment
from chassis.errors import Refuse
from services.intake.domain.case import Case, Change, Guest, event_facts
from services.intake.domain.wall import Lifting, Wall
from services.intake.domain.walling import (
    StaffMatch,
    answer_wall,
    declare_conflict,
    matched_walls,
    open_questions,
    propose_lifting,
    raise_wall,
    wall_off,
)
from tests.unit.casework.factories import NOW, PERPETRATOR, VICTIM, command, refusal
from tests.unit.intake.factories import case, names, wall

SECOND = {"stands": False, "text": "een vergissing"}
TERMS = {"partners": ["parket"], "answer_working_days": 2}
OFFICER = StaffMatch("p-officer", ("parket",), VICTIM, "strong")
WEAK = replace(OFFICER, strength="weak")
ENDED: tuple[Any, ...] = ("lifted", "standing")


def the_case(change: Change) -> Case:
    assert change.case is not None
    return change.case


def raised(given: Case | None = None, **changes: Any) -> Change:
    """A wall that the chair, who acts for the city, raises around the officer."""
    body = {"person": "p-officer", "interest": "kin", "text": "haar broer"}
    who = {"person": "p-chair", "partner": "stad", "terms": TERMS}
    ask = command("raise_wall", body, **{**who, **changes})
    return raise_wall(given or case(), ask, [])


def answered(change: Change, **answer: Any) -> Change:
    """What a member of another partner says of the question in the change."""
    [question] = change.added
    body = {**SECOND, **{name: answer.pop(name) for name in ("stands",) if name in answer}}
    who = {"person": "p-caw", "partner": "caw", "target": question.id}
    return answer_wall(
        the_case(change), command("answer_wall", body, **{**who, **answer}), question
    )


def found(given: Case, *matches: StaffMatch) -> tuple[Wall, ...]:
    """The walls that matches raise on the second of March, a Monday."""
    make = command("declare_conflict", {"interest": "kin"})
    return matched_walls(given, matches, make.new_id, NOW, NOW.date())


@pytest.mark.parametrize("how", [OFFICER, WEAK])
def test_a_lifted_wall_settles_nothing_that_was_not_known_then(how: StaffMatch) -> None:
    """Two of one name were not the same person; by the corrected birth date they are."""
    cleared = wall("p-officer", cause="same_person", members=(VICTIM,), strength="strong")
    lifted, stands = (case(walls=(replace(cleared, state=state),)) for state in ENDED)
    make = command("declare_conflict", {"interest": "kin"})

    def by_what_is_new(given: Case) -> list[str]:
        walls = matched_walls(given, (how,), make.new_id, NOW, NOW.date(), anew=(how,))
        return [one.state for one in walls]

    assert found(lifted, how) == ()
    assert by_what_is_new(lifted) == ["standing" if how is OFFICER else "open"]
    assert by_what_is_new(stands) == []


def test_a_declared_conflict_walls_the_person_off() -> None:
    """Who declares to be kin is named among those who must learn nothing more of the case."""
    declare = command("declare_conflict", {"interest": "kin"})

    change = declare_conflict(case(), declare, [])

    after = the_case(change)
    assert after.version == case().version, "nobody notices a wall"
    assert change.result["version"] == case().version
    [event] = change.events
    assert event_facts(after)["walled"] == ["p-caw"]
    assert (event.name, event.data) == (
        "intake.conflict_declared",
        {"person": "p-caw", "partner": "caw"},
    )
    assert not change.added, "one's own word is not asked about"
    assert refusal(lambda: declare_conflict(after, declare, [])) == (
        "precondition_unmet",
        "conflict_declared",
    )


def test_somebody_who_acts_for_no_partner_declares_a_conflict_too() -> None:
    """The coordination team schedules every case, that of a cousin as well."""
    declare = command(
        "declare_conflict", {"interest": "kin"}, partner=None, roles=("coordination_team",)
    )

    [event] = declare_conflict(case(), declare, []).events

    assert event.data == {"person": "p-caw"}


def test_a_strong_match_walls_off_for_good_and_asks_nothing() -> None:
    """An officer with the number of the victim does not meet the own case at work."""
    change = wall_off(Change({}, case()), found(case(), OFFICER))

    [standing] = the_case(change).walls
    assert (standing.state, standing.due, standing.members) == ("standing", None, (VICTIM,))
    assert the_case(change).walled == ("p-officer",)
    assert (names(change), change.added) == (["wall_raised"], ())


def test_a_weak_match_walls_off_at_once_and_asks_within_a_working_day() -> None:
    """Whether it is the same person is found out while the case is closed to that person."""
    given = case(persons=case().persons, match_days=1)

    change = wall_off(Change({}, given), found(given, WEAK))

    after = the_case(change)
    assert after.walled == ("p-officer",)
    [question] = change.added
    assert question.id == after.walls[0].id
    assert (question.kind, question.source, question.subjects) == (
        "wall_question",
        "table",
        (VICTIM,),
    )
    assert question.content == {
        "person": "p-officer",
        "asks": "same_person",
        "cause": "same_person",
        "due": "2026-03-03",
        "state": "open",
    }
    assert (question.withhold_from, question.addressed_to) == (("parket",), ())
    assert names(change) == ["wall_raised", "wall_question_asked"]
    assert dict(change.events[1].data) == {
        "question": question.id,
        "person": "p-officer",
        "kept_from": ("parket",),
        "answerers": (),
        "due": date(2026, 3, 3),
    }


def test_one_person_who_may_be_several_members_has_one_wall_by_the_surest_match() -> None:
    """Father and son of one name do not make two questions about one officer."""
    [only] = found(case(), WEAK, replace(OFFICER, member=PERPETRATOR))

    assert (only.strength, only.members) == ("strong", (VICTIM, PERPETRATOR))


@pytest.mark.parametrize(
    ("strength", "state", "again", "raises"),
    [
        ("weak", "open", "weak", False),
        ("weak", "lifted", "weak", False),
        ("weak", "lifted", "strong", True),
        ("weak", "standing", "strong", True),
        ("strong", "standing", "weak", False),
        ("strong", "lifted", "strong", False),
    ],
)
def test_what_was_settled_is_not_asked_again_unless_more_is_known(
    strength: Any, state: Any, again: Any, raises: bool
) -> None:
    """A chair who said "another person" is not asked anew at every import."""
    before = wall("p-officer", cause="same_person", strength=strength, state=state)
    given = case(walls=(replace(before, members=(VICTIM,)),))

    assert bool(found(given, replace(OFFICER, strength=again))) is raises


def test_another_member_is_another_question() -> None:
    """That she is not the mother says nothing of the daughter who is added later."""
    before = wall("p-officer", cause="same_person", strength="weak", state="lifted")
    given = case(walls=(replace(before, members=(PERPETRATOR,)),))

    assert len(found(given, WEAK)) == 1


def test_a_director_who_is_walled_off_directs_no_longer() -> None:
    """A case does not go on being directed by somebody to whom it does not exist."""
    given = case(stage="active", director="p-officer", mandated_by=("s",))

    change = wall_off(Change({}, given), found(given, OFFICER))

    after = the_case(change)
    assert (after.director, after.mandated_by) == (None, ())
    assert after.version == given.version + 1, "everybody sees that there is no director"
    assert change.events[-1].name == "intake.direction_ended"
    assert event_facts(after)["director"] is None


def test_a_wall_raised_by_others_holds_at_once_and_is_asked_of_other_partners() -> None:
    """A tie that a colleague knows of does not wait for a meeting."""
    change = raised()

    after = the_case(change)
    assert after.walled == ("p-officer",)
    assert (change.result["version"], change.result["state"]) == (case().version, "open")
    [question] = change.added
    assert question.content is not None
    assert (question.content["asks"], question.content["text"]) == ("interest", "haar broer")
    assert (question.withhold_from, question.addressed_to) == (("parket",), ("caw", "ggz"))
    assert question.subjects == (VICTIM, PERPETRATOR)
    assert after.walls[0].due == date(2026, 3, 4)


def test_raising_a_wall_again_does_not_tell_that_there_is_one() -> None:
    """Whether somebody is walled off is not found out by trying."""
    before = case(walls=(wall("p-officer"),))

    assert names(raised(before)) == names(raised())
    assert raised(before).result.keys() == raised().result.keys()


def test_nobody_raises_a_wall_around_oneself() -> None:
    """One's own interest is declared, and needs nobody's word."""
    assert refusal(lambda: raised(person="p-officer")) == ("precondition_unmet", "own_conflict")


@pytest.mark.parametrize(("stands", "walled"), [(True, ("p-officer",)), (False, ())])
def test_a_second_person_confirms_or_undoes_it(stands: bool, walled: Any) -> None:
    """A tie that is none keeps nobody from the work."""
    change = answered(raised(), stands=stands)

    assert the_case(change).walled == walled
    assert open_questions(the_case(change)) == ()
    [closed] = change.revised
    assert closed.content is not None
    assert closed.content["state"] == ("stands" if stands else "lifted")
    assert closed.content["answer"] == "een vergissing"
    [event] = change.events
    assert (event.name, event.data["stands"]) == ("intake.wall_answered", stands)


@pytest.mark.parametrize(
    "who",
    [
        {"person": "p-chair", "partner": "caw"},
        {"person": "p-colleague", "partner": "stad"},
    ],
)
def test_nobody_answers_what_oneself_or_a_colleague_asked(who: Any) -> None:
    """One partner does not decide alone whom another one sends."""
    assert refusal(lambda: answered(raised(), **who)) == ("precondition_unmet", "second_person")


def test_a_question_is_answered_once() -> None:
    """Two who answer at once do not leave two truths."""
    change = raised()
    once = replace(change, case=answered(change, stands=True).case)

    assert refusal(lambda: answered(once)) == ("already_answered", None)


def test_the_chair_alone_answers_a_weak_match() -> None:
    """Nobody asked it but the register."""
    change = answered(wall_off(Change({}, case()), found(case(), WEAK)), person="p-chair")

    assert the_case(change).walled == ()


def lifting(given: Case, **changes: Any) -> Change:
    body = {"person": "p-officer", "text": "het ging om een ander dossier"}
    who = {"person": "p-chair", "partner": "stad", "terms": TERMS}
    return propose_lifting(given, command("propose_lifting", body, **{**who, **changes}))


def test_a_wall_that_stands_in_error_goes_with_a_second_person_only() -> None:
    """A conflict declared for the wrong case, or two people of one name, is set right by two."""
    given = case(walls=(wall("p-officer"), wall("p-other")))
    proposed = lifting(given)
    assert the_case(proposed).walled == ("p-officer", "p-other"), "a proposal lifts nothing"
    assert names(proposed) == ["wall_question_asked"]

    assert the_case(answered(proposed, stands=True)).walled == ("p-officer", "p-other")
    assert the_case(answered(proposed, stands=False)).walled == ("p-other",)
    assert refusal(lambda: answered(proposed, partner="stad")) == (
        "precondition_unmet",
        "second_person",
    )


def test_a_proposal_does_not_tell_whether_there_is_a_wall() -> None:
    """Else everybody could ask by proposing."""
    without, around = (
        lifting(case()),
        lifting(case(walls=(wall("p-officer", partners=("parket",)),))),
    )

    assert without.result == around.result
    assert names(without) == names(around)
    assert without.added == around.added


def test_nobody_proposes_to_lift_the_own_wall() -> None:
    """Who is walled off has no say in it."""
    assert refusal(lambda: lifting(case(), person="p-officer")) == (
        "precondition_unmet",
        "second_person",
    )


def test_a_proposal_lifts_nothing_that_was_raised_or_asked_since() -> None:
    """A second person agrees to what there was when it was proposed."""
    proposed = lifting(case(walls=(wall("p-officer"),)))
    later = wall("p-officer", cause="other_interest", at=NOW.replace(hour=11))
    opened = wall("p-officer", cause="same_person", state="open", due=date(2026, 3, 3))
    after = the_case(proposed)
    proposed = replace(proposed, case=replace(after, walls=(*after.walls, later, opened)))

    change = answered(proposed, stands=False)

    assert [one.state for one in the_case(change).walls] == ["lifted", "standing", "open"]


def test_a_question_is_kept_from_the_partners_of_everybody_who_is_walled_off() -> None:
    """A chair who is walled off is not the one who is asked about somebody else."""
    first = raised()
    [question] = first.added
    declare = command("declare_conflict", {"interest": "kin"})

    change = declare_conflict(the_case(first), declare, [replace(question, content=None)])

    [kept] = change.revised
    assert (kept.withhold_from, kept.addressed_to) == (("caw", "parket"), ("ggz",))
    assert kept.content is None, "what it says stays as it is"


def test_an_unknown_question_is_not_found() -> None:
    """Another fragment of the case is no question about a wall."""
    strange = Fragment("x", "wall_question", (VICTIM,), NOW, {})

    with pytest.raises(Refuse) as refused:
        answer_wall(case(), command("answer_wall", SECOND, target="x"), strange)

    assert refused.value.code == "not_found"


def test_a_proposal_is_a_question_of_the_case() -> None:
    """What is open is found again."""
    [proposal] = the_case(lifting(case())).liftings

    assert isinstance(proposal, Lifting)
    assert open_questions(the_case(lifting(case()))) == (proposal.id,)


def test_a_referrer_who_is_walled_off_does_not_come_to_explain() -> None:
    """He would sit at the table at which his sister's case is discussed."""
    to_come = Guest("a-session", NOW + timedelta(days=3))
    given = case(guest=to_come)
    theirs = replace(OFFICER, person=given.referrer, partners=("caw",))

    change = wall_off(Change({}, given), found(given, theirs))

    assert the_case(change).guest is None
    assert names(change) == ["wall_raised", "visit_given_back"]
    assert dict(change.events[1].data) == {"referrer": given.referrer}
    assert the_case(wall_off(Change({}, given), found(given, OFFICER))).guest == to_come
    over = case(guest=Guest("a-session", NOW - timedelta(days=3)))
    after = wall_off(Change({}, over), found(over, theirs))
    assert (the_case(after).guest, names(after)) == (over.guest, ["wall_raised"])
