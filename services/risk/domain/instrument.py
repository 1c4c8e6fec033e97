"""What a risk instrument (risicotaxatie-instrument, RTI) is made of (domain.md, section 8).

An instrument holds constructs in our own words; the published wording belongs to its authors and
is nowhere here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

UNKNOWN: Final = "unknown"
"""The answer that every item takes beside its own. Unknown is not no."""

CONDITIONS: Final = ("yes", "no", UNKNOWN)
"""What can be said of a precondition."""

Kind = Literal["sum", "counts", "judgement"]
"""How bands come about: from points, from counts of answers alone, or from a professional."""


@dataclass(frozen=True)
class Label:
    """A text for people, in each language of the platform."""

    nl: str
    fr: str
    en: str


@dataclass(frozen=True)
class Answer:
    """An answer that an item takes; `points` is None for unknown, which is worth no number."""

    id: str
    label: Label
    points: int | None


@dataclass(frozen=True)
class Item:
    """What is asked of one construct, where need be of one aspect of it (such as `recent`).

    `category` is the one of the fragment that its answer becomes. `red` are the answers that ask
    for attention by themselves.
    """

    id: str
    construct: str
    label: Label
    category: str
    weight: int
    answers: tuple[Answer, ...]
    red: frozenset[str]
    aspect: Label | None = None

    def meant_by(self, answer: str) -> tuple[Answer, ...]:
        """The answers that may be true when this one is given: for unknown, each of the others."""
        if answer == UNKNOWN:
            return tuple(one for one in self.answers if one.id != UNKNOWN)
        return tuple(one for one in self.answers if one.id == answer)


@dataclass(frozen=True)
class Section:
    """Items that belong together, in the order in which they are asked."""

    id: str
    label: Label
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Precondition:
    """What must be so for a band to mean anything: the population that the norms are about."""

    id: str
    label: Label
    category: str


@dataclass(frozen=True)
class Band:
    """A level of gravity. `first` and `last` bound its points, inclusive; None is no bound.

    `rate_percent` is how many of a hundred in the norm group it went wrong with, where published.
    """

    id: str
    label: Label
    first: int | None = None
    last: int | None = None
    rate_percent: int | None = None


@dataclass(frozen=True)
class Count:
    """How many of these items have one of these answers; it holds from `at_least` on."""

    counted: Mapping[str, frozenset[str]]
    at_least: int


@dataclass(frozen=True)
class Rule:
    """Raises the result to `band` as soon as any of its counts holds."""

    band: str
    any_of: tuple[Count, ...]


@dataclass(frozen=True)
class NormSet:
    """One published way to read the answers. `bands` go from the least grave to the gravest.

    Below the first band there may be answers of which nothing was published; `beneath` says so.
    """

    version: str
    sources: tuple[str, ...]
    bands: tuple[Band, ...]
    rules: tuple[Rule, ...]
    beneath: Label | None
    rate_of: Label | None

    def rank(self, band: str | None) -> int:
        """The place of a band from 0 on; -1 for None, beneath the first. KeyError for no band."""
        if band is None:
            return -1
        return {one.id: place for place, one in enumerate(self.bands)}[band]

    def at(self, rank: int) -> Band | None:
        """The band at a place; None beneath the first."""
        return None if rank < 0 else self.bands[rank]

    def rank_of_points(self, points: int) -> int:
        """The place of the band that holds these points; -1 beneath the first."""
        reached = [one for one in self.bands if one.first is None or points >= one.first]
        return len(reached) - 1


@dataclass(frozen=True)
class Scoring:
    """How the instrument is read: by the norm set `current` unless another version is named."""

    kind: Kind
    current: str
    norm_sets: tuple[NormSet, ...]


@dataclass(frozen=True)
class Provenance:
    """Where the instrument and its numbers come from: source → citation."""

    sources: Mapping[str, str]
    note: Label


@dataclass(frozen=True)
class Licence:
    """Whether somebody checked that the instrument may be used here, and what is to be checked."""

    checked: bool
    note: Label


@dataclass(frozen=True)
class Instrument:
    """An instrument as its file has it. A template has no items yet and cannot be filled in.

    `file` is the content of that file, to tell it as it is.
    """

    id: str
    version: str
    title: Label
    purpose: Label
    provenance: Provenance
    licence: Licence
    preconditions: tuple[Precondition, ...]
    sections: tuple[Section, ...]
    scoring: Scoring | None
    file: Mapping[str, Any] = field(repr=False)

    @property
    def template(self) -> bool:
        """Whether a region has still to fill it with items and scoring."""
        return self.scoring is None

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in the order in which they are asked."""
        return tuple(item for section in self.sections for item in section.items)


@dataclass(frozen=True)
class Catalogue:
    """All instruments of this platform, by id."""

    instruments: Mapping[str, Instrument]
