"""How the table weighs: positions, a problem profile, and a conclusion that stays."""

from dataclasses import replace
from typing import Any

import pytest

from casework.change import Change, result_of
from casework.fragment import Fragment
from chassis.validation import dump
from contracts.events import make_event, read_event
from contracts.rpc.outcomes import WeighingOutcome
from services.risk.domain.assessing import record_assessment
from services.risk.domain.weighing import (
    close_weighing,
    open_weighing,
    take_weighing_position,
    weighing_outcome,
    write_problem_profile,
)
from tests.unit.casework.factories import NOW, PERPETRATOR, VICTIM
from tests.unit.risk.factories import (
    assessment,
    case,
    closing,
    command,
    filled_in,
    fragment,
    position,
    profile,
    profiled,
    weighing,
)
from tests.unit.risk.instruments import catalogue, refusal


def outcome_of(change: Change, live: list[str], *, stands: bool) -> dict[str, Any]:
    """What intake is answered about the weighing that a change closes, as it is stored."""
    assert change.outcome is not None
    assert change.outcome.kind == "weighings"
    stored = {"_id": change.outcome.id, "case": case().id, "turn": 1, **change.outcome.members}
    return dump(WeighingOutcome, weighing_outcome(stored, live, stands=stands))


CLOSED = weighing(codes={"state": "closed"})
POSITIONS = (position("caw", 40), position("parket", 41))


def closed(
    body: dict[str, Any] | None = None,
    positions: tuple[Fragment, ...] = POSITIONS,
    profiles: tuple[Fragment, ...] | None = None,
    assessments: tuple[Fragment, ...] | None = None,
    on: Fragment | None = None,
    **changes: Any,
) -> Change:
    """What closing changes, by default where nothing is in the way."""
    request = command(
        "close_weighing",
        body or closing("take", assessment().id),
        **({"if_match": 1, "partner": None} | changes),
    )
    return close_weighing(
        request,
        on or weighing(),
        positions,
        (profiled(),) if profiles is None else profiles,
        (assessment(),) if assessments is None else assessments,
    )


def reason(refused: Any) -> str:
    """Why a precondition does not hold."""
    assert refused.code == "precondition_unmet"
    return str(refused.members["reason"])


def test_the_table_opens_a_weighing() -> None:
    """It is about everybody in the client system, and made by the table."""
    change = open_weighing(case(), command("open_weighing"), [CLOSED])

    [opened] = change.added
    assert (opened.kind, opened.category, opened.source) == ("weighing", "joint", "table")
    assert (opened.subjects, opened.codes) == ((VICTIM, PERPETRATOR), {"state": "open"})
    assert result_of(case().id, "weighing", change) == {
        "id": opened.id,
        "case": case().id,
        "stage": "weighing",
        "version": 1,
        "state": "open",
    }
    assert [one.name for one in change.events] == ["risk.weighing_opened"]


def test_a_case_is_weighed_once_at_a_time() -> None:
    """No second weighing beside the first lets somebody choose the conclusion that suits."""
    refused = refusal(lambda: open_weighing(case(), command("open_weighing"), [CLOSED, weighing()]))

    assert reason(refused) == "weighing_open"


def test_a_partner_says_how_it_stands() -> None:
    """What a partner says bears its name, with its ground."""
    body = {"position": "decline", "ground": "Hulp loopt."}
    request = command("take_weighing_position", body)

    change = take_weighing_position(case(), request, weighing(), [position("parket", 41)])

    [said] = change.added
    assert (said.source, said.content) == ("table", {"ground": "Hulp loopt."})
    assert said.codes == {"weighing": weighing().id, "partner": "caw", "position": "decline"}
    assert (change.about, change.state, change.revised) == (said, "decline", ())
    assert change.events[0].data == {
        "weighing": weighing().id,
        "partner": "caw",
        "position": "decline",
    }


def test_a_partner_that_changes_its_mind_has_still_one_position() -> None:
    """The later position is a new version of the earlier: nobody counts twice."""
    before = position("caw", 40)
    request = command("take_weighing_position", {"position": "abstain"})

    change = take_weighing_position(case(), request, weighing(), [before, *POSITIONS[1:]])

    [said] = change.revised
    assert (said.id, said.version, said.codes["position"]) == (before.id, 2, "abstain")
    assert said.content == {}
    assert (change.added, change.about) == ((), said)


