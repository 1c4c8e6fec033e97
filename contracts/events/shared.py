"""What the events of all services have in common, in ids, codes and days."""

from collections.abc import Mapping
from typing import NamedTuple

from contracts import vocabulary as words
from contracts.fields import Code, OneOf, RandomId, Strict, codes


class EventType(NamedTuple):
    """A row of the tables of events.

    `meaning` says in one sentence what happened; `versions` are the schemas of `data` by version: a
    version, once published, never changes.
    """

    meaning: str
    versions: Mapping[int, type[Strict]]

    @property
    def newest(self) -> type[Strict]:
        """The schema of what is published today."""
        return self.versions[max(self.versions)]


class CaseData(Strict):
    """What every event about a case holds; `director` where its sender knows of one."""

    case = RandomId(required=True)
    agreement = Code(required=True)
    stage = OneOf(words.STAGES, required=True)
    submitted_by = Code(required=True)
    participants = codes(200, required=True)
    walled = codes(1000, required=True)
    director = Code(allow_none=True)


class FragmentData(CaseData):
    fragment = RandomId(required=True)
    category = OneOf(words.CATEGORIES, required=True)
    partner = Code(required=True)
