"""Two persons may be one, however a service writes who they are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.identity import Strength, by_national_number, signals

Person = dict[str, Any]


def person(given_name: str, family_name: str, birth_date: str = "1985-06-04") -> Person:
    """A person of a body; a name that is empty is left out, as is a birth date."""
    known = {"given_name": given_name, "family_name": family_name, "birth_date": birth_date}
    return {member: value for member, value in known.items() if value}


def between(one: Person, other: Person) -> Strength | None:
    """The signal that the marks of `one` give to `other`."""
    looks_for = signals(other).looks_for
    strengths = {looks_for[mark] for mark in signals(one).marks if mark in looks_for}
    return "strong" if "strong" in strengths else "weak" if strengths else None


SAME_NAME = [
    (("Anna", "De Smet"), ("ANNA", "de smet")),
    (("Anna", "De Smet"), ("Ánna", "De-Smet")),
    (("Anna", "De Smet"), (" Anna ", "DeSmet")),
    (("Jan", "Van den Berghe"), ("Jan", "Vandenberghe")),
    (("Jan", "Van den Berghe"), ("JAN", "VAN DEN BERGHE")),
    (("Jan", "Van den Berghe"), ("Jan", "Vanden Berghe")),
    (("Luc", "D'Hondt"), ("Luc", "Dhondt")),
    (("Luc", "D'Hondt"), ("Luc", "D\N{RIGHT SINGLE QUOTATION MARK}Hondt")),
    (("Luc", "D'Hondt"), ("Luc", "D\N{MODIFIER LETTER APOSTROPHE} Hondt")),
    (("Luc", "D'Hondt"), ("Luc", "d`hondt")),
    (("Luc", "Peeters"), ("Luc", "Peeters.")),
    (("Fatima", "El-Amrani"), ("Fatima", "Elamrani")),
    (("Fatima", "El-Amrani"), ("Fatima", "El Amrani")),
    (("Fatima", "El-Amrani"), ("Fatima", "EL\N{NON-BREAKING HYPHEN}AMRANI")),
    (("Łukasz", "Wójcik"), ("Lukasz", "Wojcik")),
    (("Søren", "Bjørn"), ("Soren", "Bjorn")),
    (("Đorđe", "Mađar"), ("Dorde", "Madar")),
    (("Işıl", "Yıldırım"), ("IŞIL", "YILDIRIM")),
    (("Işıl", "Yıldırım"), ("Isil", "Yildirim")),
    (("İbrahim", "Şimşek"), ("ibrahim", "simsek")),
    (("İbrahim", "Şimşek"), ("I\N{COMBINING DOT ABOVE}BRAHIM", "ŞİMŞEK")),
    (("Cæsar", "Œuvrard"), ("Caesar", "Oeuvrard")),
    (("Jürgen", "Groß"), ("Jurgen", "GROSS")),
    (("Þóra", "Guðjón"), ("Thora", "Gudjon")),
    (("João", "Conceição"), ("Joao", "Conceicao")),
    (("Marie Louise", "Dupont"), ("Marie", "Dupont")),
    (("Jean-Pierre", "Dupont"), ("Jean Pierre", "Dupont")),
    (("Jean-Pierre", "Dupont"), ("Jean - Pierre", "Dupont")),
    (("Jean-Pierre", "Dupont"), ("Jean-Pierre Marie", "Dupont")),
    (("Anna", "De Smet"), ("De Smet", "Anna")),
    (("Anna Maria", "Nowak"), ("Nowak", "Anna")),
    (("Anna", "De Smet"), ("Anna De", "Smet")),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAME)
def test_a_name_is_recognised_however_it_is_written(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    """Two partners who write a name differently still learn that they mean one person."""
    assert between(person(*one), person(*other)) == "strong"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Anna", "Silva Santos"), ("Anna", "Santos")),
        (("Anna", "Silva Santos"), ("Anna", "Silva")),
        (("Anna", "Silva Santos"), ("Anna", "Santos Costa")),
        (("Anna", "da Silva dos Santos"), ("Anna", "dos Santos")),
        (("Anna", "da Silva dos Santos"), ("Anna", "Santos")),
        (("Anna", "Peeters-Van den Berghe"), ("Anna", "Vandenberghe")),
        (("Karim", "El Amrani"), ("Karim", "Amrani")),
        (("Anna", "Peeters/Janssens"), ("Anna", "Janssens")),
        (("Anna", "Peeters+Janssens"), ("Anna", "Peeters")),
        (("Anna", "Peeters,Janssens"), ("Anna", "Janssens")),
        (("Anna", "Peeters(Janssens)"), ("Anna", "Janssens")),
        (("Anna", "Peeters"), ("\N{BABY}", "Peeters")),
        (("Anna", "Peeters"), ("baby (onbekend)", "Peeters")),
        (("Anna", "Peeters"), ("voornaam niet bekend", "Peeters")),
        (("Anna", "Peeters"), ("", "Peeters")),
        (("Anna", "Peeters"), ("Anna", "")),
        (("Anna", "Peeters"), ("", "Anna")),
        (("Anna", "Peeters"), ("", "Anna Peeters")),
        (("Anna", "Peeters"), ("Anna Maria", "?")),
        (("Anna", "Silva"), ("", "Silva Santos")),
        (("Anna", "Peeters"), ("?", "Peeters")),
        (("Anna", "Peeters"), ("Anna", "onbekend")),
        (("", "Suharto"), ("Suharto", "")),
    ],
)
def test_a_part_of_a_name_is_a_weak_signal(one: tuple[str, str], other: tuple[str, str]) -> None:
    """One of two surnames, or an only name, is enough to ask, and not enough to be sure."""
    assert between(person(*one), person(*other)) == "weak"


@pytest.mark.parametrize(
    ("one", "other", "strength"),
    [
        ("1985-06-04", "1985-06-04", "strong"),
        ("1985-06-04", "1985-04-06", "weak"),
        ("1985-06-04", "1985-06", "weak"),
        ("1985-06-04", "1985", "weak"),
        ("1985-06", "1985-06", "weak"),
        ("1985-06", "1985", "weak"),
        ("1985", "1985", "weak"),
        ("1985-06-04", "1985-06-05", None),
        ("1985-06-14", "1985-06-04", None),
        ("1985-06-04", "1985-07", None),
        ("1985-06", "1985-07", None),
        ("1985-06-04", "1986", None),
        ("1985", "1986", None),
        ("1985-06-04", "", None),
        ("", "", None),
    ],
)
def test_a_birth_date_is_compared_by_what_is_known_of_it(
    one: str, other: str, strength: Strength | None
) -> None:
    """A year or a month is enough to ask; two whole dates of one year are of two people."""
    anna = person("Anna", "De Smet", one)

    assert between(anna, person("Anna", "De Smet", other)) == strength


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Anna", "De Smet"), ("Anne", "De Smet")),
        (("Anna", "De Smet"), ("Anna", "De Backer")),
        (("Anna", "Van den Berghe"), ("Anna", "Van den Bossche")),
        (("Fatima", "El Amrani"), ("Fatima", "El Idrissi")),
        (("El", "Fatima"), ("Fatima", "El Idrissi")),
        (("Jean-Pierre", "Dupont"), ("Jean", "Dupont")),
        (("", "De"), ("Anna", "De Smet")),
        (("?", "-"), ("?", "-")),
        (("", "onbekend"), ("", "Onbekend")),
        (("N.N.", "inconnu"), ("N.N.", "inconnu")),
        ((" ", "\N{NO-BREAK SPACE}"), (" ", "\N{NO-BREAK SPACE}")),
        (("X", "?"), ("X", "?")),
        (("\N{BABY}", "???"), ("\N{BABY}", "???")),
        (("naam onbekend", "naam onbekend"), ("naam onbekend", "naam onbekend")),
        (("Nom inconnu", "(inconnu)"), ("Nom inconnu", "(inconnu)")),
    ],
)
def test_another_name_or_none_gives_no_signal(one: tuple[str, str], other: tuple[str, str]) -> None:
    """A sister, and two persons whose names nobody knows, are not taken for one person."""
    assert between(person(*one), person(*other)) is None


def test_little_of_the_name_needs_more_of_the_date() -> None:
    """Everybody called Peeters who was born in 1985 is not asked about."""
    assert between(person("", "Peeters", "1985"), person("Anna", "Peeters")) is None
    assert between(person("", "Peeters", "1985-06"), person("Anna", "Peeters")) == "weak"


def test_a_national_number_is_enough_and_tells_the_birth_date() -> None:
    """A person known by the number meets one who is known by name and day; in every spelling."""
    number = {"national_number": "85060400157"}
    anna = person("Anna", "De Smet")

    assert between(number, number) == "strong"
    assert between(number | person("Anna", "De Smet", ""), anna) == "strong"
    assert between(number | person("Anna", "De Smet", "1985"), anna) == "strong"
    assert between(number, anna) is None
    assert by_national_number("85060400157") == ("national_number", "85060400157")
    assert ("national_number", "85060400157") in signals(number).marks


NAMES = st.one_of(
    st.sampled_from(["", "?", "Anna", "De Smet", "van", "Silva Santos", "El-Amrani", "ŞİMŞEK"]),
    st.text(max_size=40),
)
DATES = st.one_of(
    st.just(""),
    st.dates().map(str),
    st.sampled_from(["1985", "1985-06", "1985-04", "1985-06-04", "1985-04-06", "1985-06-14"]),
)
PERSONS = st.builds(person, NAMES, NAMES, DATES)


@given(PERSONS, PERSONS)
def test_a_signal_is_the_same_from_either_side(one: Person, other: Person) -> None:
    """Which of two referrals comes first changes nothing of what is noticed."""
    assert between(one, other) == between(other, one)


@given(PERSONS)
def test_whoever_is_recognised_at_all_is_recognised_again(one: Person) -> None:
    """The same words, given twice, are of one person, whatever they are."""
    assert bool(signals(one).marks) == (between(one, one) is not None)


@given(NAMES, NAMES)
def test_a_name_alone_recognises_nobody(given_name: str, family_name: str) -> None:
    """A common name does not signal a match between two families."""
    assert signals(person(given_name, family_name, "")).marks == frozenset()


def test_a_long_name_does_not_make_endless_forms() -> None:
    """A text of many words in the place of a name does not fill the database."""
    words = " ".join(f"naam{'abcdefghij'[n % 10]}{'abcdefghij'[n // 10]}" for n in range(60))

    assert len(signals(person(words[:200], words[:200])).marks) < 200
