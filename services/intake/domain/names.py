"""How a name is compared: the forms in which people here write one and the same name.

Letters are folded with anyascii: unlike the decomposition of Unicode it reaches those with strokes
and ligatures, dotted and dotless i are one, and unlike text-unidecode it is still kept.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import regex
from anyascii import anyascii

_PARTICLES: Final = """
van von vande vanden vander den der de het t te ten ter op aan in zu
la le les l du des d di del della da do das dos e y
el al ul ben bent bin bint ibn abu abou ait ould
"""
PARTICLES: Final = frozenset(_PARTICLES.split())
"""Words of a surname that are no surname by themselves."""

_NO_NAMES: Final = """
onbekend onbekende ongekend nietbekend naamloos geennaam zondernaam geen nb nvt
inconnu inconnue nonconnu nonconnue sansnom neant unknown noname
bilinmiyor isimsiz nieznany nieznana nieznane desconhecido desconhecida semnome
nn nomennescio x xx xxx baby ongeboren pasgeborene foetus
naam voornaam achternaam familienaam nom prenom niet bekend gekend
"""
NO_NAMES: Final = frozenset(_NO_NAMES.split())
"""What is written where a name is not known, as one word or as several of these."""

_BETWEEN_NAMES: Final = regex.compile(r"[[\p{P}\p{S}]--[\p{Pd}'’‘`´.]]", regex.VERSION1)
"""Signs that part two names (`Peeters/Janssens`) or are none (an emoji)."""

MOST_SURNAMES: Final = 4
"""Surnames of one person that are looked at."""


@dataclass(frozen=True)
class Name:
    """The forms of a given and a family name, in lower-case Latin letters; no forms for no name.

    `given` begins with all given names and goes on with the first, and the first two, of several.
    `family` begins with the whole family name and goes on with each of several surnames, with and
    without its particles.
    """

    given: Sequence[str]
    family: Sequence[str]


def read_name(given_name: str, family_name: str) -> Name:
    """The forms of a person's name."""
    return Name(_given(_words(given_name)), _family(_words(family_name)))


def _words(name: str) -> list[str]:
    """The words of a name, none where it is no name; what hyphens join is one word."""
    parted = _BETWEEN_NAMES.sub(" ", unicodedata.normalize("NFKC", name))
    letters = anyascii(parted).lower()
    hyphened = re.sub(r"\s*-[\s-]*", "-", letters)
    words = [re.sub(r"[^a-z-]", "", word).strip("-") for word in hyphened.split()]
    named = [word for word in words if word]
    return [] if _joined(named) in NO_NAMES or NO_NAMES.issuperset(_unhyphened(named)) else named


def _given(words: list[str]) -> list[str]:
    first = [words[:count] for count in (1, 2) if not PARTICLES.issuperset(words[:count])]
    return _different(_joined(some) for some in (words, *first))


def _family(words: list[str]) -> list[str]:
    surnames: list[str] = []
    particles = ""
    for word in _unhyphened(words):
        if word in PARTICLES:
            particles += word
        else:
            surnames += [particles + word, word]
            particles = ""
    return _different((_joined(words), *surnames[: 2 * MOST_SURNAMES]))


def _unhyphened(words: Sequence[str]) -> list[str]:
    return " ".join(words).replace("-", " ").split()


def _joined(words: Sequence[str]) -> str:
    return "".join(words).replace("-", "")


def _different(forms: Iterable[str]) -> list[str]:
    return [form for form in dict.fromkeys(forms) if form]
