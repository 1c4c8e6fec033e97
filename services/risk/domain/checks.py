"""Whether an instrument can be read without a doubt: bands without gaps, rules that can hold."""

from collections.abc import Iterator
from itertools import pairwise

from services.risk.domain.instrument import UNKNOWN, Band, Count, Instrument, Item, NormSet


def scoring_faults(instrument: Instrument) -> Iterator[str]:
    """What is wrong with how the instrument is read, each with its place in the file."""
    if instrument.scoring is None:
        return
    items = {item.id: item for item in instrument.items}
    adds_up = instrument.scoring.kind == "sum"
    if adds_up:
        yield from _idle_weights(instrument)
    for number, norms in enumerate(instrument.scoring.norm_sets):
        place = f"/scoring/norm_sets/{number}"
        yield from _rates(place, norms)
        for index, rule in enumerate(norms.rules):
            for nth, count in enumerate(rule.any_of):
                yield from _count_faults(f"{place}/rules/{index}/any_of/{nth}", count, items)
        yield from _entangled(place, norms, items)
        if adds_up:
            least, most = _possible(instrument)
            yield from _ladder(f"{place}/bands", norms, least, most)
        elif instrument.scoring.kind == "counts":
            yield from _never_raised(f"{place}/bands", norms)


def _idle_weights(instrument: Instrument) -> Iterator[str]:
    for item in instrument.items:
        if item.weight not in {answer.points for answer in item.answers}:
            yield f"/sections/items: {item.id}: no answer is worth its weight"


def _rates(place: str, norms: NormSet) -> Iterator[str]:
    rated = [band.rate_percent is not None for band in norms.bands]
    if any(rated) and not all(rated):
        yield f"{place}/bands: some have a rate and some have none"
    if any(rated) != (norms.rate_of is not None):
        yield f"{place}/rate_of: rates are given with what they are rates of, and only then"


def _count_faults(place: str, count: Count, items: dict[str, Item]) -> Iterator[str]:
    if count.at_least > len(count.counted):
        yield f"{place}: {len(count.counted)} items can never make {count.at_least}"
    taken = {answer.id for name in count.counted for answer in items[name].answers}
    for name in sorted({one for wanted in count.counted.values() for one in wanted}):
        if name == UNKNOWN or name not in taken:
            yield f"{place}/answers: {name} is no answer that can be counted there"


def _possible(instrument: Instrument) -> tuple[int, int]:
    """The least and the most points that there can be."""
    points = [
        [answer.points for answer in item.meant_by(UNKNOWN) if answer.points is not None]
        for item in instrument.items
    ]
    return sum(map(min, points)), sum(map(max, points))


def _ladder(place: str, norms: NormSet, least: int, most: int) -> Iterator[str]:
    """Every sum has one band; only the lowest end may have none, and then says so (`beneath`)."""
    bottom, top = norms.bands[0], norms.bands[-1]
    for lower, upper in pairwise(norms.bands):
        if lower.last is None or upper.first is None:
            yield f"{place}: {lower.id} and {upper.id} have no bound between them"
        elif upper.first != lower.last + 1:
            yield f"{place}: {upper.id} does not begin where {lower.id} ends"
    for band in norms.bands:
        yield from _unreachable(place, band, norms, least, most)
    if top.last is not None and top.last < most:
        yield f"{place}: {top.id} ends at {top.last}, and the answers can make {most}"
    open_beneath = bottom.first is not None and bottom.first > least
    if open_beneath and norms.beneath is None:
        yield f"{place}: {bottom.id} begins at {bottom.first}, and the answers can make {least}"
    if norms.beneath is not None and not open_beneath:
        yield f"{place}: nothing is beneath {bottom.id}"


def _unreachable(place: str, band: Band, norms: NormSet, least: int, most: int) -> Iterator[str]:
    if band.first is not None and band.last is not None and band.first > band.last:
        yield f"{place}: {band.id} ends before it begins"
        return
    by_points = (band.first is None or band.first <= most) and (
        band.last is None or band.last >= least
    )
    if not by_points and band.id not in {rule.band for rule in norms.rules}:
        yield f"{place}: no answers lead to {band.id}"


def _never_raised(place: str, norms: NormSet) -> Iterator[str]:
    """Without points only a rule leads to a band, but for the one that stands at the bottom."""
    raised = {rule.band for rule in norms.rules}
    for band in norms.bands if norms.beneath is not None else norms.bands[1:]:
        if band.id not in raised:
            yield f"{place}: no rule leads to {band.id}"


def _entangled(place: str, norms: NormSet, items: dict[str, Item]) -> Iterator[str]:
    """Items of which no answer is lowest both in points and in every rule.

    For an unknown answer to such an item the lowest band could not be derived from the lowest
    points and the lowest counts: they would not come together.
    """
    counts = [count for rule in norms.rules for count in rule.any_of]
    for item in items.values():
        answers = item.meant_by(UNKNOWN)
        least = min(answer.points for answer in answers if answer.points is not None)
        wanted = [count.counted[item.id] for count in counts if item.id in count.counted]
        avoidable = [one for one in wanted if not all(answer.id in one for answer in answers)]
        if not any(
            answer.points == least and not any(answer.id in one for one in avoidable)
            for answer in answers
        ):
            yield f"{place}/rules: {item.id} has no answer that is lowest in points and rules"
