"""The bundle, served by OPA itself: it decides by its revision, and never leaves out an answer."""

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts import vocabulary as words
from contracts.reasons import Reason
from deploy.local import find
from deploy.local.progress import Progress
from deploy.opa.bundle import build, main, revision_of
from gateway.release.decisions import read_action, read_release
from tests.integration.policy import questions
from tests.integration.policy.conftest import POLICY

REASONS = set(Reason)
ACTIONS = sorted(json.loads((POLICY / "tables" / "actions.json").read_text(encoding="utf-8")))
SLOW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every member in a document."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, member in value.items():
            found += places(member, (*path, key))
    if isinstance(value, list):
        for position, member in enumerate(value):
            found += places(member, (*path, position))
    return found


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with another value at one place."""
    changed = copy.deepcopy(document)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


def build_here(out: Path, *data: Path) -> str:
    """A bundle with the platform's rules."""
    return build(find.opa(Progress(None)), POLICY, [POLICY / "data", *data], out)


def test_the_gateway_can_read_every_release_decision(ask):
    """An answer that the gateway finds odd is no decision: nothing would ever be released."""
    case = questions.case(fragments=[questions.fragment(each) for each in words.CATEGORIES])
    ids = [fragment["id"] for fragment in case["fragments"]]
    released = {}
    for who in questions.PEOPLE:
        decision = read_release(ask("release", questions.release(who, case)), {case["id"]: ids})
        released[who] = decision.cases[case["id"]].allow

    team = {
        key
        for key, person in questions.PEOPLE.items()
        if person.agreement == "sample-brugge" and set(person.roles) & {"team_member", "chair"}
    }
    assert {who for who, allow in released.items() if allow} == team


def test_the_gateway_can_read_every_action_decision(ask):
    """The same for commands, whoever asks for whichever."""
    for who in ("caw", "chair", "coordination", "auditor", "caw-kortrijk", "nobody"):
        for name in ACTIONS:
            decision = read_action(ask("action", questions.action(who, name)))
            assert set(decision.reasons) <= REASONS
            assert decision.allow != bool(decision.reasons)


def test_unknown_and_foreign_cases_look_alike(ask):
    """A person who tries ids must not learn which of them exist."""
    unknown = {"id": questions.case()["id"], "found": False, "agreement": None, "fragments": []}
    foreign = questions.case(fragments=[questions.fragment("safety")])
    answers = ask("release", questions.release("caw-kortrijk", unknown, foreign))["decisions"]

    first, second = answers[unknown["id"]], answers[foreign["id"]]
    reply = ("allow", "standing", "fragments", "withheld", "obligations", "terms", "partner")
    assert {name: first[name] for name in reply} == {name: second[name] for name in reply}
    assert set(first) == set(second)


def test_an_emergency_is_refused_to_strangers_as_if_there_were_no_case(ask):
    """It is the one command on a case that one takes no part in: no way to try ids."""
    danger = {"purpose": "acute_danger"}
    unknown = {"id": questions.case()["id"], "found": False}
    alone = {"participants": [{"partner": "caw", "since": questions.NOW, "answered": None}]}
    walled = questions.case(conflicts=["kin"], **alone)

    def opens(who, case):
        answer = read_action(
            ask("action", questions.action(who, "open_emergency", case=case, **danger))
        )
        return answer.allow, answer.hide, dict(answer.terms)

    assert opens("ggz", questions.case(**alone)) == (
        True,
        False,
        {"minutes": 60, "review_working_days": 5},
    )
    for who, case in (
        ("ggz", unknown),
        ("ggz", walled),
        ("caw-kortrijk", unknown),
        ("caw-kortrijk", questions.case(**alone)),
    ):
        assert opens(who, case) == (False, True, {})


