"""What becomes of the answers to an instrument, and who may take them back."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from casework.change import Change
from contracts.fragment_projections import KINDS, project
from services.risk.domain.assessing import recall_assessment, record_assessment
from services.risk.domain.catalogue import make_catalogue, read_instrument
from services.risk.domain.instrument import Instrument
from tests.unit.casework.factories import PERPETRATOR, VICTIM
from tests.unit.risk.factories import assessment, case, command, filled_in, fragment
from tests.unit.risk.instruments import catalogue, published, refusal, small


def recorded(body: dict[str, Any], **changes: Any) -> Change:
    """What an assessment by CAW changes."""
    request = command("record_assessment", body, **changes)
    return record_assessment(case(), request, catalogue())


def result(change: Change) -> dict[str, Any]:
    """The content of the result, as it is returned to who may read it in full."""
    return {**change.about.codes, **(change.about.content or {})}


def answers_by_item(change: Change) -> dict[str, tuple[str, Any, Any]]:
    """What was answered: by item its category, the answer, and whether it is red."""
    _, *answered = change.added
    contents = [(one.category, one.content or {}) for one in answered]
    return {
        reply["item"]: (category, reply["answer"], reply["red"]) for category, reply in contents
    }


def categories(instrument: Instrument) -> dict[str, str]:
    """By item or precondition, the category of what it is about."""
    return {one.id: one.category for one in (*instrument.preconditions, *instrument.items)}


@pytest.mark.parametrize("name", ["odara", "dash-ric", "danger-assessment"])
def test_each_answer_is_a_fragment_in_the_category_of_what_it_is_about(name: str) -> None:
    """A partner without a need to know of drinking does not learn of it from a form."""
    change = recorded(filled_in(name, "unknown"))

    assert {item: one[0] for item, one in answers_by_item(change).items()} == categories(
        published(name)
    )
    assert {one.codes["assessment"] for one in change.added[1:]} == {change.about.id}
    assert {(one.source, one.subjects) for one in change.added} == {("caw", (PERPETRATOR,))}
    assert [one.place for one in change.added] == list(range(len(change.added)))
    assert len({one.id for one in change.added}) == len(change.added)


def test_the_result_holds_what_the_answers_say_together() -> None:
    """The table sees the span that unknown answers leave, by which norms, and who filled it in."""
    body = filled_in(answered={"confinement": "yes", "victim_concern": "unknown"}, remark="kort")

    assert result(recorded(body)) == {
        "instrument": "odara",
        "instrument_version": "1",
        "norm_set": "2010",
        "as_of": date(2026, 3, 1),
        "population": "valid",
        "lowest_points": 1,
        "highest_points": 2,
        "lowest_band": "score_1",
        "highest_band": "score_2",
        "unknown_answers": 1,
        "remark": "kort",
        "author": "p-caw",
    }


def test_the_result_names_no_item() -> None:
    """Who may read that it is grave does not read by it what a psychiatrist entrusted."""
    change = recorded(filled_in("dash-ric", "yes"))

    reply = str(result(change))

    assert not [item for item in categories(published("dash-ric")) if item in reply]
    assert {one.kind for one in change.added[1:]} == {"assessment_answer"}
    assert set(result(change)) <= set(KINDS["assessment"].full)


def test_an_answer_that_asks_for_attention_says_so_by_itself() -> None:
    """Strangulation is seen where the answer may be read, whatever the sum."""
    instruments = make_catalogue([read_instrument(small())])
    body = {
        "instrument": "small",
        "as_of": "2026-03-01",
        "subjects": [VICTIM],
        "preconditions": {"fits": "yes"},
        "answers": {"a": "yes", "b": "yes", "c": "no", "support": "no", "d": "unknown"},
    }

    change = record_assessment(case(), command("record_assessment", body), instruments)

    assert {item for item, (_, _, red) in answers_by_item(change).items() if red} == {"b"}
    assert "red" not in result(change)


def test_a_judgement_is_a_result_without_points() -> None:
    """Where a professional judges, no number pretends to."""
    reply = result(recorded(filled_in("b-safer-v2", "absent", judgement="high")))

    assert (reply["lowest_band"], reply["highest_band"]) == ("high", "high")
    assert not {"lowest_points", "highest_points"} & set(reply)


def test_outside_the_population_no_band_is_returned() -> None:
    """A number that means nothing for this couple frightens or reassures nobody."""
    preconditions = {"male_perpetrator": "no", "female_partner": "yes", "index_assault": "yes"}

    reply = result(recorded(filled_in(preconditions=preconditions)))

    assert reply["population"] == "outside"
    assert not {"lowest_band", "highest_band"} & set(reply)


def test_an_override_is_read_in_the_summary_too() -> None:
    """Who reads the short form does not think it less grave than the professional who judged."""
    body = filled_in(override={"band": "score_7_to_13", "ground": "Wapen in huis."})

    change = recorded(body)

    short = project("assessment", "summary", result(change))
    assert (short["lowest_band"], short["highest_band"]) == ("score_7_to_13", "score_7_to_13")
    reply = result(change)
    assert (reply["override_band"], reply["override_ground"]) == ("score_7_to_13", "Wapen in huis.")
    assert (reply["lowest_points"], reply["highest_points"]) == (0, 0)


def test_the_outcome_and_the_event_tell_ids_and_codes_only() -> None:
    """Whoever receives it learns that an instrument was filled in, not how grave it looks."""
    change = recorded(filled_in())

    assert (change.about.kind, change.state, change.about.version) == ("assessment", "offered", 1)
    [event] = change.events
    assert (event.name, event.data) == (
        "risk.assessment_recorded",
        {
            "fragment": change.about.id,
            "category": "safety",
            "partner": "caw",
            "instrument": "odara",
        },
    )


def test_whatever_the_band_nothing_is_concluded() -> None:
    """The highest band and the lowest lead to the same change: fragments, and no decision."""
    changes = [recorded(filled_in("danger-assessment", answer)) for answer in ("yes", "no")]

    bands = [result(one)["highest_band"] for one in changes]
    assert bands == ["extreme", "variable"]
    for change in changes:
        assert change.outcome is None
        assert change.revised == ()
        assert Counter(one.kind for one in change.added)["assessment"] == 1
        assert [one.name for one in change.events] == ["risk.assessment_recorded"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (filled_in(answers={}), "/answers/prior_domestic_assault"),
        (filled_in(answered={"confinement": "perhaps"}), "/answers/confinement"),
        (filled_in(answered={"colour": "yes"}), "/answers/colour"),
        (filled_in(preconditions={}), "/preconditions/male_perpetrator"),
        (filled_in(norm_set="1999"), "/norm_set"),
        (filled_in(judgement="high"), "/judgement"),
        (filled_in(instrument="sara"), "/instrument"),
        (filled_in(override={"band": "score_0", "ground": "ik"}), "/override/band"),
        (filled_in(override={"band": "purple", "ground": "ik"}), "/override/band"),
        (filled_in("b-safer-v2", "absent"), "/judgement"),
    ],
)
def test_what_does_not_fit_the_instrument_is_refused_by_its_place(
    body: dict[str, Any], pointer: str
) -> None:
    """A form that is half filled in or lowers the danger is no assessment."""
    refused = refusal(lambda: recorded(body))

    assert refused.code == "validation_failed"
    assert pointer in [one["pointer"] for one in refused.members["errors"]]


def test_a_template_cannot_be_filled_in() -> None:
    """An instrument without items is no ground for anything."""
    refused = refusal(lambda: recorded(filled_in("rti-template")))

    assert (refused.code, refused.members["reason"]) == (
        "precondition_unmet",
        "instrument_is_template",
    )


def test_an_assessment_is_about_members_of_the_client_system() -> None:
    """Nobody is assessed who does not belong to the case."""
    stranger = str(fragment(99, "assessment").id)

    refused = refusal(lambda: recorded(filled_in(subjects=[VICTIM, stranger])))

    assert (refused.code, refused.members) == ("unknown_subject", {"subjects": [stranger]})


def test_only_a_partner_that_takes_part_assesses() -> None:
    """An assessment has a source that answers for it."""
    by_none = refusal(lambda: recorded(filled_in(), partner=None))
    by_outsider = refusal(lambda: recorded(filled_in(), partner="opgroeien"))

    assert by_none.code == "not_allowed"
    assert by_outsider.members["reason"] == "not_participant"


def answers_of(of: str) -> list[Any]:
    """Two answers of an assessment."""
    return [
        fragment(number, "assessment_answer", source="caw", codes={"assessment": of})
        for number in (70, 71)
    ]


def test_a_recall_takes_every_answer_back_and_no_other() -> None:
    """What was entrusted with a form goes with the form; another form stays."""
    mine, other = answers_of(assessment().id), answers_of(fragment(61, "assessment").id)
    request = command("recall_assessment", if_match=1)

    change = recall_assessment(request, assessment(), [*mine, *other])

    assert [one.id for one in change.revised] == [assessment().id, *(one.id for one in mine)]
    assert {(one.status, one.version, one.content) for one in change.revised} == {
        ("recalled", 2, None)
    }
    assert (change.about, change.state) == (change.revised[0], "recalled")
    assert [(one.name, one.data["fragment"]) for one in change.events] == [
        ("risk.assessment_recalled", assessment().id)
    ]


@pytest.mark.parametrize(
    ("changes", "recorded", "code"),
    [
        ({"partner": "parket", "if_match": 1}, {}, "not_allowed"),
        ({"if_match": 1}, {"status": "recalled"}, "already_recalled"),
        ({}, {}, "precondition_required"),
        ({"if_match": 2}, {}, "precondition_failed"),
    ],
)
def test_only_the_source_recalls_and_only_what_it_has_read(
    changes: dict[str, Any], recorded: dict[str, Any], code: str
) -> None:
    """A partner takes back what it entrusted itself, knowingly, and once."""
    request = command("recall_assessment", **changes)

    refused = refusal(lambda: recall_assessment(request, replace(assessment(), **recorded), []))

    assert refused.code == code
