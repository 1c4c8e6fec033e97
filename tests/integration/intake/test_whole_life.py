"""A case from weighing to its end, on the real database, with stubs for risk and plans."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from chassis.clock import FixedClock
from chassis.errors import Refuse, Retry
from chassis.runtime import Runtime
from tests import builders
from tests.integration.envelopes import new_id
from tests.integration.intake.client import PARTNERS, Client
from tests.integration.intake.closed import Closed
from tests.integration.intake.test_together import at_once, until_settled
from tests.integration.observing import kept, published


def of_everybody(client: Client, closed: Closed, kind: str, case: str) -> str:
    """Something closed about the whole client system."""
    return closed.document(kind, case, covers=client.facts(case)["persons"])


def accepted(client: Client, closed: Closed) -> str:
    """A case that has a place."""
    case = client.weighing()
    reply = client.step(case, "accept", outcome=closed.document("weighing", case))
    assert reply["stage"] == "accepted"
    return case


def directed(client: Client, case: str, person: str = "p-director") -> None:
    """Appoints a director whom every involved service mandates."""
    body = {"person": person, "no_care_professional": True}
    client.send("appoint_director", body, case=case)
    for service in client.read(case, kinds=["involved_service"])["fragments"]:
        mandate = {
            "involved_service": service["id"],
            "given_by": "directie",
            "given_on": builders.TODAY().isoformat(),
        }
        client.send("record_direction_mandate", mandate, case=case, person=person)


def test_a_case_lives_until_it_is_closed(client: Client, closed: Closed, runtime: Runtime) -> None:
    """Six steps, one event each, and what participants need to know on the way."""
    case = accepted(client, closed)
    directed(client, case)
    client.step(case, "start_execution", outcome=of_everybody(client, closed, "plan", case))
    client.step(case, "conclude", outcome=of_everybody(client, closed, "conclusion", case))
    concluded = client.facts(case)
    reply = client.step(case, "close", outcome=of_everybody(client, closed, "follow_up", case))

    assert reply["stage"] == "closed"
    assert (concluded["director"], concluded["followers"]) == ("p-director", ["ggz"])
    assert concluded["follow_up_on"] is not None
    types = [event["type"] for event in published(runtime, case)][-6:]
    assert types == [
        "case_accepted",
        "director_appointed",
        "direction_mandate_recorded",
        "execution_started",
        "case_concluded",
        "case_closed",
    ]


@pytest.mark.parametrize(
    ("kind", "reason"), [("unknown", "outcome_missing"), ("foreign", "outcome_missing")]
)
def test_a_step_rests_on_a_document_of_its_own_case(
    client: Client, closed: Closed, kind: str, reason: str
) -> None:
    """Another family's weighing takes nobody."""
    case = client.weighing()
    outcome = new_id() if kind == "unknown" else closed.document("weighing", new_id())

    with pytest.raises(Refuse) as refused:
        client.step(case, "accept", outcome=outcome)

    assert refused.value.members == {"reason": reason}


def test_a_neighbour_that_is_away_holds_the_step_up_and_nothing_else(
    client: Client, closed: Closed, runtime: Runtime
) -> None:
    """The chair tries again later; nothing was half done."""
    case = client.weighing()
    outcome = closed.document("weighing", case)
    before, facts = kept(runtime), client.facts(case)
    closed.away = True

    with pytest.raises(Retry) as away:
        client.step(case, "accept", outcome=outcome)

    assert away.value.code == "service_unavailable"
    assert (kept(runtime), client.facts(case)) == (before, facts)
    closed.away = False
    assert client.step(case, "accept", outcome=outcome)["stage"] == "accepted"


def test_a_step_that_was_done_is_answered_again_while_another_service_is_away(
    client: Client, closed: Closed
) -> None:
    """Whose connection broke learns that the case was taken, and not that nothing happened."""
    case = client.weighing()
    body = {"command": "accept", "outcome": closed.document("weighing", case)}
    version = client.facts(case)["version"]
    command = client.envelope("change_stage", body, case=case, if_match=version)
    reply = client.intake.perform("change_stage", command)
    closed.away = True

    assert client.intake.perform("change_stage", command) == reply


def test_a_case_that_comes_back_is_declined_with_an_advice_of_now(
    client: Client, closed: Closed, clock: FixedClock
) -> None:
    """What was advised the last time does not answer what is asked this time."""
    case = client.weighing()
    declining = partial(closed.document, "weighing", case, conclusion="not_grave_enough")
    advice = {"text": "wat helpt", "summary": "kort"}
    client.send("write_advice", advice, case=case)
    client.step(case, "decline", ground="not_grave_enough", outcome=declining())
    clock.advance(timedelta(days=1))
    client.step(case, "reopen", ground="new_facts")
    client.answer_for_everybody(case)
    client.step(case, "complete_forming")
    clock.advance(timedelta(days=1))
    again = {"ground": "not_grave_enough", "outcome": declining()}

    assert refused(client, case, "decline", **again) == "advice_missing"
    client.send("write_advice", advice, case=case)
    assert client.step(case, "decline", **again)["stage"] == "declined"


def test_tables_that_decide_on_different_cases_do_not_hold_each_other_up(
    client: Client, replica: Client
) -> None:
    """A step that needs no place waits for nobody else's."""
    cases = [client.referral()["case"] for _ in range(6)]
    steps = [
        partial((client, replica)[number % 2].step, case, "withdraw", ground="other")
        for number, case in enumerate(cases)
    ]

    reply = at_once(*steps)

    assert [one["stage"] for one in reply] == ["withdrawn"] * 6