@SLOW
@given(data=st.data())
def test_one_fact_at_random_opens_no_more_in_danger(ask, data):
    """Whatever a caller gets wrong of an emergency access, it opens nothing that it did not."""
    case = questions.case(
        participants=[],
        emergency={
            "grant": questions.case()["id"],
            "partner": "parket",
            "until": "2026-03-10T10:00:00+00:00",
        },
        fragments=[
            questions.fragment("safety"),
            questions.fragment("mental_health"),
            questions.fragment("whereabouts", kind="whereabouts", only_for=["caw"]),
        ],
    )
    question = questions.release("parket", case, purpose="acute_danger")
    whole = ask("release", question)["decisions"][case["id"]]
    shown = [whole["fragments"][each["id"]]["level"] for each in case["fragments"]]
    assert shown == ["full", "none", "none"]
    path = data.draw(st.sampled_from([p for p in places(question) if "emergency" in p]))
    changed = replaced(question, path, data.draw(junk))
    decision = ask("release", changed)["decisions"][case["id"]]

    renamed = path[-1] == "grant" and isinstance(changed["cases"][0]["emergency"]["grant"], str)
    assert decision["allow"] is renamed
    assert set(decision["reasons"]) <= {"emergency_not_open", "malformed"}


def test_what_ends_soon_is_told_with_keys_that_stay(ask):
    """A reminder that came with another key each day would come each day."""
    question = {"now": "2035-12-20T09:00:00Z", "within_days": 30}
    first = ask("notify", question, "endings")
    later = ask("notify", question | {"now": "2035-12-21T09:00:00Z"}, "endings")

    assert first == later
    assert {each["task"] for each in first["tell"]} == {"agreement_ends"}
    chairs = {
        person.id
        for person in questions.PEOPLE.values()
        if set(person.roles) & {"chair", "coordination_team"}
    }
    assert {each["person"] for each in first["tell"]} == chairs
    assert len({each["key"] for each in first["tell"]}) == len(first["tell"])


@SLOW
@given(question=junk)
def test_whatever_is_asked_there_is_an_answer_and_it_is_no(ask, question):
    """An undefined answer would be read by a careless caller as anything it likes."""
    assert ask("release", question)["decisions"] == {}
    assert ask("action", question)["allow"] is False
    assert ask("notify", question)["tell"] == []
    assert ask("notify", question, "endings")["tell"] == []
    assert ask("directory", question)["allow"] is False


@SLOW
@given(data=st.data())
def test_one_fact_at_random_changes_no_shape(ask, data):
    """Each fact that a caller may get wrong ends in a whole decision, with reasons in words."""
    case = questions.case(
        fragments=[
            questions.fragment("judicial"),
            questions.fragment("whereabouts", kind="whereabouts", only_for=["parket"]),
        ]
    )
    question = questions.release("parket", case)
    path = data.draw(st.sampled_from(places(question)))
    changed = replaced(question, path, data.draw(junk))
    decisions = ask("release", changed)["decisions"]

    assert (case["id"] in decisions) is (case["id"] in str(changed["cases"]))
    for decision in decisions.values():
        assert set(decision["reasons"]) <= REASONS
        assert decision["allow"] is (decision["standing"] is not None)
        assert decision["allow"] is (decision["reasons"] == [])
        assert decision["allow"] or decision["fragments"] == {}
        levels = {verdict["level"] for verdict in decision["fragments"].values()}
        assert levels <= set(words.LEVELS)


@SLOW
@given(
    who=st.sampled_from(["nobody", "", "*", "caw", "p-00000000", "p-A119106F", "P-a119106f"]),
    mandate=st.sampled_from([None, "m-a119106f-1", "m-2c886884-1", "*", ""]),
    stage=st.sampled_from(words.STAGES),
    purpose=st.sampled_from(words.PURPOSES),
    crisis=st.booleans(),
    name=st.sampled_from([each for each in ACTIONS if each != "read_contacts"]),
)
def test_without_a_mandate_nothing_is_allowed(ask, who, mandate, stage, purpose, crisis, name):
    """A token proves who somebody is; alone it opens nothing, whatever mandate it claims."""
    stranger = {"viewer": {"person": who, "mandate": mandate}, "purpose": purpose}
    case = questions.case(stage=stage, crisis=crisis, referrer=who, director=who, evaluating=True)
    listed = {**case, "fragments": [questions.fragment("identity", source="caw")]}
    answer = ask("release", questions.release("x", listed, **stranger))

    assert [each["allow"] for each in answer["decisions"].values()] == [False]
    facts = {"agreement": "sample-brugge", "region": "31005", "command": "take_on_agenda"}
    assert (
        ask("action", questions.action("x", name, case=case, facts=facts, **stranger))["allow"]
        is False
    )


