"""The file from which an operator imports staff: who they are, as each source spells it.

It is read once, and what it says of a person is kept as keyed matches only.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from contracts.fields import LINE, Code, Flag, NationalNumber, PartialDay, Strict, Text, codes
from contracts.national_number import born


def _spellings() -> "fields.List[Any]":
    return fields.List(Text(LINE), load_default=list, validate=validate.Length(max=20))


class StaffRow(Strict):
    """A person with a mandate, by its opaque id; every given name goes with every family name.

    It is recognised by a number, or by a birth date with a name. `partners` are those for which the
    person acts, none for the coordination team: they are asked nothing about the person's walls. A
    row with `remove` takes the person out again.
    """

    person = Code(required=True)
    partners = codes(20)
    given_names = _spellings()
    family_names = _spellings()
    birth_date = PartialDay()
    national_number = NationalNumber()
    remove = Flag(load_default=False)

    @validates_schema
    def is_recognised_by_something(self, data: Mapping[str, Any], **_: Any) -> None:
        named = data["given_names"] or data["family_names"]
        recognised = "national_number" in data or ("birth_date" in data and named)
        if not (recognised or data["remove"]):
            raise ValidationError("missing", "birth_date")
        if "partners" not in data and not data["remove"]:
            raise ValidationError("missing", "partners")
        known, told = data.get("birth_date", ""), born(data.get("national_number", ""))
        if not (known.startswith(told) or told.startswith(known)):
            raise ValidationError("contradiction", "birth_date")
