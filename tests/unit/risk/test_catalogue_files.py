"""Files become a catalogue when risk starts, or it does not start."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chassis.runtime import Runtime
from contracts.vocabulary import CATEGORIES, LANGUAGES
from services.risk.catalogue_files import (
    INSTRUMENTS,
    SCHEMA,
    CatalogueRefused,
    load_catalogue,
    open_catalogue,
)
from services.risk.domain.scoring import override
from tests.unit.risk.instruments import (
    answer,
    answers,
    band,
    counted,
    ends,
    file_of,
    item,
    put,
    scored,
    small,
    text,
)

Content = dict[str, Any]
Change = Callable[[Content], object]


def faults(*folders: Path) -> tuple[str, ...]:
    """What is wrong with the files of these folders."""
    with pytest.raises(CatalogueRefused) as caught:
        load_catalogue(folders)
    return caught.value.faults


def norms(content: Content) -> Content:
    """The only norm set of a small instrument."""
    found: Content = content["scoring"]["norm_sets"][0]
    return found


def first_item(content: Content) -> Content:
    """The first item of a small instrument."""
    found: Content = content["sections"][0]["items"][0]
    return found


def yes(content: Content) -> Content:
    """The first answer of a small instrument."""
    found: Content = content["answer_sets"]["yes_no"][0]
    return found


def rule(**count: Any) -> list[Content]:
    """One rule with one count."""
    return [{"band": "high", "any_of": [{"at_least": 1} | count]}]


BAD: dict[str, tuple[Change, str]] = {
    "a member too many": (lambda c: c.update(colour="blue"), "/: Additional properties"),
    "a member missing": (lambda c: c.pop("licence"), "/: 'licence' is a required property"),
    "an id with a slash": (lambda c: c.update(id="../small"), "/id: '../small' does not match"),
    "a status of its own": (lambda c: c.update(status="draft"), "/status: 'draft' is not one of"),
    "a language missing": (lambda c: c["title"].pop("fr"), "/title: 'fr' is a required"),
    "a language too many": (lambda c: c["title"].update(de="x"), "/title: Additional"),
    "an empty text": (lambda c: c["title"].update(nl=""), "/title/nl: '' does not match"),
    "no source": (lambda c: c["provenance"].update(sources={}), "/provenance/sources: "),
    "a licence without a word": (lambda c: c["licence"].pop("note"), "/licence: 'note' is a"),
    "a licence that is perhaps checked": (
        lambda c: c["licence"].update(checked="perhaps"),
        "/licence/checked: 'perhaps' is not of type 'boolean'",
    ),
    "no population": (lambda c: c.update(preconditions=[]), "/preconditions: "),
    "a precondition without category": (
        lambda c: c["preconditions"][0].pop("category"),
        "/preconditions/0: 'category' is a required property",
    ),
    "a category of its own": (
        lambda c: first_item(c).update(category="gossip"),
        "/sections/0/items/0/category: 'gossip' is not one of",
    ),
    "an item about an address": (
        lambda c: first_item(c).update(category="whereabouts"),
        "/sections/0/items/0/category: 'whereabouts' is not one of",
    ),
    "a weight that is no number": (
        lambda c: first_item(c).update(weight="5"),
        "/sections/0/items/0/weight: '5' is not of type 'integer'",
    ),
    "an item without construct": (
        lambda c: first_item(c).pop("construct"),
        "/sections/0/items/0: 'construct' is a required property",
    ),
    "the published wording": (
        lambda c: first_item(c).update(question="…?"),
        "/sections/0/items/0: Additional properties",
    ),
    "no items": (lambda c: c["sections"][0].update(items=[]), "/sections/0/items: "),
    "no sections": (lambda c: c.update(sections=[]), "/sections: "),
    "answers without unknown": (
        lambda c: c["answer_sets"].update(yes_no=[answer("yes", 1), answer("no", 0)] * 2),
        "does not contain items matching the given schema",
    ),
    "unknown twice": (
        lambda c: c["answer_sets"]["yes_no"].append(answer("unknown", None)),
        "/answer_sets/yes_no: ",
    ),
    "unknown that counts as no": (
        lambda c: c["answer_sets"]["yes_no"][2].update(points=0),
        "/answer_sets/yes_no/2/points: None was expected",
    ),
    "an answer worth nothing known": (
        lambda c: yes(c).update(points=None),
        "/answer_sets/yes_no/0/points: None is not of type 'integer', 'string'",
    ),
    "points in words": (
        lambda c: yes(c).update(points="many"),
        "/answer_sets/yes_no/0/points: 'weight' was expected",
    ),
    "points by halves": (lambda c: yes(c).update(points=0.5), "0.5 is not a whole number"),
    "a way of scoring of its own": (
        lambda c: c["scoring"].update(kind="average"),
        "/scoring/kind: 'average' is not one of",
    ),
    "no scoring": (lambda c: c.update(scoring=None), "/scoring: None is not of type 'object'"),
    "no norm set": (lambda c: c["scoring"].update(norm_sets=[]), "/scoring/norm_sets: "),
    "norms without source": (lambda c: norms(c).update(sources=[]), "/norm_sets/0/sources: "),
    "norms without version": (lambda c: norms(c).pop("version"), "'version' is a required"),
    "one band": (lambda c: norms(c)["bands"].__delitem__(slice(1, 3)), "/norm_sets/0/bands: "),
    "a band without bounds": (
        lambda c: norms(c)["bands"][1].pop("to"),
        "/scoring/norm_sets/0/bands/1: 'to' is a required property",
    ),
    "a rate above a hundred": (
        lambda c: norms(c)["bands"][1].update(rate_percent=101),
        "/bands/1/rate_percent: 101 is greater than the maximum of 100",
    ),
    "a count of nothing": (lambda c: norms(c).update(rules=rule(answers=["yes"])), "/any_of/0: "),
    "a count of two things": (
        lambda c: norms(c).update(rules=rule(section="first", items=["a"], answers=["yes"])),
        "/any_of/0",
    ),
    "red counted by answers": (
        lambda c: norms(c).update(rules=rule(red=True, answers=["yes"])),
        "/any_of/0",
    ),
    "a count of none": (
        lambda c: norms(c).update(rules=rule(red=True, at_least=0)),
        "/any_of/0/at_least: 0 is less than the minimum of 1",
    ),
    "a judgement that adds up": (
        lambda c: c["scoring"].update(kind="judgement"),
        "/answer_sets/yes_no/0/points: 'weight' is not one of [0, None]",
    ),
    "a judgement with bounds": (
        lambda c: c.update(counted(), id="small", scoring=small(kind="judgement")["scoring"]),
        "/scoring/norm_sets/0/bands/0: 'from' is not one of ['id', 'label']",
    ),
    "a template with items": (lambda c: c.update(status="template"), "/sections: "),
    "a name that leads nowhere": (
        lambda c: first_item(c).update(answers="scale"),
        "/sections/0/items/0/answers: no answer set scale",
    ),
}


@pytest.mark.parametrize("kind", sorted(BAD))
def test_a_bad_file_is_refused_by_name_and_place(tmp_path: Path, kind: str) -> None:
    """Whoever runs the platform reads which file to mend, and where in it."""
    change, reply = BAD[kind]
    content = small()
    change(content)
    put(tmp_path, content, "small")

    found = faults(tmp_path)

    assert [one for one in found if reply in one], found
    assert all(one.startswith("small.json: ") for one in found), found


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("{", "odd.json: cannot be read: Expecting property name"),
        ('{"id": "odd", "id": "odd"}', "odd.json: cannot be read: id is there twice"),
        ("[]", "odd.json: /: [] is not of type 'object'"),
        ('{"a": NaN}', "odd.json: cannot be read: NaN is not a whole number"),
    ],
)
def test_what_is_no_instrument_at_all_is_refused(tmp_path: Path, written: str, fault: str) -> None:
    """A file cut short while it was copied does not take an instrument away unnoticed."""
    put(tmp_path, written, "odd")

    [found] = faults(tmp_path)

    assert found.startswith(fault)


def test_a_file_is_named_by_the_id_inside(tmp_path: Path) -> None:
    """A person who looks for an instrument finds its file."""
    put(tmp_path, small(), "other")

    assert faults(tmp_path) == ("other.json: /id: small is not the file's name",)


def test_published_norms_cannot_be_replaced_by_a_file_of_the_same_id(tmp_path: Path) -> None:
    """A region's own bands never pass for the published ones."""
    put(tmp_path, file_of("odara"))

    assert faults(INSTRUMENTS, tmp_path) == ("odara: there are two of this id",)


