"""Belgian national numbers (rijksregisternummer) and bis numbers, checked with python-stdnum."""

import re
from typing import Final

import regex
from stdnum.be import bis, nn

_PUNCTUATION: Final = regex.compile(r"[\p{Dash}\p{Zs}./]")
_ELEVEN_DIGITS: Final = re.compile(r"[0-9]{11}")


def read_national_number(text: str) -> str:
    """The eleven digits of a national number or a bis number; raises ValueError when it is neither.

    Dots, dashes, slashes and blanks fall away. The two check digits may be of either century.
    """
    digits = _PUNCTUATION.sub("", text)
    # python-stdnum itself would also take digits of other scripts.
    if not _ELEVEN_DIGITS.fullmatch(digits):
        raise ValueError("not eleven digits")
    if not (nn.is_valid(digits) or bis.is_valid(digits)):
        raise ValueError("neither a national number nor a bis number")
    return digits


def born(number: str) -> str:
    """The birth date in a valid number: `1985-06-14`, `1985-06`, `1985`, or empty.

    Empty as well for an empty number. Month and day are zero where they were unknown, and where
    more children were born on one day than there are numbers for it.
    """
    if not number:
        return ""
    if day := nn.get_birth_date(number):
        return day.isoformat()
    year, month = nn.get_birth_year(number), nn.get_birth_month(number)
    return f"{year}-{month:02}" if year and month else str(year or "")
