"""What the caller can read: the language and the media type of an answer."""

from flask import request

from contracts.vocabulary import LANGUAGES


def language() -> str:
    """The language that the caller prefers; Dutch where it names none of ours."""
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def accepts_json() -> bool:
    """Whether the caller takes JSON; one that names no media type takes anything."""
    accepted = request.accept_mimetypes
    return not accepted or accepted["application/json"] > 0
