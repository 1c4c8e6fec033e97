"""From the content of a file to an instrument, or to everything that is wrong with it.

`read_instrument` is given parsed JSON that fits `instruments/schema.json`, and checks what a schema
cannot say: that names lead somewhere, that bands follow each other without a gap, and that lowest
and highest can be found exactly.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from services.risk.domain.checks import scoring_faults
from services.risk.domain.instrument import (
    UNKNOWN,
    Answer,
    Band,
    Catalogue,
    Count,
    Instrument,
    Item,
    Label,
    Licence,
    NormSet,
    Precondition,
    Provenance,
    Rule,
    Scoring,
    Section,
)

Content = Mapping[str, Any]


class InstrumentUnfit(Exception):
    """An instrument, or a catalogue, that cannot be used; `faults` say each where and what."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(faults))


def read_instrument(content: Content) -> Instrument:
    """The instrument of a file that fits the schema; raises InstrumentUnfit with all its faults."""
    _stop_at(list(_repetitions(content)))
    _stop_at(list(_loose_names(content)))
    instrument = _instrument(content)
    _stop_at(list(scoring_faults(instrument)))
    return instrument


def make_catalogue(instruments: Iterable[Instrument]) -> Catalogue:
    """The catalogue, in the order of ids; raises InstrumentUnfit when instruments contradict.

    An id is there once. A construct has one category, whatever the instrument: the same thing asked
    twice must not be released to a partner through the one and withheld in the other.
    """
    found = sorted(instruments, key=lambda one: one.id)
    faults = [f"{name}: there are two of this id" for name in _repeated(one.id for one in found)]
    categories: dict[str, tuple[str, str]] = {}
    for instrument in found:
        for item in instrument.items:
            category, first = categories.setdefault(item.construct, (item.category, instrument.id))
            if category != item.category:
                faults.append(
                    f"{instrument.id}: {item.id}: {item.construct} is {item.category} here"
                    f" and {category} in {first}"
                )
    _stop_at(faults)
    return Catalogue({one.id: one for one in found})


def _stop_at(faults: Sequence[str]) -> None:
    if faults:
        raise InstrumentUnfit(faults)


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _ids(rows: Iterable[Content]) -> list[str]:
    return [row["id"] for row in rows]


def _repetitions(content: Content) -> Iterator[str]:
    """Ids that name two things."""
    sections = content["sections"]
    groups = {
        "/preconditions": _ids(content["preconditions"]),
        "/aspects": _ids(content["aspects"]),
        "/sections": _ids(sections),
        "/sections/items": [name for section in sections for name in _ids(section["items"])],
        **{f"/answer_sets/{name}": _ids(rows) for name, rows in content["answer_sets"].items()},
    }
    for number, norms in enumerate(_norm_sets(content)):
        groups[f"/scoring/norm_sets/{number}/bands"] = _ids(norms["bands"])
    groups["/scoring/norm_sets"] = [norms["version"] for norms in _norm_sets(content)]
    for place, names in groups.items():
        for name in _repeated(names):
            yield f"{place}: {name} is there twice"
    # Both become answers, which are shown under this name alone.
    answerable = {name for _, item in _placed_items(content) for name in _asked(item, content)}
    for name in sorted(answerable.intersection(groups["/preconditions"])):
        yield f"/preconditions: {name} is an item too"


def _norm_sets(content: Content) -> list[Content]:
    return content["scoring"]["norm_sets"] if content["scoring"] else []


def _loose_names(content: Content) -> Iterator[str]:
    """Names that lead nowhere."""
    for place, item in _placed_items(content):
        answers = content["answer_sets"].get(item["answers"])
        if answers is None:
            yield f"{place}/answers: no answer set {item['answers']}"
        else:
            for name in sorted(set(item.get("red", ())) - (set(_ids(answers)) - {UNKNOWN})):
                yield f"{place}/red: {name} is no answer that can be red"
    if content["scoring"] is None:
        return
    if content["scoring"]["current"] not in [one["version"] for one in _norm_sets(content)]:
        yield f"/scoring/current: no norm set {content['scoring']['current']}"
    for number, norms in enumerate(_norm_sets(content)):
        place = f"/scoring/norm_sets/{number}"
        for name in sorted(set(norms["sources"]) - set(content["provenance"]["sources"])):
            yield f"{place}/sources: no source {name}"
        for index, rule in enumerate(norms["rules"]):
            yield from _loose_names_of_rule(f"{place}/rules/{index}", rule, norms, content)


