"""Commands of steps 3 to 6: to the service that owns the step, with the case as policy saw it."""

from typing import Any

import pytest

from chassis.errors import RemoteError, TimedOut
from tests.unit.gateway.fakes import (
    ANNA,
    VICTIM,
    Platform,
    an_id,
    fragment,
    permit,
    raising,
    refuse,
)

ACTION = "ketenaanpak/action/decision"
WALLED = "p-0badcafe"

POSITION = {"position": "accept"}
ADVICE = {"text": "KANARIE-tekst", "summary": "kort"}
DECISION = {**ADVICE, "supported_by": ["caw"]}

CHANGES: dict[str, tuple[str, str, str, Any]] = {
    "recall_assessment": ("risk", "POST", "assessments/{}/recall", None),
    "take_weighing_position": ("risk", "POST", "weighings/{}/positions", POSITION),
    "close_weighing": (
        "risk",
        "POST",
        "weighings/{}/close",
        {"conclusion": "take", "reasons": "KANARIE", "assessments": []},
    ),
    "take_plan_position": ("plans", "POST", "plans/{}/positions", {"position": "approve"}),
    "adopt_plan": ("plans", "POST", "plans/{}/adopt", None),
    "update_action": ("plans", "PUT", "actions/{}", {"state": "done"}),
    "update_trajectory": ("plans", "PUT", "trajectories/{}", {"state": "ended", **ADVICE}),
}
"""Command → its owner, and the HTTP request for it on a fragment of that owner."""

each_change = pytest.mark.parametrize("action", CHANGES)


def outcome(case: str, **changes: Any) -> dict[str, Any]:
    """What the owner answers."""
    reply = {"id": an_id(), "case": case, "stage": "active", "version": 2, "state": "done"}
    return {**reply, "ids": {}, **changes}


def a_plan() -> dict[str, Any]:
    """A plan with one goal and one action."""
    action = {
        "goal": "g",
        **ADVICE,
        "follower": "caw",
        "carried_out_by": {"kind": "partner", "partner": "caw"},
        "due": "2026-04-01",
    }
    goal = {"ref": "g", "aim": "stop_violence", **ADVICE, "subjects": [an_id()]}
    resting = {"weighing": an_id(), "assessments": []}
    return {**ADVICE, **resting, "goals": [goal], "actions": [action]}


def submit_command(platform: Platform, action: str, case: str, target: str) -> Any:
    """The command on a fragment of its owner."""
    _, method, path, body = CHANGES[action]
    return platform.command(f"/v1/cases/{case}/{path.format(target)}", body, method)


@each_change
def test_a_command_on_a_fragment_is_decided_on_that_fragment_and_its_case(
    platform: Platform, action: str
) -> None:
    """Whether an assessment or an action is one's own is policy's to say, whoever keeps it."""
    owner, *_ = CHANGES[action]
    target = fragment("action", addressed_to=["caw"], subjects=[VICTIM])
    case = platform.put_case(fragment(), stage="active")
    platform.put_fragments(owner, case, fragment("action"), target)
    platform.bus.stub(owner, action, lambda _: outcome(case))

    answer = submit_command(platform, action, case, target["id"])

    assert answer.status_code == 200, answer.text
    assert platform.bus.at_once[0] == ["intake.read_case", f"{owner}.read_fragments"]
    assert platform.calls()[2:] == [ACTION, "audit.record", f"{owner}.{action}"]
    (read,) = platform.sent(f"{owner}.read_fragments")
    assert read == {"case": case, "kinds": None, "fragment": target["id"], "content": False}
    (question,) = platform.sent(ACTION)
    assert (question["case"]["id"], question["target"]["id"]) == (case, target["id"])
    assert question["target"]["addressed_to"] == ["caw"]
    assert "KANARIE" not in str(question) + str(platform.recorded)
    (entry,) = platform.recorded
    assert (entry["action"], entry["case_persons"]) == (action, [VICTIM])
    (sent,) = platform.sent(f"{owner}.{action}")
    assert (sent["target"], sent["case"], sent["person"]) == (target["id"], case, ANNA)


