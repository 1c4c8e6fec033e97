"""A weighing in the real database, from opening to an outcome that intake can rest on."""

from datetime import timedelta
from functools import partial

import pytest

from chassis.clock import FixedClock
from chassis.errors import CodedError, Refuse
from chassis.runtime import Runtime
from chassis.validation import dump
from contracts.rpc.fragments import ReadFragmentsReply
from contracts.rpc.outcomes import WeighingOutcome
from tests.integration.envelopes import new_id
from tests.integration.intake.test_together import at_once
from tests.integration.observing import kept, published
from tests.integration.risk.client import Client, envelope
from tests.unit.risk.factories import PARTNERS, closing


def refusal(act: partial[object]) -> tuple[str, str | None]:
    """The code, and the reason, with which something is refused."""
    with pytest.raises(Refuse) as caught:
        act()
    return caught.value.code, caught.value.members.get("reason")


def test_a_weighing_from_opening_to_its_outcome(
    runtime: Runtime, client: Client, clock: FixedClock
) -> None:
    """The table says how partners stand, which problems there are, and what it concludes."""
    case = new_id()
    assessment = client.assess(case)
    weighing = client.weigh(case, "caw")
    client.say(case, weighing, "parket", position="decline", ground="Hulp loopt.")
    described = client.describe(case, weighing)
    clock.advance(timedelta(minutes=1))

    closed = client.close(case, weighing, assessment)

    assert (described["id"], described["version"], described["state"]) == (weighing, 2, "open")
    assert closed == {
        "id": weighing,
        "case": case,
        "stage": "weighing",
        "version": 3,
        "state": "closed",
    }
    reply = client.read(case, "weighing", "weighing_position", "problem_profile")
    assert (
        ReadFragmentsReply().validate({"case": case, "fragments": reply, "destroyed": False}) == {}
    )
    assert {(one["category"], one["source"]) for one in reply} == {("joint", "table")}
    contents = {
        (one["kind"], one["content"].get("partner", "table")): one["content"] for one in reply
    }
    assert contents["weighing", "table"] == {
        "state": "closed",
        "conclusion": "take",
        "reasons": "omdat het zo is",
        "assessments": [assessment],
        "closed_at": clock.now().isoformat(),
    }
    assert contents["weighing_position", "parket"] == {
        "weighing": weighing,
        "partner": "parket",
        "position": "decline",
        "ground": "Hulp loopt.",
    }
    assert contents["problem_profile", "table"]["weighing"] == weighing
    assert len(contents["problem_profile", "table"]["domains"]) == 11
    assert dump(WeighingOutcome, client.outcome(case, weighing)) == {
        "id": weighing,
        "case": case,
        "closed_at": clock.now().isoformat(),
        "conclusion": "take",
        "assessments": 1,
        "problem_profile": True,
        "stands": True,
    }
    assert [one["type"] for one in published(runtime, case)] == [
        "assessment_recorded",
        "weighing_opened",
        "weighing_position_taken",
        "weighing_position_taken",
        "problem_profile_written",
        "weighing_closed",
    ]


def test_an_open_weighing_returns_its_state_and_nothing_more(client: Client) -> None:
    """Before the table concludes there is no conclusion to read."""
    case = new_id()
    weighing = client.weigh(case)

    assert client.fragment(case, weighing)["content"] == {"state": "open"}


def test_a_weighing_stands_until_the_table_weighs_again(client: Client) -> None:
    """A family would be taken on what the table thought before it learned more."""
    case = new_id()
    assessment = client.assess(case)
    first = client.weigh(case, "caw", "parket")
    client.describe(case, first)
    client.close(case, first, assessment)
    assert client.outcome(case, first)["stands"]

    client.recall(case, assessment)
    said = client.outcome(case, first)
    assert (said["stands"], said["assessments"]) == (True, 0)

    second = client.weigh(case, "caw", "parket")
    assert not client.outcome(case, first)["stands"]
    client.close(case, second, conclusion="not_grave_enough")
    assert not client.outcome(case, first)["stands"]
    assert client.outcome(case, second)["stands"]


def test_open_foreign_and_unknown_weighings_look_the_same(client: Client) -> None:
    """Nobody can move a case on a weighing that is unfinished or somebody else's."""
    case, other = new_id(), new_id()
    still_open = client.weigh(case)
    foreign = client.weigh(other, "caw", "parket")
    client.close(other, foreign, conclusion="not_grave_enough")
    refusals = set()

    for outcome in (still_open, foreign, new_id()):
        with pytest.raises(Refuse) as refused:
            client.outcome(case, outcome)
        refusals.add((refused.value.code, refused.value.detail))

    assert refusals == {("not_found", "no closed weighing of this case has this id")}


def test_after_closing_nothing_of_it_changes(runtime: Runtime, client: Client) -> None:
    """Whatever is tried, what the table concluded stays; it says that its assessment is gone."""
    case = new_id()
    assessment = client.assess(case)
    weighing = client.weigh(case, "caw", "parket")
    client.describe(case, weighing)
    client.close(case, weighing, assessment)
    outcome = client.outcome(case, weighing)
    kinds = ("weighing", "weighing_position", "problem_profile")
    before = client.read(case, *kinds)

    tried = [
        refusal(partial(client.say, case, weighing, "caw", position="decline", ground="toch niet")),
        refusal(partial(client.say, case, weighing, "ggz")),
        refusal(partial(client.describe, case, weighing, "anders")),
        refusal(partial(client.close, case, weighing, conclusion="not_grave_enough")),
    ]
    client.recall(case, assessment)

    assert tried == [("precondition_unmet", "weighing_closed")] * 4
    assert client.read(case, *kinds) == before
    assert client.outcome(case, weighing) == outcome | {"assessments": 0}
    assert kept(runtime)["weighings"] == 1


