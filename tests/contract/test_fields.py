"""What a text, a day and a moment are, to everybody who sends or reads one."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields

from contracts.fields import Day, Moment, RandomId, Text
from gateway import texts
from gateway.http.validation_errors import fault_in

AN_ID = "6f1c1f0e-3b0a-4f0c-9f57-0f3f4c7f6a10"


def refusal(field: fields.Field, value: object) -> str:
    """The code of the error that a value meets; it is said in every language."""
    with pytest.raises(ValidationError) as refused:
        field.deserialize(value)
    [message] = refused.value.messages
    code = fault_in(message)["code"]
    assert all(texts.validation_error(language, code) for language in ("nl", "fr", "en"))
    return code


# --- text --------------------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_a_text_is_refused_or_kept_exactly_but_for_its_line_ends(given_text: str) -> None:
    """Who reads the words of a victim reads what was written, in the form in which it was."""
    try:
        kept = Text(100).deserialize(given_text)
    except ValidationError:
        assert refusal(Text(100), given_text) in ("length", "control", "named_id")
        return

    assert kept == given_text.replace("\r\n", "\n").replace("\r", "\n")
    assert Text(100).deserialize(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "Ze\u0301 is bang",  # e with an accent of its own, as some keyboards write it
        "  ingesprongen,\tmet blanco\u00a0einde \n",
        "👩\u200d👧 en 👍🏽 en \u2764\ufe0f",
        "شقة ١٢\u200f، بروكسل",
        "ge\u00adweld",
        "\uf0b7 een opsomming uit Word",
        "🫨\U0001fac6",
        "BE68 5390 0754 7034, 0470 12 34 56, 1234567890123456789012345678901234567890",
        "nee" + "e" * 60,
        "7",
        "?",
    ],
)
def test_what_people_write_is_kept(text: str) -> None:
    """A sentence that is changed or refused is a sentence that was not said."""
    assert Text().deserialize(text) == text


@pytest.mark.parametrize(("sent", "kept"), [("a\r\nb\rc\n\r\nd", "a\nb\nc\n\nd"), ("a\r", "a\n")])
def test_every_line_end_is_a_line_feed(sent: str, kept: str) -> None:
    """A text from another machine has no stray signs and no doubled lines."""
    assert Text().deserialize(sent) == kept


def test_a_line_end_counts_as_one_and_an_accent_of_its_own_as_one_more() -> None:
    """What fits a form's counter in code points fits here."""
    assert Text(3).deserialize("a\r\nb") == "a\nb"
    assert refusal(Text(3), "e\u0301e\u0301") == "length"


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\n\t", "\r\n", "\u00a0\u2007\u202f", "\u200b", "\u200c\u200d\u2060\ufeff"),
        *("\u00ad", "\ufe0f", "\U000e0100", "\u3164", "\u115f\u1160", "\uffa0", "\u2800"),
        *("\u3000", "\u200e\u200f\u061c", "\u034f", "\U000e0080", "\u180e", "\u2063", "\u0301"),
    ],
)
def test_a_text_of_which_nothing_is_seen_is_empty(text: str) -> None:
    """A ground that nobody can read is no ground."""
    assert refusal(Text(), text) == "length"


@pytest.mark.parametrize(
    "sign",
    [
        *("\x00", "\x07", "\x0b", "\x0c", "\x1b", "\x7f", "\x85", "\x9f"),
        *("\u2028", "\u2029", "\ufffe", "\uffff", "\ufdd0", "\U0001ffff", "\ud800", "\udfff"),
        *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e"),
        *("\u2066", "\u2067", "\u2068", "\u2069", "\u206a", "\u206f"),
        *("\ufff9", "\ufffb", "\U000e0001", "\U000e0041", "\U000e007f"),
    ],
)
def test_a_sign_that_changes_or_hides_what_is_read_is_refused(sign: str) -> None:
    """`nooit` could be shown as something else than what is on the record."""
    assert refusal(Text(), f"voor {sign} na") == "control"