@each_change
def test_a_fragment_of_others_and_none_at_all_are_refused_alike(
    platform: Platform, action: str
) -> None:
    """A command is no way to find out what a case holds."""
    owner, *_ = CHANGES[action]
    case, kept = platform.put_case(), fragment("action")
    platform.put_fragments(owner, case, kept)
    platform.policy.action = refuse("not_participant", hide=True)

    answers, calls = [], []
    for of, target in ((case, kept["id"]), (case, an_id()), (an_id(), kept["id"])):
        platform.trace.clear()
        answers.append(submit_command(platform, action, of, target))
        calls.append(platform.calls())

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert calls[0] == calls[1] == calls[2]
    assert f"{owner}.{action}" not in calls[0]


def test_the_owner_of_a_step_is_given_the_case_as_policy_saw_it(platform: Platform) -> None:
    """Risk and plans keep no case: who takes part and who must not learn of it comes along."""
    case = platform.put_case(
        stage="weighing", version=7, director="p-00000003", walled=[WALLED, ANNA]
    )
    platform.policy.action = lambda question: permit(question, quorum=5)
    platform.bus.stub("risk", "open_weighing", lambda _: outcome(case, stage="weighing"))

    answer = platform.command(f"/v1/cases/{case}/weighings")

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/v1/cases/{case}/weighings"
    (sent,) = platform.sent("risk.open_weighing")
    assert sent["terms"] == {"quorum": 5}
    assert sent["decided_on"] == {
        "stage": "weighing",
        "version": 7,
        "submitted_by": "caw",
        "participants": ["caw", "parket"],
        "persons": [VICTIM],
        "director": "p-00000003",
        "walled": [WALLED, ANNA],
        "referred": [],
    }


@pytest.mark.parametrize(
    ("path", "body", "call"),
    [
        ("advice", ADVICE, "intake.write_advice"),
        ("weighings", None, "risk.open_weighing"),
        ("decisions", DECISION, "plans.record_decision"),
    ],
)
@pytest.mark.parametrize("refused", [None, False, True])
def test_who_must_not_hear_of_a_case_is_named_to_its_owner_only(
    platform: Platform, path: str, body: Any, call: str, refused: bool | None
) -> None:
    """Not to policy, not to the record, not to the caller: a wall would name who stands behind."""
    case = platform.put_case(walled=[WALLED])
    platform.bus.stub(*call.split("."), lambda _: outcome(case))
    if refused is not None:
        platform.policy.action = refuse("stage", hide=refused)

    answer = platform.command(f"/v1/cases/{case}/{path}", body)

    assert WALLED not in answer.text + str(answer.headers)
    assert WALLED not in str(platform.sent(ACTION)) + str(platform.recorded)
    assert [WALLED in str(sent) for sent in platform.sent(call)] == [True] * (refused is None)


@pytest.mark.parametrize("path", ["", "/items", "/participants", "/weighings", "/plans"])
def test_no_reader_learns_who_is_walled(platform: Platform, path: str) -> None:
    """That somebody was kept away is a fact about a person, and no content of the case."""
    case = platform.put_case(fragment(), walled=[WALLED])

    answer = platform.get(f"/v1/cases/{case}{path}")

    assert answer.status_code == 200
    assert WALLED not in answer.text + str(answer.headers) + str(platform.recorded)
    assert WALLED not in str(platform.sent("ketenaanpak/release/decision"))


@pytest.mark.parametrize("walled", [None, "p-00000001", [7]])
def test_without_knowing_who_is_walled_nothing_is_decided(platform: Platform, walled: Any) -> None:
    """An event that forgets a wall would tell somebody what they must not learn."""
    case = platform.put_case()
    platform.cases[case]["walled"] = walled

    answer = platform.command(f"/v1/cases/{case}/weighings")

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert platform.recorded == []