def test_two_chairs_cannot_take_the_last_place_together(
    client: Client, replica: Client, closed: Closed
) -> None:
    """The cap holds also when two tables decide in the same second, in two processes."""
    accepted(client, closed)
    cases = [client.weighing() for _ in range(4)]
    takes = [
        partial(
            until_settled,
            (client, replica)[number % 2].step,
            case,
            "accept",
            outcome=closed.document("weighing", case),
        )
        for number, case in enumerate(cases)
    ]

    reply = at_once(*takes)

    stages = [client.facts(case)["stage"] for case in cases]
    assert sorted(stages) == ["accepted", "waiting", "waiting", "waiting"]
    assert [one["stage"] for one in reply] == stages


def test_a_free_place_goes_to_the_one_that_waits_longest(
    client: Client, closed: Closed, clock: FixedClock
) -> None:
    """Nobody overtakes by asking first."""
    first = accepted(client, closed)
    accepted(client, closed)
    waiting = []
    for _ in range(2):
        case = client.weighing()
        assert client.step(case, "accept", outcome=closed.document("weighing", case))["stage"] == (
            "waiting"
        )
        clock.advance(timedelta(seconds=1))
        waiting.append(case)
    reasons = [refused(client, case, "promote") for case in waiting]
    directed(client, first)
    client.step(first, "start_execution", outcome=of_everybody(client, closed, "plan", first))
    client.step(first, "conclude", outcome=of_everybody(client, closed, "conclusion", first))

    assert reasons == ["cap_reached", "not_first"]
    assert refused(client, waiting[1], "promote") == "not_first"
    assert client.step(waiting[0], "promote")["stage"] == "accepted"


def refused(client: Client, case: str, command: str, **members: Any) -> str:
    """The reason for which a step is refused."""
    with pytest.raises(Refuse) as refusal:
        client.step(case, command, **members)
    reason: str = refusal.value.members["reason"]
    return reason


def test_emergency_access_is_returned_to_its_holder_for_an_hour(
    client: Client, clock: FixedClock, runtime: Runtime
) -> None:
    """Nobody else profits from it, and it is over by itself."""
    case = client.referral()["case"]
    reply = client.send("open_emergency", {"ground": "gevaar"}, case=case, person="p-duty")

    assert client.facts(case, "p-duty")["emergency"]["grant"] == reply["id"]
    assert client.facts(case, "p-other")["emergency"] is None
    clock.advance(timedelta(minutes=60))
    assert client.facts(case, "p-duty")["emergency"] is None
    review = {"justified": True, "text": "nodig"}
    client.send("review_emergency", review, case=case, target=reply["id"], person="p-chair")
    types = [event["type"] for event in published(runtime, case)]
    assert types[-2:] == ["emergency_opened", "emergency_reviewed"]


def test_a_closed_case_is_evaluated_during_its_session_only(
    client: Client, closed: Closed, clock: FixedClock
) -> None:
    """The team sees what it made together once more, and then no longer."""
    case = accepted(client, closed)
    directed(client, case)
    client.step(case, "start_execution", outcome=of_everybody(client, closed, "plan", case))
    client.step(case, "conclude", outcome=of_everybody(client, closed, "conclusion", case))
    client.step(case, "close", outcome=of_everybody(client, closed, "follow_up", case))
    starts = clock.now() + timedelta(hours=1)
    body = {
        "agreement": "sample-brugge",
        "table": "table-brugge",
        "starts_at": starts.isoformat(),
    }
    session = client.send("schedule_session", body)["id"]
    client.send("put_on_agenda", {"case": case}, case=case, target=session)

    seen = []
    for hours in (0, 1, 4):
        clock.advance(timedelta(hours=hours))
        seen.append(client.facts(case)["evaluating"])

    assert seen == [False, True, False]


def test_a_case_goes_on_under_the_successor(client: Client, runtime: Runtime) -> None:
    """Its parties find it in their lists, those of the old agreement do not."""
    case = client.forming()["case"]
    body = {"agreement": "sample-next", "text": "overname", "summary": "overname"}
    body |= {"supported_by": list(PARTNERS)}
    client.send("take_over_case", body, case=case, agreement="sample-next")

    listed = client.list(parties=[("sample-next", "caw")])["cases"]
    assert [one["case"]["id"] for one in listed] == [case]
    assert client.list(parties=[("sample-brugge", "caw")])["cases"] == []
    event = published(runtime, case)[-1]
    assert (event["type"], event["data"]["predecessor"]) == ("case_taken_over", "sample-brugge")
    assert event["data"]["agreement"] == "sample-next"


def test_who_must_not_hear_of_a_case_is_named_beside_it(client: Client) -> None:
    """Other services keep their events from whoever has an interest."""
    case = client.forming()["case"]
    client.send("declare_conflict", {"interest": "kin"}, case=case, person="p-kin")

    assert client.read(case)["walled"] == ["p-kin"]
    assert client.read(new_id())["walled"] == []


def test_a_service_is_withdrawn_once_it_is_known_who_waits_for_it(
    client: Client, closed: Closed, runtime: Runtime
) -> None:
    """Plans that is away would leave a follower waiting for a service that there is not."""
    case = accepted(client, closed)
    [service] = client.read(case, kinds=["involved_service"])["fragments"]
    asked = {"case": case, "target": service["id"], "if_match": 1}
    error = {"ground": "recorded_in_error"}
    before = kept(runtime)
    closed.away = True

    with pytest.raises(Retry) as away:
        client.send("withdraw_referral_part", error, **asked)

    assert (away.value.code, kept(runtime)) == ("service_unavailable", before)
    closed.away, closed.followers = False, ["ggz"]
    assert client.send("withdraw_referral_part", error, **asked)["state"] == "recalled"
    told = published(runtime, case)[-1]
    assert (told["type"], told["data"]["involved_service"], told["data"]["followers"]) == (
        "executor_withdrawn",
        service["id"],
        ["ggz"],
    )
