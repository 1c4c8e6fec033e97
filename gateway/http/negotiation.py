"""What the caller can read: the language and the media type of an answer.

Werkzeug reads the fields (lists, quoting, weights) and skips what it cannot read. How ranges are
matched is said here: its `best_match` prefers an exact tag of a low weight to a range of a high one
(`fr-BE, nl;q=0.5` would be Dutch), and its media ranges match only with the same parameters.
"""

import re

from flask import request
from werkzeug.http import parse_list_header, parse_options_header

from contracts.vocabulary import LANGUAGES

VARY = "Accept, Accept-Language, Authorization, Purpose-Of-Use"
"""The fields of a request that an answer depends on."""

_JSON_RANGES = ("application/json", "application/*", "*/*")
_RANGE = re.compile(r"[^\s/]+/[^\s/]+")


def language() -> str:
    """The language that the caller prefers, by lookup (RFC 4647, section 3.4) in order of weight.

    `*` stands for any language that no other range names, `q=0` excludes one. It is Dutch where
    the caller names none of ours, unless Dutch is excluded.
    """
    weights = {tag.lower(): weight for tag, weight in reversed(request.accept_languages)}
    open_to = [each for each in LANGUAGES if weights.get(each) != 0] or list(LANGUAGES)
    unnamed = [each for each in open_to if each not in weights]
    ranges = sorted(request.accept_languages, key=lambda each: each[1], reverse=True)
    for tag, weight in ranges:
        primary = tag.lower().replace("_", "-").partition("-")[0]
        matching = unnamed if tag == "*" else [each for each in open_to if each == primary]
        if weight > 0 and matching:
            return matching[0]
    return open_to[0]


def accepts_json() -> bool:
    """Whether the caller takes JSON: the most specific range that matches it decides (RFC 9110,
    section 12.5.1).

    Parameters of a range are passed over, but what is excluded with one is not excluded without.
    Who names no media type takes anything, and so may who names one that cannot be read.
    """
    weights: dict[str, float] = {}
    for media_range, weight in request.accept_mimetypes:
        name, parameters = parse_options_header(media_range.lower())
        if weight > 0 or not parameters:
            weights[name] = max(weight, weights.get(name, 0))
    named = [name for name in _JSON_RANGES if name in weights]
    if named:
        return weights[named[0]] > 0
    asked = parse_list_header(request.headers.get("Accept", ""))
    # Werkzeug skips a range whose weight it cannot read.
    readable = len(asked) == len(request.accept_mimetypes) and all(map(_RANGE.fullmatch, weights))
    return not asked or not readable