@pytest.mark.parametrize("fact", ["stage", "version", "submitted_by", "participants", "persons"])
def test_a_case_with_a_fact_missing_is_not_acted_on(platform: Platform, fact: str) -> None:
    """Its owner would publish what it was given."""
    case = platform.put_case()
    del platform.cases[case]["case"][fact]

    answer = platform.command(f"/v1/cases/{case}/weighings")

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert platform.recorded == []
    assert "risk.open_weighing" not in platform.calls()


@pytest.mark.parametrize("away", [("intake", "read_case"), ("plans", "read_fragments")])
def test_while_one_of_two_owners_is_away_nothing_happens(
    platform: Platform, away: tuple[str, str]
) -> None:
    """A 503 before anything was sent means that nothing happened."""
    case = platform.put_case()
    platform.bus.stub(*away, raising(TimedOut()))

    answer = submit_command(platform, "adopt_plan", case, an_id())

    assert (answer.status_code, answer.json["code"]) == (503, "service_unavailable")
    assert platform.recorded == []
    assert "plans.adopt_plan" not in platform.calls()


def test_a_case_is_taken_over_under_the_agreement_that_succeeds(platform: Platform) -> None:
    """The decision rests on the successor; the case still names the agreement that has ended."""
    case = platform.put_case(agreement="sample-brugge")
    platform.policy.action = lambda question: {**permit(question), "agreement": "sample-brugge-2"}
    platform.bus.stub("intake", "take_over_case", lambda _: outcome(case))
    body = {"agreement": "sample-brugge-2", **ADVICE, "supported_by": ["caw"]}

    answer = platform.command(f"/v1/cases/{case}/takeover", body)

    assert answer.status_code == 200
    (question,) = platform.sent(ACTION)
    assert question["facts"] == {"agreement": "sample-brugge-2"}
    assert (question["agreement"], question["case"]["agreement"]) == (
        "sample-brugge-2",
        "sample-brugge",
    )
    (entry,) = platform.recorded
    (sent,) = platform.sent("intake.take_over_case")
    assert entry["agreement"] == sent["agreement"] == "sample-brugge-2"


def test_an_emergency_is_reviewed_by_the_id_of_its_ground(platform: Platform) -> None:
    """A grant and the ground that was given for it are one."""
    ground = fragment("emergency_ground", {"text": "KANARIE"}, source="caw")
    case = platform.put_case(ground, fragment())
    platform.bus.stub("intake", "review_emergency", lambda _: outcome(case))
    body = {"justified": True, "text": "KANARIE"}

    answer = platform.command(f"/v1/cases/{case}/emergencies/{ground['id']}/review", body)

    assert answer.status_code == 200
    assert platform.calls()[0] == "intake.read_case"
    (question,) = platform.sent(ACTION)
    assert (question["target"]["id"], question["target"]["kind"]) == (
        ground["id"],
        "emergency_ground",
    )
    (sent,) = platform.sent("intake.review_emergency")
    assert (sent["target"], sent["if_match"]) == (ground["id"], None)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "assessments/{}/recall"),
        ("PUT", "weighings/{}/problem-profile"),
        ("POST", "weighings/{}/close"),
        ("POST", "plans/{}/adopt"),
        ("PUT", "actions/{}"),
        ("PUT", "trajectories/{}"),
    ],
)
def test_changing_a_step_names_the_version_that_was_read(
    platform: Platform, method: str, path: str
) -> None:
    """Nobody overwrites what somebody else said in the meantime."""
    address = f"/v1/cases/{platform.put_case()}/{path.format(an_id())}"

    answer = platform.command(address, {}, method, **{"If-Match": ""})

    assert (answer.status_code, answer.json["code"]) == (428, "precondition_required")
    assert platform.calls() == []


