"""Which texts are taken: what a reader sees is what was written, and all of it."""

import unicodedata
from typing import Final

import regex

_LINE_ENDS: Final = regex.compile(r"\r\n?")
_CONTROL: Final = regex.compile(
    r"[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}"
    r"\p{Bidi_Control}\u206A-\u206F\uFFF9-\uFFFB\U000E0000-\U000E007F"
    r"--[\n\t\u061C\u200E\u200F]]",
    regex.VERSION1,
)
_VISIBLE: Final = regex.compile(
    r"[[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{M}]--[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800]]",
    regex.VERSION1,
)
_UNSEEN: Final = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{M}]")
_OTHER_DIGIT: Final = regex.compile(r"[\p{Nd}--[0-9]]", regex.VERSION1)
_LOOK_ALIKES: Final = str.maketrans("авьсԁеαβεϲƒоοoiıіlзб", "abbcdeabecf000111136")
"""Letters that look like one of a to f or like a digit, after folding their case."""
_ID: Final = regex.compile(
    r"[0-9a-f]{8}(?:[^0-9a-z]{1,3}[0-9a-f]{4}){3}[^0-9a-z]{1,3}[0-9a-f]{12}"
    r"|(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{12}[1-8][0-9a-f]{3}[89ab][0-9a-f]{15}(?![0-9a-z])"
)


def with_line_feeds(text: str) -> str:
    """The text with LF for each CRLF and CR."""
    return _LINE_ENDS.sub("\n", text)


def is_visible(text: str) -> bool:
    """Whether it has a letter, digit, symbol or other sign that a reader sees.

    Blanks of any sort, joiners, soft hyphens, variation selectors, fillers and marks without a
    letter are not seen. What is private use or not yet assigned is a sign of some font.
    """
    return _VISIBLE.search(text) is not None


def has_control(text: str) -> bool:
    """Whether it has a sign that is not seen and changes or hides what is.

    Control characters but for line feed and tab, line and paragraph separators, surrogates,
    noncharacters; overrides, embeddings and isolates, which show others in another order than they
    were written; deprecated format signs; annotation and tag signs, which hide a second text. Not
    the direction marks (LRM, RLM, ALM): Arabic and Hebrew are written with them, and they only say
    to which side a neutral sign belongs.
    """
    return _CONTROL.search(text) is not None


def names_id(text: str) -> bool:
    """Whether it holds a random id (RFC 9562), or what a reader would take for one.

    Other signs or blanks for its dashes, digits of other scripts, full-width and similar letters
    and unseen signs in it make no difference, nor do capitals, braces or `urn:uuid:`. Without
    dashes it is a word with a letter, and the version and variant of an id: a long number is none.
    """
    folded = _UNSEEN.sub("", unicodedata.normalize("NFKD", text)).casefold()
    folded = folded.translate(_LOOK_ALIKES)
    folded = _OTHER_DIGIT.sub(lambda found: str(unicodedata.digit(found[0], "")), folded)
    return _ID.search(folded) is not None
