"""An instrument that cannot be read without a doubt is refused, with the place of the fault."""

from collections.abc import Callable
from typing import Any

import pytest

from services.risk.domain.catalogue import InstrumentUnfit, make_catalogue, read_instrument
from tests.unit.risk.instruments import answer, band, counted, item, published, small, text

Content = dict[str, Any]
Change = Callable[[Content], object]


def norms(content: Content) -> Content:
    """The only norm set of a small instrument."""
    found: Content = content["scoring"]["norm_sets"][0]
    return found


def items(content: Content, section: int = 0) -> list[Content]:
    """The items of a section."""
    found: list[Content] = content["sections"][section]["items"]
    return found


def rule(name: str, **count: Any) -> list[Content]:
    """One rule with one count."""
    return [{"band": name, "any_of": [{"at_least": 1} | count]}]


def faults(content: Content) -> tuple[str, ...]:
    """What is wrong with the content of a file."""
    with pytest.raises(InstrumentUnfit) as caught:
        read_instrument(content)
    return caught.value.faults


def bands(*rows: Content) -> Change:
    """A change of the bands."""
    return lambda content: norms(content).update(bands=list(rows))


LOW, MIDDLE, HIGH = band("low", None, 0), band("middle", 1, 2), band("high", 3, None)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda c: items(c).append(item("d")),
            "/sections/items: d is there twice",
        ),
        (
            lambda c: c["sections"].append(c["sections"][0] | {"items": [item("e")]}),
            "/sections: first is there twice",
        ),
        (
            lambda c: c["preconditions"].append(c["preconditions"][0]),
            "/preconditions: fits is there twice",
        ),
        (
            lambda c: c["preconditions"][0].update(id="support"),
            "/preconditions: support is an item too",
        ),
        (
            lambda c: c["answer_sets"]["yes_no"].append(answer("yes", 3)),
            "/answer_sets/yes_no: yes is there twice",
        ),
        (
            lambda c: c["scoring"]["norm_sets"].append(norms(c)),
            "/scoring/norm_sets: 1 is there twice",
        ),
        (
            bands(LOW, MIDDLE, HIGH, HIGH),
            "/scoring/norm_sets/0/bands: high is there twice",
        ),
        (
            lambda c: items(c)[1].update(answers="scale"),
            "/sections/0/items/1/answers: no answer set scale",
        ),
        (
            lambda c: items(c)[1].update(red=["unknown"]),
            "/sections/0/items/1/red: unknown is no answer that can be red",
        ),
        (
            lambda c: items(c)[1].update(red=["perhaps"]),
            "/sections/0/items/1/red: perhaps is no answer that can be red",
        ),
        (
            lambda c: c["scoring"].update(current="2"),
            "/scoring/current: no norm set 2",
        ),
        (
            lambda c: norms(c).update(sources=["hearsay"]),
            "/scoring/norm_sets/0/sources: no source hearsay",
        ),
        (
            lambda c: norms(c).update(rules=rule("purple", red=True)),
            "/scoring/norm_sets/0/rules/0/band: no band purple",
        ),
        (
            lambda c: norms(c).update(rules=rule("high", section="third", answers=["yes"])),
            "/scoring/norm_sets/0/rules/0/any_of/0/section: no section third",
        ),
        (
            lambda c: norms(c).update(rules=rule("high", items=["a", "z"], answers=["yes"])),
            "/scoring/norm_sets/0/rules/0/any_of/0/items: no item z",
        ),
        (
            lambda c: norms(c).update(rules=rule("high", items=["a"], answers=["perhaps"])),
            "/scoring/norm_sets/0/rules/0/any_of/0/answers: perhaps is no answer that can be"
            " counted there",
        ),
        (
            lambda c: norms(c).update(rules=rule("high", items=["a"], answers=["unknown"])),
            "/scoring/norm_sets/0/rules/0/any_of/0/answers: unknown is no answer that can be"
            " counted there",
        ),
        (
            lambda c: norms(c).update(rules=rule("high", red=True, at_least=2)),
            "/scoring/norm_sets/0/rules/0/any_of/0: 1 items can never make 2",
        ),
        (
            lambda c: c["answer_sets"]["yes_no"].__setitem__(0, answer("yes", 1)),
            "/sections/items: c: no answer is worth its weight",
        ),
    ],
)
def test_names_that_lead_nowhere_are_refused(change: Change, fault: str) -> None:
    """A typing error in a file would otherwise change how grave a family's danger looks."""
    content = small()
    change(content)

    assert fault in faults(content)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (bands(LOW, band("middle", 2, 2), HIGH), "middle does not begin where low ends"),
        (bands(LOW, band("middle", 0, 2), HIGH), "middle does not begin where low ends"),
        (bands(LOW, band("middle", 1, None), HIGH), "middle and high have no bound between them"),
        (
            bands(LOW, MIDDLE, band("high", None, None)),
            "middle and high have no bound between them",
        ),
        (bands(band("low", -1, 0), MIDDLE, HIGH), "low begins at -1, and the answers can make -2"),
        (bands(LOW, MIDDLE, band("high", 3, 4)), "high ends at 4, and the answers can make 5"),
        (bands(LOW, band("middle", 1, 40), band("high", 41, None)), "no answers lead to high"),
        (bands(band("low", None, -9), band("middle", -8, 2), HIGH), "no answers lead to low"),
        (bands(LOW, band("middle", 1, 0), band("high", 1, None)), "middle ends before it begins"),
        (lambda c: norms(c).update(beneath=text("none")), "nothing is beneath low"),
    ],
)
def test_bands_leave_no_sum_out_and_none_in_two(change: Change, fault: str) -> None:
    """No score falls between two bands, and none is called both medium and high."""
    content = small()
    change(content)

    assert faults(content) == (f"/scoring/norm_sets/0/bands: {fault}",)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda c: norms(c)["bands"][0].update(rate_percent=5),
            "/scoring/norm_sets/0/bands: some have a rate and some have none",
        ),
        (
            lambda c: [one.update(rate_percent=5) for one in norms(c)["bands"]],
            "/scoring/norm_sets/0/rate_of: rates are given with what they are rates of, and only"
            " then",
        ),
        (
            lambda c: norms(c).update(rate_of=text("whom")),
            "/scoring/norm_sets/0/rate_of: rates are given with what they are rates of, and only"
            " then",
        ),
    ],
)
def test_a_percentage_says_what_it_is_of(change: Change, fault: str) -> None:
    """A bare number of percents would be read as this person's own chance."""
    content = small()
    change(content)

    assert fault in faults(content)


