"""The published instruments say what their authors published."""

from typing import Any

import pytest

from contracts.vocabulary import CATEGORIES
from services.risk.domain.instrument import Label
from tests.unit.risk.instruments import (
    answers,
    catalogue,
    ends,
    everybody,
    file_of,
    published,
    refusal,
    scored,
)

USABLE = ("b-safer-v2", "danger-assessment", "dash-ric", "odara")

DANGER_POINTS = {
    "escalation": 1,
    "firearm": 5,
    "left_partner": 4,
    "unemployed": 4,
    "weapon": 3,
    "death_threat": 3,
    "evaded_arrest": 3,
    "stepchild": 2,
    "forced_sex": 2,
    "strangulation": 1,
    "drugs": 1,
    "alcohol": 1,
    "daily_control": 1,
    "violent_jealousy": 1,
    "beaten_while_pregnant": 1,
    "perpetrator_suicidality": 1,
    "threats_to_children": 1,
    "believed_able_to_kill": 1,
    "stalking": 1,
    "victim_suicidality": 0,
}


def first_yes(name: str, number: int) -> dict[str, str]:
    """Yes to the first so many items, no to the rest."""
    instrument = published(name)
    return answers(instrument, "no", **{one.id: "yes" for one in instrument.items[:number]})


def danger(points: int) -> dict[str, str]:
    """Answers to the Danger Assessment that make so many points."""
    given = answers(published("danger-assessment"), "no")
    for name, worth in sorted(DANGER_POINTS.items(), key=lambda one: -one[1]):
        if 0 < worth <= points:
            given[name] = "yes"
            points -= worth
    assert points == 0
    return given


def test_the_catalogue_holds_the_five_that_were_agreed() -> None:
    """A team finds the instruments that its training was about, and the template for its own."""
    found = catalogue().instruments.values()

    assert {(one.id, one.template, len(one.items)) for one in found} == {
        ("dash-ric", False, 24),
        ("danger-assessment", False, 20),
        ("odara", False, 13),
        ("b-safer-v2", False, 30),
        ("rti-template", True, 0),
    }


@pytest.mark.parametrize("name", [*USABLE, "rti-template"])
def test_no_licence_passes_for_checked(name: str) -> None:
    """Nobody takes an instrument into practice believing that its terms were looked at."""
    licence = published(name).licence

    assert not licence.checked
    assert licence.note.en.startswith("To be checked before production use")


