"""How the walls of a case are stored in MongoDB, in ids, codes and days.

Beside them stands, in `conflicts`, from whom the case is hidden at this moment, and why: lists
leave cases out by it. A document of an earlier version has nothing but `conflicts`.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, Final

from casework.moments import moment
from services.intake.domain.wall import Lifting, Wall

Document = dict[str, Any]

_EARLIER: Final = uuid.UUID("0d7c6c0e-6a2f-4f0e-9d56-5b8a3c2f7e41")
"""Names the walls of earlier versions, which had no ids."""


def conflict_documents(walls: Iterable[Wall]) -> list[Document]:
    """From whom the case is hidden, and why, once each."""
    holding = sorted({(wall.person, wall.cause) for wall in walls if wall.holds})
    return [{"person": person, "interest": cause} for person, cause in holding]


def wall_document(wall: Wall) -> Document:
    """A wall as it is kept."""
    return {
        "id": wall.id,
        "person": wall.person,
        "cause": wall.cause,
        "at": moment(wall.at),
        "partners": list(wall.partners),
        "state": wall.state,
        "strength": wall.strength,
        "members": list(wall.members),
        "raised_by": wall.raised_by,
        "raised_for": wall.raised_for,
        "due": wall.due and wall.due.isoformat(),
    }


def read_walls(document: Document) -> tuple[Wall, ...]:
    """The walls of a case's document, with those that an earlier version wrote."""
    walls = [_read_wall(one) for one in document.get("walls", ())]
    known: set[tuple[str, str]] = {(wall.person, wall.cause) for wall in walls if wall.holds}
    return (*walls, *_read_earlier(document, known))


def lifting_document(lifting: Lifting) -> Document:
    """A proposal as it is kept."""
    return {
        "id": lifting.id,
        "person": lifting.person,
        "at": moment(lifting.at),
        "raised_by": lifting.raised_by,
        "raised_for": lifting.raised_for,
        "due": lifting.due.isoformat(),
        "state": lifting.state,
    }


def read_lifting(kept: Document) -> Lifting:
    """The proposal that a document keeps."""
    at, due = datetime.fromisoformat(kept["at"]), date.fromisoformat(kept["due"])
    return Lifting(**{**kept, "at": at, "due": due})


def _read_wall(kept: Document) -> Wall:
    return Wall(
        **{
            **kept,
            "at": datetime.fromisoformat(kept["at"]),
            "partners": tuple(kept["partners"]),
            "members": tuple(kept["members"]),
            "due": kept["due"] and date.fromisoformat(kept["due"]),
        }
    )


def _read_earlier(document: Document, known: set[tuple[str, str]]) -> Iterator[Wall]:
    """The conflicts that persons declared in an earlier version; nobody kept when."""
    for one in document["conflicts"]:
        person, cause = one["person"], one["interest"]
        if (person, cause) not in known:
            yield Wall(
                id=str(uuid.uuid5(_EARLIER, f"{document['_id']}|{person}|{cause}")),
                person=person,
                cause=cause,
                at=datetime.fromisoformat(document["submitted_at"]),
                raised_by=person,
            )