def _placed_items(content: Content) -> Iterator[tuple[str, Content]]:
    for number, section in enumerate(content["sections"]):
        for index, item in enumerate(section["items"]):
            yield f"/sections/{number}/items/{index}", item


def _loose_names_of_rule(
    place: str, rule: Content, norms: Content, content: Content
) -> Iterator[str]:
    if rule["band"] not in _ids(norms["bands"]):
        yield f"{place}/band: no band {rule['band']}"
    sections = _ids(content["sections"])
    items = {name for _, item in _placed_items(content) for name in _asked(item, content)}
    for index, count in enumerate(rule["any_of"]):
        inside = f"{place}/any_of/{index}"
        if "section" in count and count["section"] not in sections:
            yield f"{inside}/section: no section {count['section']}"
        for name in sorted(set(count.get("items", ())) - items):
            yield f"{inside}/items: no item {name}"


def _asked(item: Content, content: Content) -> list[str]:
    """The ids under which an item is asked: its own, or one for each aspect."""
    return [f"{item['id']}.{aspect}" for aspect in _ids(content["aspects"])] or [item["id"]]


def _label(content: Content) -> Label:
    return Label(**content)


def _label_or_none(content: Content | None) -> Label | None:
    return None if content is None else _label(content)


def _instrument(content: Content) -> Instrument:
    sections = tuple(_section(section, content) for section in content["sections"])
    provenance, licence = content["provenance"], content["licence"]
    return Instrument(
        id=content["id"],
        version=content["version"],
        title=_label(content["title"]),
        purpose=_label(content["purpose"]),
        provenance=Provenance(dict(provenance["sources"]), _label(provenance["note"])),
        licence=Licence(licence["checked"], _label(licence["note"])),
        preconditions=tuple(
            Precondition(one["id"], _label(one["label"]), one["category"])
            for one in content["preconditions"]
        ),
        sections=sections,
        scoring=None if content["scoring"] is None else _scoring(content["scoring"], sections),
        file=content,
    )


def _section(section: Content, content: Content) -> Section:
    items = [one for item in section["items"] for one in _items(item, content)]
    return Section(section["id"], _label(section["label"]), tuple(items))


def _items(item: Content, content: Content) -> Iterator[Item]:
    """The item as it is asked: once, or once for each aspect."""
    answers = content["answer_sets"][item["answers"]]
    aspects: list[Label | None] = [_label(one["label"]) for one in content["aspects"]]
    for name, aspect in zip(_asked(item, content), aspects or [None], strict=True):
        yield Item(
            id=name,
            construct=item["construct"],
            label=_label(item["label"]),
            category=item["category"],
            weight=item["weight"],
            answers=tuple(_answer(answer, item["weight"]) for answer in answers),
            red=frozenset(item.get("red", ())),
            aspect=aspect,
        )


def _answer(answer: Content, weight: int) -> Answer:
    points = weight if answer["points"] == "weight" else answer["points"]
    return Answer(answer["id"], _label(answer["label"]), points)


def _scoring(scoring: Content, sections: Sequence[Section]) -> Scoring:
    norm_sets = tuple(_norm_set(norms, sections) for norms in scoring["norm_sets"])
    return Scoring(scoring["kind"], scoring["current"], norm_sets)


def _norm_set(norms: Content, sections: Sequence[Section]) -> NormSet:
    return NormSet(
        version=norms["version"],
        sources=tuple(norms["sources"]),
        bands=tuple(_band(band) for band in norms["bands"]),
        rules=tuple(
            Rule(rule["band"], tuple(_count(count, sections) for count in rule["any_of"]))
            for rule in norms["rules"]
        ),
        beneath=_label_or_none(norms.get("beneath")),
        rate_of=_label_or_none(norms.get("rate_of")),
    )


def _band(band: Content) -> Band:
    return Band(
        id=band["id"],
        label=_label(band["label"]),
        first=band.get("from"),
        last=band.get("to"),
        rate_percent=band.get("rate_percent"),
    )


def _count(count: Content, sections: Sequence[Section]) -> Count:
    items = [item for section in sections for item in section.items]
    if "red" in count:
        return Count({item.id: item.red for item in items if item.red}, count["at_least"])
    if "section" in count:
        items = [item for one in sections if one.id == count["section"] for item in one.items]
    else:
        items = [item for item in items if item.id in count["items"]]
    wanted = frozenset(count["answers"])
    return Count({item.id: wanted for item in items}, count["at_least"])
