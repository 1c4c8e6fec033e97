"""Assessments: an instrument filled in for members of the client system (domain.md, section 8).

Each answer is a fragment of its own, in the category of what it is about, so that a partner reads
the answers that it needs to know. The result is one more, and shows no single answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from casework.case import CaseSnapshot
from casework.change import Change, Event, fragment_event
from casework.command import Command, invalid
from casework.fragment import Fragment, recall
from services.risk.domain.instrument import Band, Catalogue, Instrument
from services.risk.domain.scoring import Assessed, override, score


def record_assessment(case: CaseSnapshot, command: Command, catalogue: Catalogue) -> Change:
    """An instrument (risicotaxatie-instrument) filled in by a partner.

    Raises Refuse for what `scoring` refuses: an answer that is missing or none of the item's, a
    template, an override that does not make it graver. It decides nothing about the case.
    """
    case.check_participant(command.own_partner)
    case.check_subjects(command.body["subjects"])
    instrument = _instrument(catalogue, command.body["instrument"])
    assessed = _assessed(instrument, command.body)
    result = Fragment(
        id=command.new_id(),
        kind="assessment",
        category="safety",
        source=command.own_partner,
        subjects=tuple(command.body["subjects"]),
        at=command.now,
        content=_result(assessed) | command.given("as_of", "remark") | {"author": command.person},
        codes={"instrument": instrument.id},
    )
    return Change(
        about=result,
        state=result.status,
        added=(result, *_answers(instrument, assessed, command, result)),
        events=(_event("risk.assessment_recorded", result),),
    )


def recall_assessment(
    command: Command, assessment: Fragment, fragments: Sequence[Fragment]
) -> Change:
    """The source takes its assessment back, with every answer that stands among `fragments`."""
    assessment.check_own(command)
    assessment.check_live()
    command.check_version(assessment.version)
    answers = [one for one in fragments if one.codes["assessment"] == assessment.id]
    recalled = tuple(recall(one) for one in (assessment, *answers))
    return Change(
        about=recalled[0],
        state=recalled[0].status,
        revised=recalled,
        events=(_event("risk.assessment_recalled", assessment),),
    )


def _instrument(catalogue: Catalogue, name: str) -> Instrument:
    if name not in catalogue.instruments:
        raise invalid("/instrument", "instrument_unknown")
    return catalogue.instruments[name]


def _assessed(instrument: Instrument, body: Mapping[str, Any]) -> Assessed:
    assessed = score(
        instrument,
        body["preconditions"],
        body["answers"],
        norm_set=body.get("norm_set"),
        judgement=body.get("judgement"),
    )
    if "override" not in body:
        return assessed
    return override(assessed, **body["override"])


def _result(assessed: Assessed) -> dict[str, Any]:
    """What the answers say together; members that the instrument does not have are left out.

    The bands have the override in them: who reads a summary must not think it less grave than the
    professional who judged.
    """
    content: dict[str, Any] = {
        "instrument_version": assessed.version,
        "norm_set": assessed.norms.version,
        "population": assessed.population,
        "unknown_answers": len(assessed.unknown),
    }
    if assessed.points is not None:
        content["lowest_points"] = assessed.points.lowest
        content["highest_points"] = assessed.points.highest
    if assessed.result is not None:
        content["lowest_band"] = _name(assessed.result.lowest)
        content["highest_band"] = _name(assessed.result.highest)
    if assessed.override is not None:
        content["override_band"] = assessed.override.band.id
        content["override_ground"] = assessed.override.ground
    return content


def _name(band: Band | None) -> str | None:
    """The band's id; None beneath the first, where nothing was published."""
    return None if band is None else band.id


def _answers(
    instrument: Instrument, assessed: Assessed, command: Command, result: Fragment
) -> Iterator[Fragment]:
    """What was said of the population, then of each item, in the instrument's order."""
    conditions, answers = command.body["preconditions"], command.body["answers"]
    given = [
        *((one.id, one.category, conditions[one.id]) for one in instrument.preconditions),
        *((one.id, one.category, answers[one.id]) for one in instrument.items),
    ]
    for place, (name, category, answer) in enumerate(given, start=1):
        yield replace(
            result,
            id=command.new_id(),
            kind="assessment_answer",
            category=category,
            content={"item": name, "answer": answer, "red": name in assessed.red},
            codes={"assessment": result.id},
            place=place,
        )


def _event(name: str, assessment: Fragment) -> Event:
    codes = {"partner": assessment.source, "instrument": assessment.codes["instrument"]}
    return fragment_event(name, assessment, **codes)