def test_a_case_is_weighed_again_only_after_the_first_is_closed(client: Client) -> None:
    """A case that comes back is weighed afresh: by new positions, on a profile of its own."""
    case = new_id()
    assessment = client.assess(case)
    first = client.weigh(case, "caw", "parket")
    client.describe(case, first)

    twice = refusal(partial(client.weigh, case))
    client.close(case, first, conclusion="not_grave_enough")
    second = client.weigh(case, "caw")
    too_few = refusal(partial(client.close, case, second, assessment))
    client.say(case, second, "ggz")
    no_profile = refusal(partial(client.close, case, second, assessment))
    client.describe(case, second)
    client.close(case, second, assessment)

    assert twice == ("precondition_unmet", "weighing_open")
    assert too_few == ("precondition_unmet", "positions_missing")
    assert no_profile == ("precondition_unmet", "problem_profile_missing")
    conclusions = [client.outcome(case, one)["conclusion"] for one in (first, second)]
    assert conclusions == ["not_grave_enough", "take"]


def test_a_case_is_taken_on_an_assessment_that_stands(client: Client) -> None:
    """A form that was taken back, of another case, or none at all carries no decision."""
    case = new_id()
    recalled, foreign = client.assess(case), client.assess(new_id())
    client.recall(case, recalled)
    weighing = client.weigh(case, "caw", "parket")
    client.describe(case, weighing)

    for named in ([], [recalled], [foreign], [new_id()]):
        missing = refusal(partial(client.close, case, weighing, *named))
        assert missing == ("precondition_unmet", "assessment_missing")

    answer = client.read(case, "assessment_answer")[0]["id"]
    assert refusal(partial(client.close, case, weighing, answer))[1] == "assessment_missing"


@pytest.mark.parametrize(
    ("answer", "conclusion"),
    [("yes", "not_grave_enough"), ("no", "take"), ("unknown", "criteria_not_met")],
)
def test_people_conclude_whatever_the_score(client: Client, answer: str, conclusion: str) -> None:
    """The highest band takes no case by itself, and a low one forbids nobody to take it."""
    case = new_id()
    assessment = client.assess(case, default=answer)
    weighing = client.weigh(case)
    client.describe(case, weighing)

    by_itself = refusal(partial(client.outcome, case, weighing))
    alone = refusal(partial(client.close, case, weighing, assessment, conclusion=conclusion))
    for partner in ("caw", "parket"):
        client.say(case, weighing, partner)
    client.close(case, weighing, assessment, conclusion=conclusion)

    assert by_itself == ("not_found", None)
    assert alone == ("precondition_unmet", "positions_missing")
    assert client.outcome(case, weighing)["conclusion"] == conclusion


def test_a_position_taken_again_is_a_new_version_of_the_same(client: Client) -> None:
    """A partner that was convinced has one position, and the weighing is not disturbed by it."""
    case = new_id()
    weighing = client.weigh(case, "caw")

    said = client.say(case, weighing, "caw", position="decline", ground="nee")

    [reply] = client.read(case, "weighing_position")
    assert (said["id"], said["version"], said["state"]) == (reply["id"], 2, "decline")
    assert (reply["content"]["position"], reply["content"]["ground"]) == ("decline", "nee")
    assert client.fragment(case, weighing)["version"] == 1
    assert refusal(partial(client.close, case, weighing, conclusion="criteria_not_met")) == (
        "precondition_unmet",
        "positions_missing",
    )


def test_all_partners_take_their_position_at_the_same_moment(client: Client) -> None:
    """During a session everybody speaks at once, and nobody is turned away or counted twice."""
    case = new_id()
    weighing = client.weigh(case)

    said = at_once(*(partial(client.say, case, weighing, one) for one in PARTNERS * 2))

    assert all(isinstance(one, dict) for one in said), said
    positions = client.read(case, "weighing_position")
    assert sorted((one["content"]["partner"], one["version"]) for one in positions) == sorted(
        (one, 2) for one in PARTNERS
    )


def test_two_processes_open_one_weighing(client: Client, replica: Client) -> None:
    """A case is not weighed twice because two people pressed the button in two places."""
    for _ in range(5):
        case = new_id()

        opened = at_once(partial(client.weigh, case), partial(replica.weigh, case))

        assert len([one for one in opened if isinstance(one, str)]) == 1, opened
        assert [one.code for one in opened if isinstance(one, CodedError)] == ["precondition_unmet"]
        assert len(client.read(case, "weighing")) == 1


def test_no_position_slips_into_a_weighing_that_is_being_closed(
    client: Client, replica: Client, runtime: Runtime
) -> None:
    """What was said counted when the table concluded, or it was not said."""
    for _ in range(5):
        case = new_id()
        weighing = client.weigh(case, "caw", "parket")
        said = {"conclusion": "not_grave_enough"}
        close = envelope(
            "close_weighing",
            closing() | said,
            case,
            partner=None,
            target=weighing,
            if_match=1,
        )

        results = at_once(
            partial(client.risk.perform, "close_weighing", close),
            partial(replica.say, case, weighing, "ggz"),
        )

        assert isinstance(results[0], dict), results
        positions = [one["content"]["partner"] for one in client.read(case, "weighing_position")]
        events = [event["type"] for event in published(runtime, case)]
        if isinstance(results[1], dict):
            assert sorted(positions) == ["caw", "ggz", "parket"]
            assert events[-2:] == ["weighing_position_taken", "weighing_closed"]
            assert events.count("weighing_position_taken") == 3
        else:
            assert results[1].members["reason"] == "weighing_closed"
            assert sorted(positions) == ["caw", "parket"]
            assert events.count("weighing_position_taken") == 2
            assert events[-1] == "weighing_closed"
