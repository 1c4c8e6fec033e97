"""What a decision rests on, fetched at the same time: facts of intake, fragments of their owner.

Risk and plans keep no case: what they hold of one is decided together with intake's facts of it.
The calls are the same whether anybody knows of the case or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from gateway.release.bus import Call
from gateway.release.case_facts import CaseRead, fragments_of, read_case

_NO_TEXT: Final[Mapping[str, Any]] = {"fragment": None, "content": False}


@dataclass(frozen=True)
class Question:
    """What is asked of a case for `person`; `kinds` and `fragment` narrow what `owner` tells.

    `refers_to` are a service and the kinds of its fragments that are named there: their facts.
    """

    case: str
    person: str
    owner: str = "intake"
    kinds: Sequence[str] | None = None
    fragment: str | None = None
    content: bool = True
    refers_to: tuple[str, Sequence[str]] | None = None

    def calls(self) -> list[Call]:
        """The calls to make at once; of a case whose fragments others hold, intake tells facts."""
        narrowed = {
            "kinds": None if self.kinds is None else list(self.kinds),
            "fragment": self.fragment,
            "content": self.content,
        }
        of_intake = narrowed if self.owner == "intake" else {**_NO_TEXT, "kinds": []}
        calls: list[Call] = [
            ("intake", "read_case", {"case": self.case, "person": self.person, **of_intake})
        ]
        if self.owner != "intake":
            calls.append((self.owner, "read_fragments", {"case": self.case, **narrowed}))
        if self.refers_to is not None:
            owner, kinds = self.refers_to
            named = {"case": self.case, **_NO_TEXT, "kinds": list(kinds)}
            calls.append((owner, "read_fragments", named))
        return calls

    def read(self, replies: Sequence[Any]) -> CaseRead:
        """The case in the replies to `calls`; Retry("service_unavailable") when not understood."""
        in_turn = iter(replies)
        read = read_case(next(in_turn), self.case)
        if self.owner != "intake":
            held = fragments_of(self.case, next(in_turn))
            read = replace(read, fragments=held)
        if self.refers_to is not None:
            read = replace(read, referred=fragments_of(self.case, next(in_turn)))
        return read
