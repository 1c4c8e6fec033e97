"""Assessments in the real database: kept whole, returned by what each part is about, taken back."""

from datetime import timedelta

import pytest

from chassis.clock import FixedClock
from chassis.commands import KeyReused
from chassis.errors import Refuse
from chassis.runtime import Runtime
from contracts.rpc.fragments import ReadFragmentsReply
from tests.integration.envelopes import new_id
from tests.integration.observing import kept, published, watching
from tests.integration.risk.client import Client, envelope
from tests.unit.casework.factories import PERPETRATOR
from tests.unit.risk.factories import filled_in
from tests.unit.risk.instruments import published as published_instrument


def test_an_assessment_is_returned_as_a_result_and_its_answers(
    client: Client, clock: FixedClock
) -> None:
    """Whoever reads the case finds what was filled in, in the instrument's order."""
    case = new_id()
    assessment = client.assess(
        case, answered={"confinement": "yes"}, remark="met de wijkinspecteur"
    )

    result, *answers = client.read(case)

    assert (
        ReadFragmentsReply().validate(
            {"case": case, "fragments": [result, *answers], "destroyed": False}
        )
        == {}
    )
    assert result["content"] == {
        "instrument": "odara",
        "instrument_version": "1",
        "norm_set": "2010",
        "as_of": "2026-03-01",
        "population": "valid",
        "lowest_points": 1,
        "highest_points": 1,
        "lowest_band": "score_1",
        "highest_band": "score_1",
        "unknown_answers": 0,
        "remark": "met de wijkinspecteur",
        "author": "p-caw",
    }
    assert {key: value for key, value in result.items() if key != "content"} == {
        "id": assessment,
        "kind": "assessment",
        "category": "safety",
        "source": "caw",
        "subjects": [PERPETRATOR],
        "only_for": [],
        "withhold_from": [],
        "addressed_to": [],
        "of": None,
        "status": "offered",
        "version": 1,
        "at": clock.now().isoformat(timespec="microseconds"),
    }
    odara = published_instrument("odara")
    constructs = [*odara.preconditions, *odara.items]
    assert [(one["content"]["item"], one["category"]) for one in answers] == [
        (one.id, one.category) for one in constructs
    ]
    assert {one["content"]["assessment"] for one in answers} == {assessment}


def test_assessments_are_returned_in_the_order_of_time(client: Client, clock: FixedClock) -> None:
    """The table sees how it went from one form to the next."""
    case = new_id()
    first = client.assess(case)
    clock.advance(timedelta(minutes=1))
    second = client.assess(case, partner="parket")

    assert [one["id"] for one in client.read(case, "assessment")] == [first, second]
    kinds = [one["kind"] for one in client.read(case)]
    assert [place for place, kind in enumerate(kinds) if kind == "assessment"] == [0, 17]


def test_reading_can_be_narrowed(client: Client) -> None:
    """A list asks for no texts, a page for its own kinds, a link for one fragment."""
    case = new_id()
    assessment = client.assess(case)

    bare = client.read(case, content=False)

    assert len(bare) == 17
    assert {one["content"] for one in bare} == {None}
    assert [one["id"] for one in client.read(case, "assessment")] == [assessment]
    assert client.fragment(case, assessment)["id"] == assessment
    assert client.read(new_id(), fragment=assessment) == []


def test_a_recalled_assessment_is_gone_from_reading(runtime: Runtime, client: Client) -> None:
    """What a partner took back is returned to nobody; another partner's form stays."""
    case = new_id()
    assessment, other = client.assess(case), client.assess(case, partner="parket")

    reply = client.recall(case, assessment)

    assert (reply["id"], reply["version"], reply["state"]) == (assessment, 2, "recalled")
    gone = [one for one in client.read(case) if one["source"] == "caw"]
    assert len(gone) == 17
    assert {(one["status"], one["version"], one["content"]) for one in gone} == {
        ("recalled", 2, None)
    }
    remaining = [one for one in client.read(case) if one["source"] == "parket"]
    assert [one["id"] for one in remaining if one["kind"] == "assessment"] == [other]
    assert all(one["status"] == "offered" and one["content"] for one in remaining)
    assert kept(runtime)["versions"] == 17
    assert [one["type"] for one in published(runtime, case)] == [
        "assessment_recorded",
        "assessment_recorded",
        "assessment_recalled",
    ]


def test_only_the_source_recalls_and_only_an_assessment_of_the_case(client: Client) -> None:
    """Nobody takes back what another entrusted, or reaches into another case."""
    case = new_id()
    assessment = client.assess(case)
    answer = client.read(case, "assessment_answer")[0]["id"]
    wrong = (
        ("not_allowed", {"partner": "parket"}, case),
        ("not_found", {}, new_id()),
        ("not_found", {"target": answer}, case),
        ("not_found", {"target": None}, case),
        ("precondition_failed", {"if_match": 2}, case),
    )

    for code, changes, of in wrong:
        with pytest.raises(Refuse) as refused:
            client.recall(of, assessment, **changes)
        assert refused.value.code == code

    client.recall(case, assessment)
    with pytest.raises(Refuse) as refused:
        client.recall(case, assessment, if_match=2)
    assert refused.value.code == "already_recalled"


def test_what_is_refused_leaves_nothing_behind(runtime: Runtime, client: Client) -> None:
    """A form with a mistake in it is no half form."""
    before = kept(runtime)

    for code, body in (
        ("validation_failed", filled_in(answers={})),
        ("precondition_unmet", filled_in("rti-template")),
        ("validation_failed", filled_in(override={"band": "score_0", "ground": "minder"})),
        ("validation_failed", filled_in() | {"colour": "red"}),
    ):
        with pytest.raises(Refuse, match=code):
            client.send("record_assessment", body, new_id())
    stranger = envelope("record_assessment", filled_in(), new_id(), persons=[new_id()])
    with pytest.raises(Refuse) as refused:
        client.risk.perform("record_assessment", stranger)

    assert refused.value.code == "unknown_subject"
    assert kept(runtime) == before


def test_a_command_without_a_decided_case_is_refused(client: Client) -> None:
    """Risk keeps no case: it acts on none that policy has not seen."""
    for missing in ("case", "agreement", "decided_on"):
        command = envelope("record_assessment", filled_in(), new_id())
        with pytest.raises(Refuse) as refused:
            client.risk.perform("record_assessment", command | {missing: None})
        assert refused.value.code == "not_found"


def test_the_same_command_again_returns_the_same_and_does_nothing(
    runtime: Runtime, client: Client
) -> None:
    """A form that is sent again after a broken connection is one assessment."""
    command = envelope("record_assessment", filled_in(), new_id())
    first = client.risk.perform("record_assessment", command)
    before = kept(runtime)

    again = client.risk.perform("record_assessment", command | {"decision_id": new_id()})

    assert again == first
    assert kept(runtime) == before
    with pytest.raises(KeyReused):
        client.risk.perform("record_assessment", command | {"body": filled_in(default="yes")})


def test_an_unknown_case_costs_what_a_case_without_fragments_costs(
    runtime: Runtime, client: Client, replica: Client
) -> None:
    """Nobody learns from the work behind an answer that a case exists."""
    case = new_id()
    client.assess(case)
    operations = []

    for each in (case, new_id()):
        with watching(runtime.database) as watched:
            reply = replica.read(each)
        operations.append(watched.kinds)
        assert bool(reply) == (each == case)

    assert operations[0] == operations[1]
    assert len(operations[0]) == 2
