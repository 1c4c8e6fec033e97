"""Raising and lifting conflict walls: by a match, by oneself, by others who know of a tie.

Nobody lifts the own wall, and no wall goes without a second person, but for the answer to a weak
match (domain.md, section 7). Whoever is walled off is told of nothing, and the version of the case
stays as it was: a wall is for nobody to notice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

from casework.change import Event
from casework.command import TABLE, Command, unmet
from casework.fragment import Fragment, revise
from chassis.errors import Refuse
from contracts.reasons import Reason
from services.intake.domain.case import Case, Change, result_of
from services.intake.domain.days import working_days_later
from services.intake.domain.wall import Lifting, Wall

QUESTION: Final = "wall_question"
"""The kind of the fragment that says what is asked about a wall."""


@dataclass(frozen=True)
class StaffMatch:
    """A person with a mandate who may be a member of the client system, and how surely."""

    person: str
    partners: tuple[str, ...]
    member: str
    strength: Literal["strong", "weak"]


def matched_walls(
    case: Case,
    matches: Iterable[StaffMatch],
    new_id: Callable[[], str],
    now: datetime,
    today: date,
    *,
    anew: Iterable[StaffMatch] = (),
    asking: bool = True,
) -> tuple[Wall, ...]:
    """The walls that matches raise beside those of the case: one for each person.

    What a wall of the person has settled already, or asks about, raises none; of matches by what
    was not known of the client system then (`anew`), a wall that was lifted settled nothing.
    Without `asking` nobody is asked whether a weak match is the same person.
    """
    holding = [wall for wall in case.walls if wall.holds]
    unsettled = [
        *(match for match in matches if not any(_settles(wall, match) for wall in case.walls)),
        *(match for match in anew if not any(_settles(wall, match) for wall in holding)),
    ]
    by_person: dict[str, list[StaffMatch]] = {}
    for match in unsettled:
        by_person.setdefault(match.person, []).append(match)
    due = working_days_later(today, case.match_days)
    walls = []
    for person, found in sorted(by_person.items()):
        strong = any(match.strength == "strong" for match in found)
        stands = strong or not asking
        walls.append(
            Wall(
                id=new_id(),
                person=person,
                cause="same_person",
                at=now,
                partners=found[0].partners,
                state="standing" if stands else "open",
                strength="strong" if strong else "weak",
                members=tuple(sorted({match.member for match in found})),
                due=None if stands else due,
            )
        )
    return tuple(walls)


def _settles(wall: Wall, match: StaffMatch) -> bool:
    return (
        wall.cause == "same_person"
        and wall.person == match.person
        and match.member in wall.members
        and (wall.strength == "strong" or match.strength == "weak")
    )


def wall_off(
    change: Change,
    walls: Sequence[Wall],
    asked: Sequence[Fragment] = (),
    ground: str | None = None,
) -> Change:
    """The same change with walls that hold from now on, for whoever directs or visits the case too.

    `asked` are the open questions about walls of the case: they are kept from the partners of
    whoever is walled off. `ground` is what is said of the walls that were raised by others.
    """
    if change.case is None or not walls:
        return change
    case = replace(change.case, walls=(*change.case.walls, *walls))
    events = [_raised(wall) for wall in walls]
    if case.director in case.walled:
        events.append(Event("intake.direction_ended", {"person": case.director}))
        case = replace(case, director=None, mandated_by=(), version=case.version + 1)
    if case.guest and case.referrer in case.walled and case.guest.until > walls[0].at:
        events.append(Event("intake.visit_given_back", {"referrer": case.referrer}))
        case = replace(case, guest=None)
    questions = [_question(case, wall, ground) for wall in walls if wall.state == "open"]
    return replace(
        change,
        case=case,
        added=(*change.added, *questions),
        revised=(*change.revised, *_kept_from_more(case, asked)),
        events=(*change.events, *events, *(_asked(case, one) for one in questions)),
    )


def declare_conflict(case: Case, command: Command, asked: Sequence[Fragment]) -> Change:
    """A person's own conflict of interest: the case is hidden from that person from now on."""
    interest = command.body["interest"]
    if any(
        (wall.person, wall.cause, wall.holds) == (command.person, interest, True)
        for wall in case.walls
    ):
        raise unmet(Reason.CONFLICT_DECLARED, "this conflict has been declared already")
    wall = Wall(
        id=command.new_id(),
        person=command.person,
        cause=interest,
        at=command.now,
        partners=() if command.partner is None else (command.partner,),
        raised_by=command.person,
        raised_for=command.partner,
    )
    return _answering(wall_off(Change({}, case), [wall], asked))


