"""What answers say, and what they never say."""

import dataclasses
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from services.risk.domain.catalogue import InstrumentUnfit, read_instrument
from services.risk.domain.instrument import UNKNOWN, Instrument
from services.risk.domain.scoring import Assessed, override, score
from tests.unit.risk.instruments import (
    answers,
    counted,
    ends,
    everybody,
    published,
    refusal,
    scored,
    small,
)

MIXED_RULES = [
    {"band": "high", "any_of": [{"section": "first", "answers": ["yes"], "at_least": 3}]},
    {"band": "middle", "any_of": [{"red": True, "at_least": 1}]},
]
unhurried = settings(
    deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
"""A busy machine is no fault of a rule."""

SUM = read_instrument(small())
MIXED = read_instrument(small(rules=MIXED_RULES) | {"id": "mixed"})
COUNTED = read_instrument(counted())
READ = [published(name) for name in ("dash-ric", "danger-assessment", "odara")] + [
    SUM,
    MIXED,
    COUNTED,
]


def ranks(assessed: Assessed) -> tuple[int, int]:
    """The places of the lowest and the highest band of the result."""
    lowest, highest = ends(assessed.result) or (None, None)
    return assessed.norms.rank(lowest), assessed.norms.rank(highest)


@st.composite
def filled_in(draw: st.DrawFn) -> tuple[Instrument, dict[str, str]]:
    """An instrument with any answers, unknown among them."""
    instrument = draw(st.sampled_from(READ))
    chosen = {
        item.id: draw(st.sampled_from([one.id for one in item.answers]))
        for item in instrument.items
    }
    return instrument, chosen


def completions(instrument: Instrument, given_answers: dict[str, str]) -> list[dict[str, str]]:
    """Every way in which the unknown answers may turn out."""
    meant = [
        [(item.id, one.id) for one in item.meant_by(given_answers[item.id])]
        for item in instrument.items
    ]
    return [dict(one) for one in itertools.product(*meant)]


@unhurried
@given(filled_in(), st.data())
def test_what_an_unknown_turns_out_to_be_lies_between_what_was_returned(
    case: tuple[Instrument, dict[str, str]], data: st.DataObject
) -> None:
    """A team is never shown a band that an answer found later could go outside of."""
    instrument, reply = case
    name = data.draw(st.sampled_from(sorted(reply)))
    before = scored(instrument, reply | {name: UNKNOWN})
    item = next(one for one in instrument.items if one.id == name)

    possible = item.meant_by(UNKNOWN)
    assert possible
    for one in possible:
        after = scored(instrument, reply | {name: one.id})
        assert (before.points is None) == (after.points is None)
        assert ranks(before)[0] <= ranks(after)[0] <= ranks(after)[1] <= ranks(before)[1]
        if before.points is not None and after.points is not None:
            assert before.points.lowest <= after.points.lowest
            assert after.points.highest <= before.points.highest


@st.composite
def any_instrument(draw: st.DrawFn) -> Instrument:
    """A small instrument with any weights, red answers and rules with which it can be read."""
    content = draw(st.sampled_from([small, counted]))()
    items = [one for section in content["sections"] for one in section["items"]]
    for one in items:
        one["red"] = draw(st.sampled_from([["yes"], ["no"]]))
        if content["id"] == "small":
            one["weight"] = draw(st.integers(-2, 3))
    names = st.lists(st.sampled_from([one["id"] for one in items]), min_size=1, unique=True)
    said = st.sampled_from([["yes"], ["no"], ["yes", "no"]])
    more = st.integers(1, 3)
    counts = st.one_of(
        st.fixed_dictionaries({"items": names, "answers": said, "at_least": more}),
        st.fixed_dictionaries({"section": st.just("second"), "answers": said, "at_least": more}),
        st.fixed_dictionaries({"red": st.just(True), "at_least": more}),
    )
    rules = [
        {"band": name, "any_of": draw(st.lists(counts, min_size=1, max_size=2))}
        for name in ("middle", "high")
    ]
    content["scoring"]["norm_sets"][0]["rules"] = rules
    try:
        return read_instrument(content)
    except InstrumentUnfit:
        reject()


@unhurried
@given(st.one_of(st.sampled_from([SUM, MIXED, COUNTED]), any_instrument()), st.data())
def test_lowest_and_highest_are_reached_and_no_guess(
    instrument: Instrument, data: st.DataObject
) -> None:
    """The span is as wide as the unknowns make it, and no wider: nobody is alarmed in vain."""
    choices = st.sampled_from(["yes", "no", UNKNOWN])
    reply = {item.id: data.draw(choices) for item in instrument.items}
    whole = [ranks(scored(instrument, one)) for one in completions(instrument, reply)]

    assert all(lowest == highest for lowest, highest in whole)
    assert ranks(scored(instrument, reply)) == (min(whole)[0], max(whole)[1])


@unhurried
@given(filled_in(), st.randoms(use_true_random=False))
def test_the_order_of_answering_does_not_matter(
    case: tuple[Instrument, dict[str, str]], random: Any
) -> None:
    """A form filled in from the back has the same result."""
    instrument, reply = case
    rows = list(reply.items())
    random.shuffle(rows)

    assert scored(instrument, dict(rows)) == scored(instrument, reply)


@unhurried
@given(filled_in(), st.data())
def test_a_professional_can_only_raise(
    case: tuple[Instrument, dict[str, str]], data: st.DataObject
) -> None:
    """Nobody talks a danger down: neither end of the result ever sinks."""
    instrument, reply = case
    assessed = scored(instrument, reply)
    wanted = data.draw(st.lists(st.sampled_from([b.id for b in assessed.norms.bands]), max_size=4))

    for band in wanted:
        before = ranks(assessed)
        if assessed.norms.rank(band) > before[0]:
            assessed = override(assessed, band, "grond")
            assert ranks(assessed) == (
                assessed.norms.rank(band),
                max(before[1], assessed.norms.rank(band)),
            )
        else:
            refused = refusal(lambda chosen=band, now=assessed: override(now, chosen, "grond"))
            assert refused.members["errors"][0]["pointer"] == "/override/band"
    assert assessed.bands == scored(instrument, reply).bands


@unhurried
@given(filled_in(), st.sampled_from(["no", UNKNOWN]), st.data())
def test_outside_the_population_there_is_no_band(
    case: tuple[Instrument, dict[str, str]], said: str, data: st.DataObject
) -> None:
    """A yardstick made for one group is not laid along somebody who may not belong to it."""
    instrument, reply = case
    name = data.draw(st.sampled_from([one.id for one in instrument.preconditions]))

    assessed = score(instrument, everybody(instrument) | {name: said}, reply)

    assert assessed.bands is None
    assert assessed.result is None
    assert assessed.population == ("outside" if said == "no" else "unknown")
    refused = refusal(lambda: override(assessed, assessed.norms.bands[-1].id, "grond"))
    assert (refused.code, refused.members) == ("precondition_unmet", {"reason": "no_band"})


def test_one_no_outweighs_what_is_unknown_of_the_population() -> None:
    """What is certain is said: the person is outside, whatever else is found out."""
    odara = published("odara")
    known = {"male_perpetrator": "no", "female_partner": "unknown", "index_assault": "yes"}

    assert score(odara, known, answers(odara, "no")).population == "outside"


def test_all_unknown_is_not_all_no() -> None:
    """A form about which nobody knows anything does not read as safe."""
    dash = scored(published("dash-ric"), answers(published("dash-ric"), UNKNOWN))

    assert ends(dash.bands) == (None, "high")
    assert (dash.points.lowest, dash.points.highest) == (0, 24)
    assert len(dash.unknown) == 24


def test_one_unknown_at_an_edge_shows_both_bands() -> None:
    """Thirteen indicators and one that is not known: medium, and perhaps high."""
    dash = published("dash-ric")
    names = [item.id for item in dash.items]
    reply = answers(dash, "no", **dict.fromkeys(names[:13], "yes"), **{names[20]: UNKNOWN})

    assessed = scored(dash, reply)

    assert ends(assessed.bands) == ("medium", "high")
    assert assessed.unknown == (names[20],)


@pytest.mark.parametrize(
    ("support", "bands"),
    [("yes", ("low", "low")), ("no", ("middle", "middle")), (UNKNOWN, ("low", "middle"))],
)
def test_what_protects_weighs_against_what_endangers(support: str, bands: tuple[str, str]) -> None:
    """A negative weight lowers, and not knowing of it shows the span."""
    reply = answers(SUM, "no", a="yes", b="yes", support=support)

    assert ends(scored(SUM, reply).bands) == bands


def test_red_answers_are_named_and_so_are_those_that_might_be() -> None:
    """What asks for attention by itself is seen beside the score, not lost in it."""
    assert scored(SUM, answers(SUM, "yes")).red == ("b",)
    assert scored(SUM, answers(SUM, "no")).red == ()
    unsure = scored(SUM, answers(SUM, UNKNOWN))
    assert (unsure.red, unsure.red_possible) == ((), ("b",))


@pytest.mark.parametrize(
    ("given", "bands"),
    [
        ({}, ("low", "low")),
        ({"a": "yes", "c": "yes"}, ("middle", "middle")),
        ({"a": "yes", "c": UNKNOWN}, ("low", "middle")),
        ({"b": "yes"}, ("high", "high")),
        ({"b": UNKNOWN}, ("low", "high")),
        ({"a": "yes", "d": "yes"}, ("high", "high")),
        ({"a": "yes", "c": "yes", "d": UNKNOWN}, ("middle", "high")),
    ],
)
def test_rules_count_sections_red_answers_and_either_or(
    given: dict[str, str], bands: tuple[str, str]
) -> None:
    """A region's instrument that counts instead of adding is read as it was agreed."""
    assessed = scored(COUNTED, answers(COUNTED, "no", **given))

    assert ends(assessed.bands) == bands
    assert assessed.points is None


def test_a_rule_raises_what_the_points_say_and_never_lowers_it() -> None:
    """One red answer is enough for more than the points would give."""
    assert ends(scored(SUM, answers(SUM, "no", b="yes", support="yes")).bands) == ("low", "low")
    assert ends(scored(MIXED, answers(MIXED, "no", b="yes", support="yes")).bands) == (
        "middle",
        "middle",
    )
    high = answers(MIXED, "no", a="yes", c="yes", b="yes")
    assert ends(scored(MIXED, high).bands) == ("high", "high")


def test_every_fault_of_a_form_is_named_at_once() -> None:
    """A professional corrects a form once, not line by line; a gap is never taken for no."""
    reply = answers(SUM, "yes") | {"a": "perhaps", "colour/blue": "yes"}
    del reply["c"]

    refused = refusal(lambda: score(SUM, {"fits": "maybe"}, reply))

    assert refused.code == "validation_failed"
    assert refused.members["errors"] == [
        {"pointer": "/preconditions/fits", "code": "choice", "choices": ["yes", "no", "unknown"]},
        {"pointer": "/answers/a", "code": "choice", "choices": ["yes", "no", "unknown"]},
        {"pointer": "/answers/c", "code": "missing"},
        {"pointer": "/answers/colour~1blue", "code": "unknown"},
    ]
    missing = refusal(lambda: score(SUM, {}, answers(SUM, "yes")))
    assert missing.members["errors"] == [{"pointer": "/preconditions/fits", "code": "missing"}]


def test_a_norm_set_that_was_never_published_is_refused() -> None:
    """No percentage is given from norms that do not exist."""
    odara = published("odara")

    refused = refusal(lambda: scored(odara, answers(odara, "no"), norm_set="2019"))

    assert refused.members["errors"] == [
        {"pointer": "/norm_set", "code": "choice", "choices": ["construction-2004", "2010"]}
    ]


@pytest.mark.parametrize("ground", ["", "  \n"])
def test_an_override_needs_a_ground(ground: str) -> None:
    """Whoever raises the alarm says why, so that others can weigh it."""
    assessed = scored(SUM, answers(SUM, "no"))

    refused = refusal(lambda: override(assessed, "high", ground))

    assert [one["pointer"] for one in refused.members["errors"]] == ["/override/ground"]


def test_an_override_names_a_band_of_the_norms() -> None:
    """A level that the instrument does not have means nothing."""
    assessed = scored(SUM, answers(SUM, "no"))

    refused = refusal(lambda: override(assessed, "purple", "grond"))

    assert refused.members["errors"] == [
        {"pointer": "/override/band", "code": "choice", "choices": ["low", "middle", "high"]}
    ]


def test_an_override_stands_beside_what_the_answers_say() -> None:
    """Later readers see both: what the instrument said and what the professional made of it."""
    assessed = override(scored(SUM, answers(SUM, "no")), "high", " ernstige vrees ")

    assert ends(assessed.bands) == ("low", "low")
    assert ends(assessed.result) == ("high", "high")
    assert (assessed.override.band.id, assessed.override.ground) == ("high", " ernstige vrees ")


def test_of_no_indicator_at_all_a_professional_may_still_be_worried() -> None:
    """Where nothing was published, every band is graver than nothing."""
    dash = published("dash-ric")
    assessed = override(scored(dash, answers(dash, "no")), "standard", "grond")

    assert ends(assessed.result) == ("standard", "standard")


@pytest.mark.parametrize("judgement", ["low", "moderate", "high"])
def test_a_structured_judgement_is_the_professionals_own(judgement: str) -> None:
    """Fifteen factors present do not make a level: a person says it."""
    b_safer = published("b-safer-v2")
    reply = answers(b_safer, "present", **{"fear.recent": UNKNOWN})

    assessed = scored(b_safer, reply, judgement=judgement)

    assert ends(assessed.bands) == (judgement, judgement)
    assert (assessed.points, assessed.unknown) == (None, ("fear.recent",))


@pytest.mark.parametrize(
    ("judgement", "fault"),
    [
        (None, {"code": "missing"}),
        ("extreme", {"code": "choice", "choices": ["low", "moderate", "high"]}),
    ],
)
def test_a_structured_judgement_needs_a_level_that_exists(
    judgement: str | None, fault: dict[str, Any]
) -> None:
    """An assessment without its conclusion is not passed off as one."""
    b_safer = published("b-safer-v2")

    refused = refusal(lambda: scored(b_safer, answers(b_safer, "absent"), judgement=judgement))

    assert refused.members["errors"] == [{"pointer": "/judgement", **fault}]


def test_no_judgement_of_somebody_whom_the_instrument_is_not_about() -> None:
    """Partner violence is judged by it, not the violence of a son against his father."""
    b_safer = published("b-safer-v2")
    reply = answers(b_safer, "absent")

    refused = refusal(lambda: score(b_safer, {"partner_violence": "no"}, reply, judgement="low"))

    assert refused.code == "precondition_unmet"
    assert refused.members == {"reason": "outside_population"}
    assert score(b_safer, {"partner_violence": "no"}, reply).bands is None


def test_what_is_added_up_is_not_judged_besides() -> None:
    """A level chosen by hand cannot stand in for a score; to raise one takes a ground."""
    refused = refusal(lambda: scored(SUM, answers(SUM, "no"), judgement="low"))

    assert refused.members["errors"] == [{"pointer": "/judgement", "code": "unknown"}]


def test_a_score_decides_nothing() -> None:
    """Whether a family is helped is for people to say: nothing that is returned is a conclusion."""
    assert {field.name for field in dataclasses.fields(Assessed)} == {
        "instrument",
        "version",
        "norms",
        "population",
        "points",
        "bands",
        "unknown",
        "red",
        "red_possible",
        "override",
    }