def test_the_last_position_says_that_everybody_spoke_and_only_once() -> None:
    """The chair would otherwise wait for nobody, or be told anew when somebody thinks again."""
    parties = case().participants
    request = command("take_weighing_position", {"position": "accept"}, partner=parties[-1])
    others = [position(one, 40 + place) for place, one in enumerate(parties[:-1])]
    everybody = [*others, position(parties[-1], 60)]

    told = [
        [event.name for event in take_weighing_position(case(), request, weighing(), said).events]
        for said in (others[1:], others, everybody)
    ]

    taken = "risk.weighing_position_taken"
    assert told == [[taken], [taken, "risk.weighing_positions_complete"], [taken]]


def test_what_was_said_in_an_earlier_weighing_stays_there() -> None:
    """A case that is weighed anew is weighed by what partners say now."""
    earlier = fragment(31, "weighing", codes={"state": "closed"})
    request = command("take_weighing_position", {"position": "accept"})

    change = take_weighing_position(case(), request, weighing(), [position("caw", 40, earlier)])

    assert (len(change.added), change.revised) == (1, ())


def test_only_a_partner_that_takes_part_has_a_position() -> None:
    """The chair speaks for nobody, and an outsider has no say."""
    for partner, code in ((None, "not_allowed"), ("opgroeien", "precondition_unmet")):
        request = command("take_weighing_position", {"position": "accept"}, partner=partner)
        refused = refusal(
            lambda request=request: take_weighing_position(case(), request, weighing(), [])
        )
        assert refused.code == code


def test_the_problem_profile_is_written_on_the_weighing_as_it_was_read() -> None:
    """Two people who describe the problems at once do not overwrite each other unseen."""
    request = command("write_problem_profile", profile(), if_match=1)

    change = write_problem_profile(case(), request, weighing(), [])

    [written] = change.added
    assert (written.kind, written.codes) == ("problem_profile", {"weighing": weighing().id})
    assert sorted(written.content or {}) == ["domains", "protective_factors"]
    assert change.revised == (replace(weighing(), version=2),)
    assert result_of(case().id, "weighing", change)["id"] == weighing().id
    assert (result_of(case().id, "weighing", change)["version"], change.state) == (2, "open")
    for if_match, code in ((None, "precondition_required"), (7, "precondition_failed")):
        other = replace(request, if_match=if_match)
        refused = refusal(lambda other=other: write_problem_profile(case(), other, weighing(), []))
        assert refused.code == code


def test_a_problem_profile_written_again_is_a_new_version() -> None:
    """A weighing has one profile, and what it said before is kept."""
    request = command("write_problem_profile", profile("anders"), if_match=1)

    change = write_problem_profile(case(), request, weighing(), [profiled()])

    assert change.added == ()
    assert [(one.id, one.version) for one in change.revised] == [
        (profiled().id, 2),
        (weighing().id, 2),
    ]


def test_a_closed_weighing_says_what_the_table_concluded() -> None:
    """Intake and the table read the same: what, when, and on how much it rests."""
    change = closed()

    assert change.about.codes == {
        "state": "closed",
        "conclusion": "take",
        "assessments": [assessment().id],
        "closed_at": NOW.isoformat(),
    }
    assert (change.about.content, change.about.version) == ({"reasons": "omdat het zo is"}, 2)
    assert outcome_of(change, [assessment().id], stands=True) == {
        "id": weighing().id,
        "case": case().id,
        "closed_at": NOW.isoformat(),
        "conclusion": "take",
        "assessments": 1,
        "problem_profile": True,
        "stands": True,
    }
    assert [one.data for one in change.events] == [
        {"weighing": weighing().id, "conclusion": "take"}
    ]


def test_a_weighing_counts_the_assessments_that_were_not_recalled() -> None:
    """A family would be taken on a form that was taken back after the table concluded."""
    assert outcome_of(closed(), [], stands=True)["assessments"] == 0
    assert outcome_of(closed(), ["another"], stands=True)["assessments"] == 0


def test_what_is_not_closed_is_refused() -> None:
    """No case moves on without a decision that is in force."""
    assert refusal(lambda: weighing_outcome(None, [], stands=True)).code == "not_found"


