"""Reading the answers to an instrument (domain.md, section 8).

What comes out says how grave a case looks by a published yardstick, and decides nothing: whether a
case is taken is for people to say in a weighing (weging). Where answers are unknown it gives the
lowest and the highest band that they allow, and outside the population of the norms no band at all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from casework.command import Fault, fault
from chassis.errors import Refuse
from contracts.reasons import Reason
from services.risk.domain.instrument import (
    CONDITIONS,
    UNKNOWN,
    Band,
    Count,
    Instrument,
    Item,
    NormSet,
    Scoring,
)

Population = Literal["valid", "outside", "unknown"]
"""Whether the person assessed belongs to those whom the norms are about."""

Answers = Mapping[str, str]
"""Item, or precondition → the answer given."""


@dataclass(frozen=True)
class Span:
    """The least and the most points that the answers allow; equal when nothing is unknown."""

    lowest: int
    highest: int


@dataclass(frozen=True)
class Bands:
    """The lowest and the highest band that the answers allow; None is beneath the first band."""

    lowest: Band | None
    highest: Band | None


@dataclass(frozen=True)
class Override:
    """A professional judged it graver than the answers say, on this ground."""

    band: Band
    ground: str


@dataclass(frozen=True)
class Assessed:
    """What the answers say. `points` is None where the instrument adds up nothing.

    `bands` is None outside the valid population, and while it is unknown whether somebody belongs
    to it. `unknown` are the items answered so; `red` those whose answer asks for attention, and
    `red_possible` those that are unknown and might. Items stand in the instrument's order.
    """

    instrument: str
    version: str
    norms: NormSet
    population: Population
    points: Span | None
    bands: Bands | None
    unknown: tuple[str, ...]
    red: tuple[str, ...]
    red_possible: tuple[str, ...]
    override: Override | None = None

    @property
    def result(self) -> Bands | None:
        """The bands with the override in them: it raises either end, and lowers none."""
        if self.bands is None or self.override is None:
            return self.bands
        raised = self.norms.rank(self.override.band.id)
        ends = (self.bands.lowest, self.bands.highest)
        ranks = [max(raised, self.norms.rank(end.id if end else None)) for end in ends]
        return Bands(self.norms.at(ranks[0]), self.norms.at(ranks[1]))


def score(
    instrument: Instrument,
    preconditions: Answers,
    answers: Answers,
    *,
    norm_set: str | None = None,
    judgement: str | None = None,
) -> Assessed:
    """What the answers say by a norm set, the instrument's current one unless another is named.

    Every precondition and every item needs an answer, if need be `unknown`. An instrument of kind
    `judgement` needs the band that the professional chose. Raises Refuse: `validation_failed` with
    every fault at once; `precondition_unmet` with the reason `instrument_is_template`, or
    `outside_population` for a judgement on somebody whom the instrument is not about.
    """
    scoring = _scoring(instrument)
    norms = _norms(scoring, norm_set)
    _refuse(_faults(instrument, preconditions, answers))
    population = _population(preconditions)
    assessed = Assessed(
        instrument=instrument.id,
        version=instrument.version,
        norms=norms,
        population=population,
        points=_points(instrument, answers) if scoring.kind == "sum" else None,
        bands=None,
        unknown=tuple(one.id for one in instrument.items if answers[one.id] == UNKNOWN),
        red=tuple(one.id for one in instrument.items if answers[one.id] in one.red),
        red_possible=tuple(
            one.id for one in instrument.items if one.red and answers[one.id] == UNKNOWN
        ),
    )
    if scoring.kind == "judgement":
        return replace(assessed, bands=_judged(norms, population, judgement))
    if judgement is not None:
        _refuse([fault("/judgement", "unknown")])
    if population != "valid":
        return assessed
    return replace(assessed, bands=_read(instrument, assessed, answers))


def override(assessed: Assessed, band: str, ground: str) -> Assessed:
    """The same with a graver band, on the ground that the professional gives.

    Raises Refuse: `precondition_unmet` with the reason `no_band` where there is nothing to raise;
    `validation_failed` when the band is not graver than the lowest that the result allows, or the
    ground is empty. The highest that the answers allow is never lowered.
    """
    if assessed.result is None:
        raise Refuse("precondition_unmet", "there is no band to raise", reason=Reason.NO_BAND)
    norms = assessed.norms
    lowest = assessed.result.lowest
    faults = [] if ground.strip() else [fault("/override/ground", "missing")]
    if band not in {one.id for one in norms.bands}:
        faults.append(fault("/override/band", "choice", choices=(one.id for one in norms.bands)))
    elif norms.rank(band) <= norms.rank(lowest.id if lowest else None):
        faults.append(fault("/override/band", "band_not_graver"))
    _refuse(faults)
    chosen = norms.bands[norms.rank(band)]
    return replace(assessed, override=Override(chosen, ground))


def _scoring(instrument: Instrument) -> Scoring:
    if instrument.scoring is None:
        detail = "the instrument is a template: it has no items yet"
        raise Refuse("precondition_unmet", detail, reason=Reason.INSTRUMENT_IS_TEMPLATE)
    return instrument.scoring


def _norms(scoring: Scoring, version: str | None) -> NormSet:
    sets = {one.version: one for one in scoring.norm_sets}
    wanted = scoring.current if version is None else version
    if wanted not in sets:
        _refuse([fault("/norm_set", "choice", choices=sets)])
    return sets[wanted]


def _faults(instrument: Instrument, preconditions: Answers, answers: Answers) -> list[Fault]:
    conditions = {one.id: CONDITIONS for one in instrument.preconditions}
    choices = {item.id: tuple(one.id for one in item.answers) for item in instrument.items}
    return [
        *_faults_of("/preconditions", conditions, preconditions),
        *_faults_of("/answers", choices, answers),
    ]


def _faults_of(
    place: str, choices: Mapping[str, tuple[str, ...]], given: Answers
) -> Iterator[Fault]:
    for name, allowed in choices.items():
        if name not in given:
            yield fault(f"{place}/{name}", "missing")
        elif given[name] not in allowed:
            yield fault(f"{place}/{name}", "choice", choices=allowed)
    for name in sorted(set(given) - set(choices)):
        yield fault(f"{place}/{name.replace('~', '~0').replace('/', '~1')}", "unknown")


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise Refuse("validation_failed", errors=faults)


def _population(preconditions: Answers) -> Population:
    given = set(preconditions.values())
    if "no" in given:
        return "outside"
    return "unknown" if UNKNOWN in given else "valid"


def _judged(norms: NormSet, population: Population, judgement: str | None) -> Bands | None:
    if population != "valid":
        if judgement is None:
            return None
        detail = "the instrument says nothing about somebody outside its population"
        raise Refuse("precondition_unmet", detail, reason=Reason.OUTSIDE_POPULATION)
    if judgement is None:
        _refuse([fault("/judgement", "missing")])
    if judgement not in {one.id for one in norms.bands}:
        _refuse([fault("/judgement", "choice", choices=(one.id for one in norms.bands))])
    chosen = norms.bands[norms.rank(judgement)]
    return Bands(chosen, chosen)


def _points(instrument: Instrument, answers: Answers) -> Span:
    spans = [_points_of(item, answers[item.id]) for item in instrument.items]
    return Span(sum(one.lowest for one in spans), sum(one.highest for one in spans))


def _points_of(item: Item, answer: str) -> Span:
    points = [one.points for one in item.meant_by(answer) if one.points is not None]
    return Span(min(points), max(points))


def _read(instrument: Instrument, assessed: Assessed, answers: Answers) -> Bands:
    """The bands between which the answers leave it.

    Both ends are exact, not estimates: a catalogue refuses an instrument in which fewer points
    could mean a rule that holds (`catalogue`), so the least of each comes together; and the highest
    of several readings is the highest of their highest.
    """
    norms = assessed.norms
    start = 0 if norms.beneath is None else -1
    lowest = highest = start
    if assessed.points is not None:
        lowest = norms.rank_of_points(assessed.points.lowest)
        highest = norms.rank_of_points(assessed.points.highest)
    items = {item.id: item for item in instrument.items}
    for rule in norms.rules:
        rank = norms.rank(rule.band)
        spans = [(_counted(count, items, answers), count.at_least) for count in rule.any_of]
        if any(span.lowest >= enough for span, enough in spans):
            lowest = max(lowest, rank)
        if any(span.highest >= enough for span, enough in spans):
            highest = max(highest, rank)
    return Bands(norms.at(lowest), norms.at(highest))


def _counted(count: Count, items: Mapping[str, Item], answers: Answers) -> Span:
    lowest = highest = 0
    for name, wanted in count.counted.items():
        meant = [one.id in wanted for one in items[name].meant_by(answers[name])]
        lowest += all(meant)
        highest += any(meant)
    return Span(lowest, highest)
