"""What is set right: the former version is kept, an old document is read, nothing comes between."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.errors import Refuse, Retry
from chassis.runtime import Runtime
from tests import builders
from tests.integration.intake.client import Client
from tests.integration.observing import published

ERROR = {"ground": "recorded_in_error"}
FIRST, SECOND = builders.in_days(30), builders.in_days(60)
LATER = {"starts_at": f"{SECOND}T09:00:00+00:00", "ground": "situation_changed"}


def test_a_session_is_kept_as_it_was_before_it_was_set_right(
    runtime: Runtime, client: Client
) -> None:
    """Who asks later why nobody came finds the day that was told."""
    case = client.referral()["case"]
    session = client.on_agenda(case, referrer_attends=True)
    client.send("move_session", LATER, target=session, if_match=1)
    moved = client.session(session)
    client.send("cancel_session", ERROR, target=session, if_match=2)

    former = list(runtime.database["former_sessions"].find({"session": session}))

    assert [(one["version"], one["starts_at"][:10]) for one in former] == [
        (1, FIRST),
        (2, SECOND),
    ]
    assert {one["agenda"][0]["case"] for one in former} == {case}
    assert moved["session"]["starts_at"].startswith(f"{SECOND}T09:00")
    assert moved["cases"][0]["session"] == session
    facts = client.facts(case, "p-caw")
    assert (facts["session"], facts["guest"]) == (None, None)
    shown = client.session(session)
    assert (shown["session"]["cancelled"], shown["session"]["agenda"]) == (True, [])
    assert [event["type"] for event in published(runtime, case)][-3:] == [
        "visit_moved",
        "case_taken_off_agenda",
        "visit_given_back",
    ]


def test_what_an_earlier_version_stored_of_a_session_is_read(
    runtime: Runtime, client: Client
) -> None:
    """A session and a look back from before an upgrade are moved like any other."""
    case = client.weighing()
    runtime.database["cases"].update_one({"_id": case}, {"$set": {"stage": "closed"}})
    session = client.on_agenda(case)
    runtime.database["sessions"].update_one({"_id": session}, {"$unset": {"cancelled": True}})
    runtime.database["cases"].update_one({"_id": case}, {"$unset": {"evaluations.0.session": True}})

    assert client.session(session)["session"]["cancelled"] is False
    client.send("move_session", LATER, target=session, if_match=1)

    [kept] = runtime.database["cases"].find({"_id": case})
    assert [one["begins"][:10] for one in kept["evaluations"]] == [SECOND]


def test_a_session_is_cancelled_or_a_case_taken_on_but_not_both_unseen(client: Client) -> None:
    """The table does not take a case up at a meeting that is being cancelled."""
    case = client.referral()["case"]
    session = client.on_agenda(case)
    step = client.envelope(
        "change_stage",
        {"command": "take_on_agenda", "session": session},
        case=case,
        if_match=client.facts(case)["version"],
    )
    cancel = client.envelope("cancel_session", ERROR, target=session, if_match=1)

    def attempt(name, envelope):
        try:
            return client.intake.perform(name, envelope).get("state")
        except (Refuse, Retry) as refused:
            return refused.code

    with ThreadPoolExecutor(2) as pool:
        taken, cancelled = pool.map(attempt, ("change_stage", "cancel_session"), (step, cancel))

    assert cancelled == "cancelled"
    assert (taken == "precondition_unmet") == (client.facts(case)["stage"] == "referred")
    assert client.facts(case)["session"] is None


def test_a_corrected_part_is_kept_sealed_as_it_was(runtime: Runtime, client: Client) -> None:
    """The record says what was read before; nobody is shown it."""
    case = client.forming()["case"]
    [worry] = client.read(case, kinds=["worry"])["fragments"]
    said = {"narrative": {"text": "nieuw", "summary": "nieuw"}, "subjects": worry["subjects"]}

    client.send("correct_referral_part", ERROR | said, case=case, target=worry["id"], if_match=1)

    now = client.fragment(case, worry["id"])
    [former] = runtime.database["versions"].find({"fragment": worry["id"]})
    opened = runtime.vault.open(case, f"fragment:{worry['id']}:1", former["sealed"])
    assert (now["version"], now["content"]["text"]) == (2, "nieuw")
    assert opened["text"] == worry["content"]["text"]
    assert not {"text", "summary", "content"} & set(former)


def test_a_service_in_error_is_none_of_those_to_mandate(client: Client) -> None:
    """A director is not held up by a service that there is not."""
    case = client.forming()["case"]
    [service] = client.read(case, kinds=["involved_service"])["fragments"]
    appointed = {"person": "p-director", "no_care_professional": True}
    client.send("appoint_director", appointed, case=case)

    client.send("withdraw_referral_part", ERROR, case=case, target=service["id"], if_match=1)

    mandate = {
        "involved_service": service["id"],
        "given_by": "directie",
        "given_on": builders.TODAY().isoformat(),
    }
    with pytest.raises(Refuse) as refused:
        client.send("record_direction_mandate", mandate, case=case, person="p-director")
    assert refused.value.members["reason"] == "service_unknown"