def test_what_must_be_true_first_is_answered_in_words(platform: Platform) -> None:
    """A chair reads why a case cannot be weighed yet, not a code."""
    case = platform.put_case()
    error = RemoteError("precondition_unmet", None, {"reason": "assessment_missing"})
    platform.bus.stub("risk", "close_weighing", raising(error))

    answer = submit_command(platform, "close_weighing", case, an_id())

    assert (answer.status_code, answer.json["code"]) == (409, "precondition_unmet")
    assert answer.json["reasons"] == [
        {
            "code": "assessment_missing",
            "text": "Er is nog geen geldige risicotaxatie waarop dit kan steunen.",
        }
    ]


def test_who_was_forgotten_in_a_plan_is_named_to_who_proposed_it(platform: Platform) -> None:
    """Ids of the own case, so that a screen can point at the member without a goal."""
    case = platform.put_case()
    members = {"reason": "members_uncovered", "members": [VICTIM], "goal": "KANARIE"}
    error = RemoteError("precondition_unmet", None, members)
    platform.bus.stub("plans", "propose_plan", raising(error))

    answer = platform.command(f"/v1/cases/{case}/plans", a_plan())

    assert (answer.status_code, answer.json["members"]) == (409, [VICTIM])
    assert "KANARIE" not in answer.text


def test_a_plan_is_decided_with_what_it_refers_to(platform: Platform) -> None:
    """A plan that rests on an invented weighing would look as sound as any other."""
    case = platform.put_case()
    weighing = fragment("weighing", category="joint", source="table")
    platform.put_fragments("risk", case, weighing)
    service = fragment("involved_service", category="assistance")
    gone = fragment("involved_service", category="assistance", status="recalled")
    platform.cases[case]["fragments"] = [service, gone]
    platform.bus.stub("plans", "propose_plan", lambda _: outcome(case))
    body = {**a_plan(), "weighing": weighing["id"]}
    executor = {"kind": "involved_service", "involved_service": service["id"]}
    body["actions"] = [*body["actions"], {**body["actions"][0], "carried_out_by": executor}]

    assert platform.command(f"/v1/cases/{case}/plans", body).status_code == 201

    assert platform.bus.at_once[0] == ["intake.read_case", "risk.read_fragments"]
    (question,) = platform.sent(ACTION)
    reply = [(each["id"], each["kind"], each["status"]) for each in question["refers"]]
    assert reply == [
        (service["id"], "involved_service", "offered"),
        (gone["id"], "involved_service", "recalled"),
        (weighing["id"], "weighing", "offered"),
    ]
    assert question["facts"] == {
        "weighing": weighing["id"],
        "assessments": body["assessments"],
        "involved_services": [service["id"]],
    }
    (sent,) = platform.sent("plans.propose_plan")
    assert sent["decided_on"]["referred"] == [service["id"], weighing["id"]]
    assert "KANARIE" not in str(question)


@pytest.mark.parametrize(("on_it", "known"), [(True, True), (False, True), (False, False)])
def test_an_evaluation_is_decided_with_the_session_that_it_names(
    platform: Platform, on_it: bool, known: bool
) -> None:
    """An evaluation at a session that never was would close the case on nothing."""
    case, session = platform.put_case(stage="concluded"), an_id()
    agenda = [{"case": case, "referrer_attends": False, "put_by": "chair"}] if on_it else []
    found = {"id": session, "found": known, "agreement": "sample-brugge", "agenda": agenda}
    platform.bus.stub("intake", "read_session", lambda _: {"session": found, "cases": []})
    platform.bus.stub("plans", "evaluate_approach", lambda _: outcome(case))
    check = {"judgement": "safe", **ADVICE}

    answer = platform.command(
        f"/v1/cases/{case}/evaluations", {**ADVICE, "session": session, "safety_check": check}
    )

    assert answer.status_code == 201
    (question,) = platform.sent(ACTION)
    assert question["session"] == {
        "id": session,
        "found": known,
        "agreement": "sample-brugge",
        "lists_case": on_it,
    }
    assert (question["target"], question["facts"]) == (None, {"session": session})
