"""A referral (aanmelding) becomes a case made of fragments (domain.md, section 4, step 1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from casework.change import Event
from casework.command import Command
from casework.fragment import Fragment
from contracts.bodies.intake import victim_informed
from services.intake.domain.case import Case, Change, ClientPerson, Participant, result_of
from services.intake.domain.informing import informing_due
from services.intake.domain.persons import identity_content

NARRATIVES: Final = {
    "occurrences": ("occurrence", "incidents"),
    "worries": ("worry", "safety"),
    "wishes": ("wish", "client_voice"),
    "precautions": ("precaution", "safety"),
}
"""Part of the body → kind and category of its fragments."""

CRITERIA: Final = {
    "lack_of_safety": "safety",
    "combined_approach_needed": "assistance",
    "several_life_domains": "relationships",
    "help_stuck": "assistance",
}
"""Criterion → category of its answer and ground."""


def submit_referral(command: Command, matches: Mapping[str, tuple[str, ...]]) -> Change:
    """A new case in stage `referred`; the parties that the terms name take part from now on.

    `matches` are the keyed matches of each person, by `ref`. The answer has the persons' ids by
    their position in the body: a `ref` is the caller's word and is kept nowhere.
    """
    body = command.body
    ids = {person["ref"]: command.new_id() for person in body["persons"]}
    partner = command.own_partner
    taking_part = dict.fromkeys((partner, *command.terms.get("participants", ())))
    case = Case(
        id=command.new_id(),
        agreement=body["agreement"],
        region=body["region"],
        stage="referred",
        version=1,
        submitted_by=partner,
        referrer=body.get("referrer", command.person),
        submitted_at=command.now,
        participants=tuple(Participant(one, command.now) for one in taking_part),
        persons=tuple(
            ClientPerson(ids[one["ref"]], matches.get(one["ref"], ()), "victim" in one["roles"])
            for one in body["persons"]
        ),
        victim_informed=victim_informed(body["persons"]),
        match_days=command.terms["match_working_days"],
    )
    positions = {f"persons.{index}": person for index, person in enumerate(ids.values())}
    return Change(
        result_of(case, ids=positions),
        case,
        added=tuple(_numbered(_fragments(command, ids))),
        events=(Event("intake.referral_submitted", _informing_data(body)),),
    )


def result_by_ref(answer: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The answer with the persons' ids under the refs of the body that asked for it."""
    ids = {
        person["ref"]: answer["ids"][f"persons.{index}"]
        for index, person in enumerate(body["persons"])
    }
    return {**answer, "ids": ids}


def _informing_data(body: Mapping[str, Any]) -> dict[str, Any]:
    return informing_due([person["informing"] for person in body["persons"]])


def _numbered(fragments: Iterator[Fragment]) -> Iterator[Fragment]:
    for place, fragment in enumerate(fragments):
        yield replace(fragment, place=place)


def _fragments(command: Command, ids: Mapping[str, str]) -> Iterator[Fragment]:
    """The referral's parts in the order in which a reader meets them."""
    make = _Maker(command, ids)
    body = command.body
    for person in body["persons"]:
        yield make.fragment("person", "identity", [person["ref"]], identity_content(person))
        yield make.fragment("informing", "safety", [person["ref"]], person["informing"])
    for part, (kind, category) in NARRATIVES.items():
        for entry in body[part]:
            yield make.fragment(kind, category, entry["subjects"], _without_subjects(entry))
    for entry in body["involved_services"]:
        content = _without_subjects(entry)
        yield make.fragment("involved_service", "assistance", entry["subjects"], content)
    for criterion, answer in body["criteria"].items():
        content = {"criterion": criterion, **answer}
        yield make.fragment("criterion", CRITERIA[criterion], list(ids), content)
    if "uninformed_ground" in body:
        victims = [one["ref"] for one in body["persons"] if "victim" in one["roles"]]
        content = {"text": body["uninformed_ground"]}
        yield make.fragment("uninformed_ground", "safety", victims, content)
    for entry in body["whereabouts"]:
        yield make.whereabouts(entry)


def _without_subjects(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in entry.items() if field != "subjects"}


@dataclass(frozen=True)
class _Maker:
    """Makes fragments of one referral: its source, its moment, refs turned into ids."""

    command: Command
    ids: Mapping[str, str]

    def fragment(
        self, kind: str, category: str, refs: list[str], content: Mapping[str, Any]
    ) -> Fragment:
        return Fragment(
            id=self.command.new_id(),
            kind=kind,
            category=category,
            source=self.command.own_partner,
            subjects=tuple(self.ids[ref] for ref in refs),
            at=self.command.now,
            content=content,
        )

    def whereabouts(self, entry: Mapping[str, Any]) -> Fragment:
        content = {key: entry[key] for key in ("address", "safe_contact") if key in entry}
        made = self.fragment("whereabouts", "whereabouts", [entry["subject"]], content)
        return replace(made, only_for=tuple(entry["only_for"]))