def test_without_points_every_band_has_a_rule() -> None:
    """A level that nothing leads to makes a family look safer than the instrument meant."""
    content = counted()
    norms(content)["rules"].pop()

    assert faults(content) == ("/scoring/norm_sets/0/bands: no rule leads to high",)


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        (small(), rule("high", items=["support"], answers=["yes"])),
        (
            counted(),
            [
                *rule("middle", items=["a"], answers=["yes"]),
                *rule("high", items=["a"], answers=["no"]),
            ],
        ),
    ],
)
def test_an_item_of_which_no_answer_is_lowest_is_refused(
    content: Content, rules: list[Content]
) -> None:
    """The lowest band of an unknown answer would be a guess."""
    norms(content)["rules"] = rules

    name = rules[0]["any_of"][0]["items"][0]
    reply = f"/scoring/norm_sets/0/rules: {name} has no answer that is lowest in points and rules"
    assert faults(content) == (reply,)


def test_all_faults_of_a_file_are_named_together() -> None:
    """Whoever fills in a template mends it in one go."""
    content = small()
    items(content)[0]["answers"] = "scale"
    content["scoring"]["current"] = "2"

    assert faults(content) == (
        "/sections/0/items/0/answers: no answer set scale",
        "/scoring/current: no norm set 2",
    )


def test_a_construct_has_one_category_in_all_instruments() -> None:
    """A partner is not shown through one instrument what is withheld through another."""
    content = small()
    items(content)[0].update(construct="strangulation", category="physical_health")
    instruments = [published("odara"), published("dash-ric"), read_instrument(content)]

    with pytest.raises(InstrumentUnfit) as caught:
        make_catalogue(instruments)

    assert caught.value.faults == (
        "small: a: strangulation is physical_health here and incidents in dash-ric",
    )


def test_an_id_names_one_instrument() -> None:
    """Nobody's file silently takes the place of published norms."""
    with pytest.raises(InstrumentUnfit) as caught:
        make_catalogue([published("odara"), published("odara")])

    assert caught.value.faults == ("odara: there are two of this id",)
