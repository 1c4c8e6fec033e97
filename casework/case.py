"""The case as policy saw it when it decided a command, and what every case command checks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from casework.command import unmet
from chassis.errors import Refuse
from contracts.reasons import Reason


@dataclass(frozen=True)
class CaseSnapshot:
    """What a decided command says of its case (dossier); risk and plans store none of it.

    `persons` are the random ids of the client system (cliëntsysteem), `walled` the persons who must
    not learn of the case, `referred` the ids of what other services hold of it and the command
    refers to.
    """

    id: str
    agreement: str
    stage: str
    submitted_by: str
    participants: tuple[str, ...]
    persons: tuple[str, ...]
    walled: tuple[str, ...]
    director: str | None = None
    referred: tuple[str, ...] = ()

    def check_subjects(self, subjects: Iterable[str]) -> None:
        """Raises Refuse("unknown_subject") for one that is no member of the client system."""
        check_subjects(self.persons, subjects)

    def check_participant(self, partner: str) -> None:
        """Raises Refuse when the partner takes no part in the case."""
        if partner not in self.participants:
            raise not_participant()

    def check_participants(self, partners: Iterable[str]) -> None:
        """Raises Refuse, naming them, when partners take no part in the case."""
        check_participants(self.participants, partners)

    def event_facts(self) -> dict[str, Any]:
        """What every event about the case holds, so that its subscribers need not ask intake."""
        return {
            "case": self.id,
            "agreement": self.agreement,
            "stage": self.stage,
            "submitted_by": self.submitted_by,
            "participants": list(self.participants),
            "walled": list(self.walled),
            "director": self.director,
        }


def check_subjects(persons: Iterable[str], subjects: Iterable[str]) -> None:
    """Raises Refuse("unknown_subject") for a subject that is none of the persons."""
    unknown = sorted(set(subjects).difference(persons))
    if unknown:
        raise Refuse("unknown_subject", "not in the client system", subjects=unknown)


def check_participants(participants: Iterable[str], partners: Iterable[str]) -> None:
    """Raises Refuse, naming them, when some of the partners are no participants."""
    others = sorted(set(partners).difference(participants))
    if others:
        raise not_participant(partners=others)


def not_participant(**members: Any) -> Refuse:
    """The refusal of what only a participant may be or do."""
    detail = "the partner does not take part in this case"
    return unmet(Reason.NOT_PARTICIPANT, detail, **members)


def check_support(
    participants: Iterable[str], supported_by: Iterable[str], terms: Mapping[str, Any]
) -> None:
    """Raises Refuse unless a supported decision (gedragen beslissing) is one.

    The agreement says in the terms whether all participants support it, or the `quorum`.
    """
    taking_part, support = tuple(participants), set(supported_by)
    check_participants(taking_part, support)
    missing = [one for one in taking_part if one not in support]
    if terms["supported_decision"] == "quorum" and len(support) >= terms["quorum"]:
        return
    if missing:
        raise unmet(Reason.SUPPORT_MISSING, "too few partners support it", partners=missing)