def raise_wall(case: Case, command: Command, asked: Sequence[Fragment]) -> Change:
    """Chair or coordination team know of somebody's tie: it holds until a second person answers.

    Whether the person was walled off before is not said.
    """
    if command.body["person"] == command.person:
        raise unmet(Reason.OWN_CONFLICT, "one's own conflict is declared")
    wall = Wall(
        id=command.new_id(),
        person=command.body["person"],
        cause=command.body["interest"],
        at=command.now,
        partners=tuple(command.terms["partners"]),
        state="open",
        raised_by=command.person,
        raised_for=command.partner,
        due=_answer_due(command),
    )
    change = wall_off(Change({}, case), [wall], asked, command.body["text"])
    return _answering(change, id=wall.id, state="open")


def propose_lifting(case: Case, command: Command) -> Change:
    """The walls that stand around a person are lifted if a second person agrees.

    For a conflict that was declared in error, or a match of two people of one name and birth date.
    """
    if command.body["person"] == command.person:
        raise unmet(Reason.SECOND_PERSON, "nobody proposes to lift the own wall")
    lifting = Lifting(
        id=command.new_id(),
        person=command.body["person"],
        at=command.now,
        raised_by=command.person,
        raised_for=command.partner,
        due=_answer_due(command),
    )
    case = replace(case, liftings=(*case.liftings, lifting))
    partners = tuple(command.terms["partners"])
    question = _question_fragment(case, lifting, partners, "lifting", command.body["text"])
    return Change(
        result_of(case, id=lifting.id, state="open"),
        case,
        added=(question,),
        events=(_asked(case, question),),
    )


def answer_wall(case: Case, command: Command, question: Fragment) -> Change:
    """Whether a wall stands: the chair says so of a weak match, a second person of all else.

    The second person acts for another partner than whoever asked.
    """
    about = _open(case, question.id)
    if command.person == about.raised_by or (
        about.raised_for is not None and command.partner == about.raised_for
    ):
        raise unmet(Reason.SECOND_PERSON, "somebody of another partner answers")
    stands: bool = command.body["stands"]
    if isinstance(about, Wall):
        answered = replace(about, state="standing" if stands else "lifted")
        walls = tuple(answered if wall is about else wall for wall in case.walls)
        case = replace(case, walls=walls)
    else:
        case = _lifting_answered(case, about, stands)
    content = {
        **(question.content or {}),
        "state": "stands" if stands else "lifted",
        "answer": command.body["text"],
    }
    closed = revise(question, content=content)
    data = {"question": question.id, "person": about.person, "stands": stands}
    return Change(
        result_of(case, id=question.id, version=closed.version, state=content["state"]),
        case,
        revised=(closed,),
        events=(Event("intake.wall_answered", data),),
    )


def kept_from_partners_of(case: Case, question: str) -> tuple[str, ...]:
    """The persons whose partners are not to be shown what is asked: its own, and the walled off.

    For which partners they act is said by their mandates, which policy knows.
    """
    return tuple(
        sorted({*case.walled, *(one.person for one in _every(case) if one.id == question)})
    )


def open_questions(case: Case) -> tuple[str, ...]:
    """The ids of what waits for an answer about walls of the case."""
    return tuple(one.id for one in _every(case) if one.state == "open")