@pytest.mark.parametrize(
    "written",
    [
        AN_ID,
        AN_ID.upper(),
        AN_ID.replace("-", ""),
        AN_ID.replace("-", "–"),
        AN_ID.replace("-", "−"),
        AN_ID.replace("-", "\u2011"),
        AN_ID.replace("-", "－"),
        AN_ID.replace("-", "-\u200b"),
        f"{{{AN_ID}}}",
        f"urn:uuid:{AN_ID}",
        f"{AN_ID[:5]}\u00ad{AN_ID[5:]}",
        f"{AN_ID[:5]}\u2060{AN_ID[5:]}",
        AN_ID.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789abcdef"}),
        AN_ID.translate({ord(digit): ord("\u0660") + int(digit) for digit in "0123456789"}),
        AN_ID.replace("a", "а").replace("c", "с").replace("e", "е"),
        AN_ID.replace("0", "O").replace("1", "l"),
        AN_ID.replace("0", "о").replace("1", "I"),
        AN_ID.upper().replace("B", "\N{GREEK CAPITAL LETTER BETA}"),
        AN_ID.replace("b", "\N{CYRILLIC SMALL LETTER SOFT SIGN}"),
        AN_ID.replace("f", "\N{LATIN SMALL LETTER F WITH HOOK}"),
        *(AN_ID.replace("-", each) for each in " _./:|\n"),
        *(AN_ID.replace("-", each) for each in ("- ", " – ", "\N{HYPHEN BULLET}")),
        AN_ID.replace("-", "\N{BOX DRAWINGS LIGHT HORIZONTAL}"),
    ],
)
def test_an_id_is_named_in_no_text_however_it_is_written(written: str) -> None:
    """The id of a withheld item in a plan tells its reader that there is one."""
    assert refusal(Text(), f"zie {written}.") == "named_id"
    if written != AN_ID:
        assert refusal(RandomId(), written) in ("pattern", "type")


@pytest.mark.parametrize(
    "text",
    [
        "BE68 5390 0754 7034, mededeling +++090/9337/55493+++",
        "0475 12 34 56 of 050/12.34.56, dossier 2026-0001-0002",
        "123456789012345678901234567890",
        "de facade, een decade, een cel: alles is oké",
    ],
)
def test_numbers_and_words_of_every_day_name_no_id(text: str) -> None:
    """A telephone number or an account can be written down."""
    assert Text().deserialize(text) == text


# --- days and moments --------------------------------------------------------------------------


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_is_read_back_as_it_was_written(day: date) -> None:
    """Somebody's birth date stays what it is."""
    assert Day().deserialize(day.isoformat()) == day


@pytest.mark.parametrize(
    "written",
    [
        *("20260301", "2026-W09-7", "2026W097", "2026-060", "2026-3-1", "26-03-01", "+2026-03-01"),
        *("2026-03-01T00:00:00Z", "2026-03-01 ", " 2026-03-01", "2026-03-01\n", "2026/03/01"),
        *("01-03-2026", "2026-03", "2026", "2026–03–01", "2026-02-29", "2026-13-01", "2026-00-01"),
        *("２０２６-03-01", "٢٠٢٦-٠٣-٠١", "", 20260301, 1.5, True, [], {}),
    ],
)
def test_only_a_full_date_is_a_day(written: object) -> None:
    """Two programs would read two days in what they write differently."""
    assert refusal(Day(), written) == "type"


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01t10:00:00z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00+01:00", datetime(2026, 3, 1, 9, tzinfo=UTC)),
        ("2026-03-01T00:30:00+14:00", datetime(2026, 2, 28, 10, 30, tzinfo=UTC)),
        ("2026-03-01T10:00:00-00:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00.5Z", datetime(2026, 3, 1, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-03-01T10:00:00.123456789Z", datetime(2026, 3, 1, 10, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_a_date_time_is_a_moment_in_utc(written: str, moment: datetime) -> None:
    """Whatever reads it next, a rule or an order by text, knows one form."""
    read = Moment().deserialize(written)

    assert (read, read.isoformat()) == (moment, moment.isoformat())


@pytest.mark.parametrize(
    "written",
    [
        *("2026-03-01T10:00Z", "2026-03-01T10Z", "2026-03-01", "2026-03-01 10:00:00Z"),
        *("20260301T100000Z", "2026-W09-7T10:00:00Z", "2026-060T10:00:00Z"),
        *("2026-03-01T10:00:00", "2026-03-01T10:00:00+01", "2026-03-01T10:00:00+0100"),
        *("2026-03-01T10:00:00+01:00:30", "2026-03-01T10:00:00+24:00", "2026-03-01T10:00:00+01:60"),
        *("2026-03-01T10:00:00,5Z", "2026-03-01T10:00:00.Z", "2026-03-01T10:00:00.1234567890Z"),
        *("2026-03-01T24:00:00Z", "2026-03-01T10:60:00Z", "2026-03-01T10:00:61Z"),
        *("2026-06-30T23:59:60Z", "2026-02-30T10:00:00Z", "2026-03-01T10:00:00Z\n"),
        *("2026-03-01T10:00:00 Z", "2026-03-01T10:00:00−01:00", "٢٠٢٦-03-01T10:00:00Z"),
        *("0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "", 1772359200, []),
    ],
)
def test_only_a_date_time_is_a_moment(written: object) -> None:
    """A session would be held an hour, or a day, from when somebody meant it."""
    assert refusal(Moment(), written) == "type"


@pytest.mark.parametrize("written", ["1899-12-31T23:59:59Z", "2200-01-01T00:00:00Z"])
def test_a_moment_is_of_our_time(written: str) -> None:
    """A year typed wrong would stand first or last for ever."""
    assert refusal(Moment(), written) == "range"