def test_the_revision_is_that_of_the_bundle(ask, tmp_path):
    """A decision is decided again by the revision that it names."""
    revision = build_here(tmp_path / "bundle.tar.gz")

    assert revision_of(tmp_path / "bundle.tar.gz") == revision
    assert ask("release", questions.release("caw"))["policy_revision"] == revision


def test_the_same_content_has_the_same_revision_and_another_has_another(tmp_path):
    """A revision that does not change with a mandate would hide who could read what."""
    first = build_here(tmp_path / "1.tar.gz")
    again = build_here(tmp_path / "2.tar.gz")
    held = json.loads((POLICY / "data" / "mandates" / "sample.json").read_text())
    more = tmp_path / "more" / "mandates"
    more.mkdir(parents=True)
    (more / "ended.json").write_text(json.dumps([held[0] | {"until": "2026-01-01T00:00:00Z"}]))
    changed = build_here(tmp_path / "3.tar.gz", tmp_path / "more")

    assert first == again
    assert changed != first


def test_rules_that_do_not_compile_leave_the_old_bundle_in_place(tmp_path, capsys):
    """A mistake in a rule must not take the decisions away that were good."""
    policy = tmp_path / "policy"
    policy.mkdir()
    for name in ("tables", "schemas", "data"):
        (policy / name).symlink_to(POLICY / name)
    shutil.copytree(POLICY / "rules", policy / "rules")
    (policy / "rules" / "broken.rego").write_text("package broken\n\nrule := nowhere\n")
    out = tmp_path / "bundle.tar.gz"
    revision = build_here(out)
    arguments = [str(find.opa(Progress(None))), str(policy), str(out)]

    assert main(arguments) == 1
    assert "nowhere" in capsys.readouterr().err
    assert revision_of(out) == revision
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle.tar.gz", "policy"]


def test_the_command_line_prints_the_revision(tmp_path, capsys):
    """Whoever builds an image sees which rules are in it."""
    out = tmp_path / "bundle.tar.gz"

    assert main([str(find.opa(Progress(None))), str(POLICY), str(out)]) == 0
    assert capsys.readouterr().out.strip() == revision_of(out)
    assert main(["opa"]) == 2


def test_no_bundle_is_built_without_rules(tmp_path, capsys):
    """A folder that is named wrongly would answer every question with nothing at all."""
    out = tmp_path / "bundle.tar.gz"

    assert main([str(find.opa(Progress(None))), str(tmp_path), str(out)]) == 1
    assert "there are no rules in" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("who", ["caw-westhoek", "politie-westhoek", "parket-westhoek"])
def test_an_agreement_that_lapses_closes_its_cases_at_that_second(ask, who):
    """An agreement that expired overnight with sessions open is released to nobody."""
    case = questions.case(
        agreement="sample-westhoek",
        region="33011",
        submitted_by="caw-westhoek",
        participants=[
            {"partner": partner, "since": questions.NOW, "answered": None}
            for partner in ("caw-westhoek", "politie-westhoek", "parket-westhoek")
        ],
        fragments=[questions.fragment("safety")],
    )
    before, after = "2035-12-31T22:59:59.999999Z", "2035-12-31T23:00:00Z"
    decisions = {
        now: ask("release", questions.release(who, case, now=now))["decisions"][case["id"]]
        for now in (before, after)
    }

    assert decisions[before]["allow"] is True
    assert decisions[after]["allow"] is False
    assert decisions[after]["reasons"] == ["agreement_ended"]