def test_the_faults_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    """Two wrong files are mended in one go, and a folder that is not there is no empty one."""
    put(tmp_path, "{", "one")
    put(tmp_path, "{", "two")

    reply = faults(tmp_path, tmp_path / "away")

    assert [one.partition(":")[0] for one in reply[:2]] == ["one.json", "two.json"]
    assert reply[2] == f"{tmp_path / 'away'}: no such folder"


def test_the_schema_knows_the_platforms_own_words() -> None:
    """A category or language that is added elsewhere is not refused here, nor one missing."""
    parts = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]

    assert set(parts["category"]["enum"]) == set(CATEGORIES) - {"whereabouts", "joint"}
    assert parts["label"]["required"] == list(LANGUAGES)


@pytest.mark.parametrize("content", [small(), counted()])
def test_an_instrument_is_added_without_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: Content
) -> None:
    """A region brings its own instrument in as a file, and it is there beside the others."""
    put(tmp_path, content)
    monkeypatch.setenv("KETENAANPAK_INSTRUMENTS", str(tmp_path))

    catalogue = open_catalogue(runtime([]))

    assert set(catalogue.instruments) == {
        "b-safer-v2",
        "danger-assessment",
        "dash-ric",
        "odara",
        "rti-template",
        content["id"],
    }
    instrument = catalogue.instruments[content["id"]]
    assessed = scored(instrument, answers(instrument, "no", b="unknown"))
    assert (assessed.unknown, assessed.red_possible) == (("b",), ("b",))
    assert ends(override(assessed, "high", "grond").result) == ("high", "high")


