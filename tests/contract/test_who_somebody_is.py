"""Birth dates and national numbers, as far as they are known, and only such as there can be."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from contracts.fields import PartialDay, first_day
from contracts.national_number import born, read_national_number
from tests.builders import national_number


def with_check_digits(nine: str, century: str = "") -> str:
    """The number with these nine digits; `2` is the century of those born from 2000 on."""
    return f"{nine}{97 - int(century + nine) % 97:02}"


@pytest.mark.parametrize(
    ("nine", "century", "birth_date"),
    [
        ("850614001", "", "1985-06-14"),
        ("050614001", "2", "2005-06-14"),
        ("050614001", "", "1905-06-14"),
        ("000229001", "2", "2000-02-29"),
        ("850600001", "", "1985-06"),
        ("850000001", "", "1985"),
        ("000001001", "", ""),
        ("000001001", "2", ""),
        ("852614001", "", "1985-06-14"),
        ("854614001", "", "1985-06-14"),
        ("054614001", "2", "2005-06-14"),
        ("854600001", "", "1985-06"),
        ("854000001", "", "1985"),
        ("004001001", "2", ""),
    ],
)
def test_national_and_bis_numbers_of_both_centuries_tell_the_birth_date(
    nine: str, century: str, birth_date: str
) -> None:
    """Somebody without residence in Belgium, or born in this century, has a number as well."""
    number = with_check_digits(nine, century)

    assert read_national_number(number) == number
    assert born(number) == birth_date


NUMBER = national_number("1985-06-14")


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        "85.06.14-001.48",
        " 85/06/14 001 48",
        "850614-00148",
        "85.06.14\N{EN DASH}001\N{NO-BREAK SPACE}48",
        "85.06.14\N{NON-BREAKING HYPHEN}001.48",
    ],
)
def test_punctuation_in_a_number_falls_away(text: str) -> None:
    """A number is copied from a card, a screen or a letter, each with its own dots."""
    assert read_national_number(text) == NUMBER


@pytest.mark.parametrize(
    "text",
    [
        "85061400149",
        "8506140014",
        "850614001480",
        with_check_digits("851314001"),
        with_check_digits("853314001"),
        with_check_digits("990614001", "2"),
        "００".join(("85061", "0148")),
        "\N{ARABIC-INDIC DIGIT EIGHT}5061400148",
        "85_06_14_001_48",
        "85061400148\n",
        "00000000000",
        "",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    """A number with a typing error would find nobody, or somebody else."""
    with pytest.raises(ValueError, match=r"digits|number"):
        read_national_number(text)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("1985", date(1985, 1, 1)),
        ("1985-06", date(1985, 6, 1)),
        ("1985-06-14", date(1985, 6, 14)),
        ("1984-02-29", date(1984, 2, 29)),
    ],
)
def test_a_birth_date_is_kept_as_it_was_given(text: str, first: date) -> None:
    """Nobody adds a month that nobody knew."""
    assert PartialDay().deserialize(text) == text
    assert first_day(text) == first


@pytest.mark.parametrize(
    "text",
    [
        "",
        "85",
        "1985-6",
        "1985-13",
        "1985-02-29",
        "1985-W24",
        "19850614",
        "1985-06-14T00:00",
        "1899",
        "1985-",
        "1985-00",
        "0000",
        "2200-01",
        "1985-06-00",
        " 1985",
        "1985\n",
        "２０００",
    ],
)
def test_what_is_no_birth_date_is_refused(text: str) -> None:
    """A date that cannot be is seen at once, and not when somebody was missed by it."""
    with pytest.raises(ValidationError):
        PartialDay().deserialize(text)


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(1, 997))
def test_every_number_is_read_and_tells_its_day(day: date, serial: int) -> None:
    """Whoever has a number is taken at it, on whatever day she was born."""
    number = national_number(day.isoformat(), serial)

    assert read_national_number(number) == number
    assert born(number) == day.isoformat()