@pytest.mark.parametrize("conclusion", ["not_grave_enough", "criteria_not_met"])
def test_a_case_can_be_left_without_assessment_or_profile(conclusion: str) -> None:
    """Where the criteria are not met nobody has to fill in a form about a family."""
    change = closed(closing(conclusion), profiles=(), assessments=())

    assert outcome_of(change, [], stands=True) | {"id": "", "case": ""} == {
        "id": "",
        "case": "",
        "closed_at": NOW.isoformat(),
        "conclusion": conclusion,
        "assessments": 0,
        "problem_profile": False,
        "stands": True,
    }


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"positions": POSITIONS[:1]}, "positions_missing"),
        ({"positions": (POSITIONS[0], position("caw", 42))}, "positions_missing"),
        (
            {"positions": (POSITIONS[0], position("parket", 43, fragment(31, "weighing")))},
            "positions_missing",
        ),
        ({"terms": {"quorum": 3}}, "positions_missing"),
        ({"body": closing("take")}, "assessment_missing"),
        ({"assessments": ()}, "assessment_missing"),
        ({"assessments": (assessment(status="recalled"),)}, "assessment_missing"),
        (
            {"body": closing("not_grave_enough", assessment().id), "assessments": ()},
            "assessment_missing",
        ),
        ({"profiles": ()}, "problem_profile_missing"),
        ({"profiles": (profiled(fragment(31, "weighing")),)}, "problem_profile_missing"),
    ],
)
def test_a_weighing_is_not_closed_on_too_little(given: dict[str, Any], missing: str) -> None:
    """A family is not taken on by a table that is half empty, or on a form that was taken back."""
    assert reason(refusal(lambda: closed(**given))) == missing


@pytest.mark.parametrize("partners", [("caw", "parket"), ("caw", "parket", "ggz")])
def test_the_quorum_is_reached_whatever_the_positions_say(partners: tuple[str, ...]) -> None:
    """The table needs enough partners that speak; how they stand is for people to weigh."""
    positions = tuple(
        replace(
            position(partner, 40 + place),
            codes={"weighing": weighing().id, "partner": partner, "position": said},
        )
        for place, (partner, said) in enumerate(
            zip(partners, ("decline", "abstain", "decline"), strict=False)
        )
    )

    assert closed(positions=positions).outcome is not None


def test_a_closed_weighing_never_changes() -> None:
    """What intake rests a step on is not rewritten afterwards, by anybody, in any way."""
    acts: list[Any] = [
        lambda: take_weighing_position(
            case(), command("take_weighing_position", {"position": "accept"}), CLOSED, []
        ),
        lambda: write_problem_profile(
            case(), command("write_problem_profile", profile(), if_match=1), CLOSED, []
        ),
        lambda: closed(on=CLOSED),
    ]

    assert [reason(refusal(act)) for act in acts] == ["weighing_closed"] * 3


def test_closing_names_the_version_that_was_read() -> None:
    """The chair does not conclude on a profile that somebody has just rewritten."""
    for if_match, code in ((None, "precondition_required"), (2, "precondition_failed")):
        refused = refusal(lambda if_match=if_match: closed(if_match=if_match))
        assert refused.code == code


@pytest.mark.parametrize("answer", ["yes", "no", "unknown"])
@pytest.mark.parametrize("conclusion", ["take", "not_grave_enough", "criteria_not_met"])
def test_a_score_never_decides(answer: str, conclusion: str) -> None:
    """The highest band does not take a case, a low one does not leave it: people say which."""
    form = filled_in("danger-assessment", answer)
    recorded = record_assessment(case(), command("record_assessment", form), catalogue())
    kept = replace(recorded.about, content=None)
    on = closing(conclusion, kept.id)

    change = closed(on, assessments=(kept,))

    assert recorded.outcome is None
    assert outcome_of(change, [], stands=True)["conclusion"] == conclusion
    assert reason(refusal(lambda: closed(on, positions=(), assessments=(kept,)))) == (
        "positions_missing"
    )


def test_an_event_names_the_case_as_it_was_decided_on() -> None:
    """Who must not hear of the case is named, so that nobody tells them."""
    [event] = closed().events

    assert {**case().event_facts(), **event.data} == {
        "case": case().id,
        "agreement": "sample-brugge",
        "stage": "weighing",
        "submitted_by": "caw",
        "participants": ["caw", "parket", "lokale-politie", "ggz"],
        "walled": ["p-kin"],
        "director": None,
        "weighing": weighing().id,
        "conclusion": "take",
    }


def test_a_case_that_many_must_not_hear_of_is_weighed_all_the_same() -> None:
    """A large table with many walls does not stand still over the size of its event."""
    many = case(
        participants=tuple(f"partner-{number}" for number in range(200)),
        walled=tuple(f"p-{number}" for number in range(1000)),
    )
    [event] = open_weighing(many, command("open_weighing"), []).events

    made = make_event(
        event.name,
        {**many.event_facts(), **event.data},
        at=NOW,
        subject=many.id,
        command_id=many.id,
        decision_id=many.id,
    )

    assert len(read_event(made)["walled"]) == 1000
