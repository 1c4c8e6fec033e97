"""Fragments on the wire: what intake, risk and plans hold of a case, each its own."""

from typing import Final

from marshmallow import fields

from contracts import vocabulary as words
from contracts.fields import Code, Flag, Moment, OneOf, RandomId, Strict, Whole, codes, ids, many


class Fragment(Strict):
    """A fragment: facts and content. `content` is null for whereabouts (kept apart).

    `of` is the fragment that it goes with, such as the report that a safety check belongs to.
    `walled` is there for what is asked about a wall: the persons from whose partners it is kept.
    """

    id = RandomId(required=True)
    kind = Code(required=True)
    category = OneOf(words.CATEGORIES, required=True)
    source = Code(required=True)
    subjects = ids(required=True)
    only_for = codes(required=True)
    withhold_from = codes(required=True)
    addressed_to = codes(required=True)
    of = RandomId(required=True, allow_none=True)
    status = OneOf(("offered", "recalled"), required=True)
    walled = codes(1000)
    version = Whole(required=True)
    at = Moment(required=True)
    content = fields.Dict(keys=fields.String(), required=True, allow_none=True)


class ReadFragmentsRequest(Strict):
    """What a service holds of a case; `kinds` and `fragment` narrow it, `content` false leaves
    texts out. What goes with another fragment (`of`) is left out where that one is."""

    case = RandomId(required=True)
    kinds = fields.List(Code(), allow_none=True, load_default=None)
    fragment = RandomId(allow_none=True, load_default=None)
    content = Flag(load_default=True)


class ReadFragmentsReply(Strict):
    """Fragments in the order of their time; of an unknown case none.

    `destroyed`: the key of the case was destroyed, and with it what the fragments said; they come
    without content.
    """

    case = RandomId(required=True)
    fragments = many(Fragment, most=5000, required=True)
    destroyed = Flag(required=True)


METHODS: Final = {"read_fragments": (ReadFragmentsRequest, ReadFragmentsReply)}