def labels(value: Any) -> list[Label]:
    """Every label in an instrument's file."""
    if isinstance(value, dict):
        if set(value) == {"nl", "fr", "en"}:
            return [Label(**value)]
        return [one for inner in value.values() for one in labels(inner)]
    return [one for inner in value for one in labels(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("name", USABLE)
def test_every_construct_is_there_in_three_languages(name: str) -> None:
    """A French-speaking professional does not read Dutch or English in the middle of a list."""
    content = file_of(name)

    for section in content["sections"]:
        for label in labels(section["items"]):
            assert len({label.nl, label.fr, label.en}) == 3 or label.en == "Stalking"
    assert len(labels(content)) > 30


@pytest.mark.parametrize("name", USABLE)
def test_every_answer_becomes_a_fragment_of_a_known_category(name: str) -> None:
    """Policy has a level for each answer; an address is never asked for by an instrument."""
    categories = {one.category for one in published(name).items}

    assert categories <= set(CATEGORIES) - {"whereabouts", "joint"}
    assert len(categories) > 3


@pytest.mark.parametrize(
    ("number", "band"),
    [
        (0, None),
        (1, "standard"),
        (9, "standard"),
        (10, "medium"),
        (13, "medium"),
        (14, "high"),
        (24, "high"),
    ],
)
def test_dash_has_its_bands(number: int, band: str | None) -> None:
    """Fourteen indicators are high risk, thirteen are not; of none nothing was published."""
    assessed = scored(published("dash-ric"), first_yes("dash-ric", number))

    assert (assessed.points.lowest, assessed.points.highest) == (number, number)
    assert ends(assessed.bands) == (band, band)


def test_danger_assessment_weighs_its_items_as_published() -> None:
    """A firearm weighs five times as much as control; her own suicidality counts nothing."""
    instrument = published("danger-assessment")
    nothing = answers(instrument, "no")

    for name, worth in DANGER_POINTS.items():
        points = scored(instrument, nothing | {name: "yes"}).points
        assert (name, points.lowest, points.highest) == (name, worth, worth)
    assert scored(instrument, answers(instrument, "yes")).points.lowest == 37


def test_never_having_lived_together_takes_three_points_off() -> None:
    """A woman who never lived with him is not scored as one who left him, nor as one who stayed."""
    instrument = published("danger-assessment")
    alone = scored(instrument, answers(instrument, "no", left_partner="never_lived_together"))
    weapon = answers(instrument, "no", left_partner="never_lived_together", firearm="yes")

    assert (alone.points.lowest, ends(alone.bands)) == (-3, ("variable", "variable"))
    assert scored(instrument, weapon).points.lowest == 2


@pytest.mark.parametrize(
    ("points", "band"),
    [
        (0, "variable"),
        (7, "variable"),
        (8, "increased"),
        (13, "increased"),
        (14, "severe"),
        (17, "severe"),
        (18, "extreme"),
        (37, "extreme"),
    ],
)
def test_danger_assessment_has_its_bands(points: int, band: str) -> None:
    """Eighteen points are extreme danger; seventeen are not."""
    assessed = scored(published("danger-assessment"), danger(points))

    assert assessed.points.lowest == points
    assert ends(assessed.bands) == (band, band)


def test_not_knowing_whether_she_left_spans_from_minus_three_to_four() -> None:
    """Seven points apart: the table sees what asking one question would show."""
    instrument = published("danger-assessment")
    known = {"firearm": "yes", "unemployed": "yes", "left_partner": "unknown"}

    assessed = scored(instrument, answers(instrument, "no", **known))

    assert (assessed.points.lowest, assessed.points.highest) == (6, 13)
    assert ends(assessed.bands) == ("variable", "increased")
    assert assessed.unknown == ("left_partner",)


@pytest.mark.parametrize(
    ("norm_set", "rates"),
    [
        ("construction-2004", (5, 10, 20, 27, 41, 59, 59, 70, 70)),
        ("2010", (7, 17, 22, 34, 39, 53, 53, 74, 74)),
    ],
)
def test_odara_has_both_its_norm_sets(norm_set: str, rates: tuple[int, ...]) -> None:
    """The same score says something else by the older norms: which ones were used is on record."""
    for number, rate in zip((0, 1, 2, 3, 4, 5, 6, 7, 13), rates, strict=True):
        assessed = scored(published("odara"), first_yes("odara", number), norm_set=norm_set)
        lowest, highest = assessed.bands.lowest, assessed.bands.highest
        assert assessed.norms.version == norm_set
        assert (number, lowest.rate_percent, highest.rate_percent) == (number, rate, rate)
        assert lowest.first <= number <= lowest.last
    assert [(one.first, one.last) for one in assessed.norms.bands] == [
        (0, 0),
        (1, 1),
        (2, 2),
        (3, 3),
        (4, 4),
        (5, 6),
        (7, 13),
    ]


def test_odara_is_read_by_the_newer_norms_by_default() -> None:
    """Two teams that say nothing about norms compare the same thing."""
    assessed = scored(published("odara"), first_yes("odara", 2))

    assert (assessed.norms.version, assessed.bands.lowest.rate_percent) == ("2010", 22)


def test_odara_is_about_men_who_assaulted_a_partner_they_lived_with() -> None:
    """No percentage of a group of men is put on somebody who does not belong to that group."""
    instrument = published("odara")

    assert list(everybody(instrument)) == ["male_perpetrator", "female_partner", "index_assault"]


def test_b_safer_asks_fifteen_factors_for_the_past_and_for_now() -> None:
    """What was and what is are two questions, and nothing is added up."""
    instrument = published("b-safer-v2")
    names = [item.id for item in instrument.items]
    assessed = scored(instrument, answers(instrument, "present"), judgement="moderate")

    assert len({name.partition(".")[0] for name in names}) == 15
    assert {name.partition(".")[2] for name in names} == {"past", "recent"}
    assert [len(section.items) for section in instrument.sections] == [10, 10, 10]
    assert {one.id for one in instrument.items[0].answers} == {
        "absent",
        "possible",
        "present",
        "unknown",
    }
    assert assessed.points is None
    assert ends(assessed.bands) == ("moderate", "moderate")


def test_the_template_invents_nothing_and_cannot_be_filled_in() -> None:
    """Nobody believes to have used the region's instrument when its items are not here."""
    template = published("rti-template")
    refused = refusal(lambda: scored(template, {}))

    assert (template.items, template.preconditions, template.scoring) == ((), (), None)
    assert (refused.code, refused.members["reason"]) == (
        "precondition_unmet",
        "instrument_is_template",
    )
