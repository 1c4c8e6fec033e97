"""How cases and sessions are stored in MongoDB, and which facts of them go over the wire.

`order` sorts cases and sessions by time with their id, so that a page can end anywhere; it is
stored once, with a new document, and never changes. All of it is ids and codes: content is in
fragments.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from casework.moments import moment
from services.intake.domain.case import (
    AgendaEntry,
    Case,
    ClientPerson,
    Emergency,
    Evaluation,
    Guest,
    Participant,
    Session,
)
from services.intake.store.wall_documents import (
    conflict_documents,
    lifting_document,
    read_lifting,
    read_walls,
    wall_document,
)

Document = dict[str, Any]

_STORED_FACTS = (
    "agreement",
    "region",
    "stage",
    "version",
    "submitted_by",
    "referrer",
    "submitted_at",
    "participants",
    "contributors",
    "director",
    "followers",
    "crisis",
    "victim_informed",
    "informing_confirmed",
    "follow_up_on",
    "session",
)

_UNKNOWN_FACTS: Document = {
    **dict.fromkeys(_STORED_FACTS),
    "participants": [],
    "contributors": [],
    "followers": [],
    "crisis": False,
    "victim_informed": False,
    "informing_confirmed": False,
    "evaluating": False,
    "persons": [],
    "guest": None,
    "emergency": None,
    "conflicts": [],
}


def case_document(case: Case) -> Document:
    """The case as it is kept, without its id."""
    at = moment(case.submitted_at)
    return {
        "order": f"{at}|{case.id}",
        "agreement": case.agreement,
        "region": case.region,
        "stage": case.stage,
        "version": case.version,
        "submitted_by": case.submitted_by,
        "referrer": case.referrer,
        "submitted_at": at,
        "participants": [
            {"partner": one.partner, "since": moment(one.since), "answered": one.answered}
            for one in case.participants
        ],
        "director": case.director,
        "followers": list(case.followers),
        "crisis": case.crisis,
        "victim_informed": case.victim_informed,
        "informing_confirmed": case.informing_confirmed,
        "evaluations": [
            {"begins": moment(one.begins), "ends": moment(one.ends), "session": one.session}
            for one in case.evaluations
        ],
        "counted_under": list(case.counted_under),
        "mandated_by": list(case.mandated_by),
        "waiting_since": case.waiting_since and moment(case.waiting_since),
        "reopened_at": case.reopened_at and moment(case.reopened_at),
        "follow_up_on": case.follow_up_on and case.follow_up_on.isoformat(),
        "emergencies": [
            {
                "grant": one.grant,
                "person": one.person,
                "partner": one.partner,
                "until": moment(one.until),
                "reviewed_by": one.reviewed_by,
            }
            for one in case.emergencies
        ],
        "guest": case.guest and {"session": case.guest.session, "until": moment(case.guest.until)},
        "session": case.session,
        "conflicts": conflict_documents(case.walls),
        "walls": [wall_document(one) for one in case.walls],
        "liftings": [lifting_document(one) for one in case.liftings],
        "match_days": case.match_days,
        "persons": [
            {"id": one.id, "matches": list(one.matches), "victim": one.victim}
            for one in case.persons
        ],
    }


def read_case(document: Document) -> Case:
    """The case that a document keeps."""
    guest, follow_up_on = document["guest"], document["follow_up_on"]
    return Case(
        id=document["_id"],
        agreement=document["agreement"],
        region=document["region"],
        stage=document["stage"],
        version=document["version"],
        submitted_by=document["submitted_by"],
        referrer=document["referrer"],
        submitted_at=datetime.fromisoformat(document["submitted_at"]),
        participants=tuple(
            Participant(one["partner"], datetime.fromisoformat(one["since"]), one["answered"])
            for one in document["participants"]
        ),
        director=document["director"],
        followers=tuple(document["followers"]),
        crisis=document["crisis"],
        victim_informed=document["victim_informed"],
        informing_confirmed=document["informing_confirmed"],
        evaluations=tuple(
            Evaluation(
                datetime.fromisoformat(one["begins"]),
                datetime.fromisoformat(one["ends"]),
                one.get("session"),
            )
            for one in document["evaluations"]
        ),
        counted_under=tuple(document["counted_under"]),
        mandated_by=tuple(document["mandated_by"]),
        waiting_since=_read_moment(document["waiting_since"]),
        reopened_at=_read_moment(document["reopened_at"]),
        follow_up_on=follow_up_on and date.fromisoformat(follow_up_on),
        emergencies=tuple(
            Emergency(**{**one, "until": datetime.fromisoformat(one["until"])})
            for one in document["emergencies"]
        ),
        guest=guest and Guest(guest["session"], datetime.fromisoformat(guest["until"])),
        session=document["session"],
        walls=read_walls(document),
        liftings=tuple(read_lifting(one) for one in document.get("liftings", ())),
        match_days=document.get("match_days", 1),
        persons=tuple(
            ClientPerson(one["id"], tuple(one["matches"]), one["victim"])
            for one in document["persons"]
        ),
    )


def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def visited_session(document: Document | None, person: str) -> str | None:
    """The session that `person` visits as the referrer of the case, if there is one.

    Nobody else needs to know of it: the pass is for the referrer, who is told when it is.
    """
    if document is None or document["referrer"] != person or not document["guest"]:
        return None
    session: str = document["guest"]["session"]
    return session


def case_facts(
    document: Document | None,
    case: str,
    person: str,
    now: datetime,
    begins: Mapping[str, str],
) -> Document:
    """A case's facts for `person`; the same shape for no case.

    `begins`: session that the person visits → when it begins.
    """
    if document is None:
        return {"id": case, "found": False, **_UNKNOWN_FACTS}
    conflicts = {one["interest"] for one in document["conflicts"] if one["person"] == person}
    visited = visited_session(document, person)
    return {
        "id": case,
        "found": True,
        **{fact: document[fact] for fact in _STORED_FACTS},
        "persons": [one["id"] for one in document["persons"]],
        "evaluating": any(
            one["begins"] <= moment(now) < one["ends"] for one in document["evaluations"]
        ),
        "guest": visited and {**document["guest"], "starts_at": begins[visited]},
        "emergency": _emergency(document, person, now),
        "conflicts": sorted(conflicts),
    }


def _emergency(document: Document, person: str, now: datetime) -> Document | None:
    """The emergency access that the person has now."""
    for one in document["emergencies"]:
        if one["person"] == person and moment(now) < one["until"]:
            return {name: one[name] for name in ("grant", "partner", "until")}
    return None


def session_document(session: Session) -> Document:
    """A session as it is kept, without its id."""
    starts_at = moment(session.starts_at)
    return {
        "order": f"{starts_at}|{session.id}",
        "agreement": session.agreement,
        "table": session.table,
        "starts_at": starts_at,
        "version": session.version,
        "agenda": [
            {
                "case": one.case,
                "referrer_attends": one.referrer_attends,
                "put_by": one.put_by,
            }
            for one in session.agenda
        ],
        "cancelled": session.cancelled,
    }


def read_session(document: Document) -> Session:
    """The session that a document keeps."""
    return Session(
        id=document["_id"],
        agreement=document["agreement"],
        table=document["table"],
        starts_at=datetime.fromisoformat(document["starts_at"]),
        version=document["version"],
        agenda=tuple(AgendaEntry(**entry) for entry in document["agenda"]),
        cancelled=document.get("cancelled", False),
    )


def session_facts(document: Document | None, session: str) -> Document:
    """A session's facts; the same shape for an id that is none."""
    facts = ("agreement", "table", "starts_at", "version")
    found = document or dict.fromkeys(facts)
    return {
        "id": session,
        "found": document is not None,
        **{fact: found[fact] for fact in facts},
        "cancelled": found.get("cancelled", False),
        "agenda": found.get("agenda") or [],
    }