def _answering(change: Change, **members: Any) -> Change:
    if change.case is None:
        raise ValueError("a wall is about a case")
    return replace(change, result=result_of(change.case, **members))


def _answer_due(command: Command) -> date:
    return working_days_later(command.today, command.terms["answer_working_days"])


def _every(case: Case) -> Iterator[Wall | Lifting]:
    yield from case.walls
    yield from case.liftings


def _open(case: Case, question: str) -> Wall | Lifting:
    found = next((one for one in _every(case) if one.id == question), None)
    if found is None:
        raise Refuse("not_found")
    if found.state != "open":
        raise Refuse("already_answered", "it has been answered")
    return found


def _lifting_answered(case: Case, lifting: Lifting, stands: bool) -> Case:
    """The case with its answer; what stands since the proposal, or is still open, is not lifted."""
    answered = replace(lifting, state="refused" if stands else "agreed")
    liftings = tuple(answered if one is lifting else one for one in case.liftings)
    case = replace(case, liftings=liftings)
    if stands:
        return case
    walls = tuple(
        replace(wall, state="lifted")
        if wall.person == lifting.person and wall.state == "standing" and wall.at <= lifting.at
        else wall
        for wall in case.walls
    )
    return replace(case, walls=walls)


def _raised(wall: Wall) -> Event:
    if wall.raised_by == wall.person:
        named = {"partner": wall.raised_for} if wall.raised_for else {}
        return Event("intake.conflict_declared", {"person": wall.person, **named})
    data = {"wall": wall.id, "person": wall.person, "cause": wall.cause}
    return Event("intake.wall_raised", data)


def _asked(case: Case, question: Fragment) -> Event:
    about = _open(case, question.id)
    data: Mapping[str, Any] = {
        "question": question.id,
        "person": about.person,
        "kept_from": question.withhold_from,
        "answerers": question.addressed_to,
        "due": about.due,
    }
    return Event("intake.wall_question_asked", data)


def _question(case: Case, wall: Wall, ground: str | None) -> Fragment:
    asks = "same_person" if wall.cause == "same_person" else "interest"
    return _question_fragment(case, wall, wall.partners, asks, ground, wall.cause)


def _question_fragment(
    case: Case,
    about: Wall | Lifting,
    partners: tuple[str, ...],
    asks: str,
    ground: str | None,
    cause: str | None = None,
) -> Fragment:
    """What is asked, of whom: never of the partners of somebody who is walled off.

    Without `addressed_to` it is asked of the chair. A second person is somebody of any other
    partner that takes part.
    """
    said = {"person": about.person, "asks": asks, "cause": cause, "text": ground}
    kept_from = _partners_walled(case, partners)
    return Fragment(
        id=about.id,
        kind=QUESTION,
        category="identity",
        source=TABLE,
        subjects=about.members if isinstance(about, Wall) and about.members else case.everybody,
        at=about.at,
        content={
            **{name: value for name, value in said.items() if value is not None},
            "due": about.due.isoformat() if about.due else None,
            "state": "open",
        },
        withhold_from=kept_from,
        addressed_to=_answerers(case, about, kept_from),
    )


def _kept_from_more(case: Case, asked: Sequence[Fragment]) -> Iterator[Fragment]:
    for question in asked:
        kept_from = _partners_walled(case, question.withhold_from)
        if kept_from != question.withhold_from:
            answerers = _answerers(case, _open(case, question.id), kept_from)
            yield revise(question, withhold_from=kept_from, addressed_to=answerers)


def _partners_walled(case: Case, beside: Iterable[str]) -> tuple[str, ...]:
    """The partners of whoever is walled off from the case, with those given."""
    walled = {partner for wall in case.walls if wall.holds for partner in wall.partners}
    return tuple(sorted(walled.union(beside)))


def _answerers(case: Case, about: Wall | Lifting, kept_from: Sequence[str]) -> tuple[str, ...]:
    if about.raised_by is None:
        return ()
    barred = {*kept_from, about.raised_for}
    return tuple(one.partner for one in case.participants if one.partner not in barred)