def test_the_template_is_filled_in_and_used(tmp_path: Path) -> None:
    """Who may use the region's instrument copies the template, adds the items and can work."""
    content = file_of("rti-template") | {
        "id": "rti-region",
        "status": "usable",
        "preconditions": [{"id": "family", "label": text("family"), "category": "relationships"}],
        "aspects": [{"id": "past", "label": text("past")}, {"id": "now", "label": text("now")}],
        "answer_sets": {"seen": [answer("seen", 0), answer("unseen", 0), answer("unknown", None)]},
        "sections": [
            {
                "id": "signs",
                "label": text("signs"),
                "items": [item("harm", answers="seen", weight=0, red=["seen"])],
            }
        ],
        "scoring": {
            "kind": "counts",
            "current": "1",
            "norm_sets": [
                {
                    "version": "1",
                    "sources": ["kaw-brochure"],
                    "bands": [band("green"), band("red")],
                    "rules": [
                        {
                            "band": "red",
                            "any_of": [{"items": ["harm.now"], "answers": ["seen"], "at_least": 1}],
                        }
                    ],
                }
            ],
        },
    }
    put(tmp_path, content)

    instrument = load_catalogue([INSTRUMENTS, tmp_path]).instruments["rti-region"]

    now = scored(instrument, {"harm.past": "unknown", "harm.now": "seen"})
    assert ends(now.bands) == ("red", "red")
    assert (now.red, now.red_possible) == (("harm.now",), ("harm.past",))
    unsure = scored(instrument, {"harm.past": "seen", "harm.now": "unknown"})
    assert ends(unsure.bands) == ("green", "red")


def runtime(lines: list[tuple[str, Any]]) -> Runtime:
    """A runtime of which only the log is used: its lines end up in the list."""

    def error(event: str, **members: Any) -> None:
        lines.append((event, members))

    return cast(Runtime, SimpleNamespace(log=SimpleNamespace(error=error)))


def test_why_risk_does_not_start_is_in_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator reads the file and the fault, not a trace that leaves messages out."""
    put(tmp_path, small() | {"status": "draft"})
    monkeypatch.setenv("KETENAANPAK_INSTRUMENTS", str(tmp_path))
    lines: list[tuple[str, Any]] = []

    with pytest.raises(CatalogueRefused):
        open_catalogue(runtime(lines))

    reply = ["small.json: /status: 'draft' is not one of ['usable', 'template']"]
    assert lines == [("catalogue_refused", {"faults": reply})]


def test_without_a_further_folder_the_published_ones_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An installation that says nothing can work."""
    monkeypatch.delenv("KETENAANPAK_INSTRUMENTS", raising=False)

    assert open_catalogue(runtime([])) == load_catalogue([INSTRUMENTS])
